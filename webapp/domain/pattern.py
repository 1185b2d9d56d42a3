"""Patterns of words: how a phrase file writes what patients say, and how it is found.

May import: the standard library, and the speech of this room. A pattern is words in order:
  `a|b`      either word            `<name>`   any word of a named group
  `bre*`     a word so beginning    `<38-45>`  a number in that range
  `..`       up to four other words `(a b|c)`  either of these runs of words; `(a|)` optional
  `x ~ y`    both near each other, in either order
Filler words between the words of a pattern are passed over; a comma only where there is a `..`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product

from webapp.domain.speech import COMMA, folded

GAP = 4  # words that `..` may pass over
NEAR = 7  # words between the things that `~` joins
_GROUP = re.compile(r"\(([^()]*)\)")
_NESTED = re.compile(r"\([^()]*\(|\)\||\|\(")
_OF_WORDS = re.compile(r"\(([^\W_]+\*?(?:\|[^\W_]+\*?)*)\)")  # every choice is one word
_RANGE = re.compile(r"<(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)>")
_PREFIX = 3  # letters that the word before a `*` must have


class BadPattern(ValueError):
    """A pattern that cannot be read."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a sentence something was found: first and last word."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a pattern, or a number in a range."""

    words: frozenset[str]
    beginnings: tuple[str, ...] = ()
    range: tuple[float, float] | None = None

    def fits(self, word: str) -> bool:
        """Whether a word of a sentence is this word."""
        if word in self.words:
            return True
        if self.range is not None and word[0].isdigit():
            return self.range[0] <= float(word) <= self.range[1]
        return bool(self.beginnings) and word.startswith(self.beginnings)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying something. `tag` tells what it means."""

    tag: str
    slots: tuple[Slot, ...]
    gaps: tuple[int, ...]  # words that may stand before each slot
    anywhere: bool = False  # the slots may come in any order

    def cannot_be_in(self, words: frozenset[str]) -> bool:
        """Whether no word of the last slot is there: a quick look that spares most searches."""
        last = self.slots[-1]
        plain = not last.beginnings and last.range is None
        return plain and last.words.isdisjoint(words)

    def found(self, said: Said, place: int) -> Span | None:
        """The words from `place` on that say this, if they do. The first slot stands there."""
        if self.anywhere:
            return self._around(said, place)
        ends = [place]
        for slot, gap in zip(self.slots[1:], self.gaps[1:], strict=True):
            reached = chain.from_iterable(said.after(end, gap) for end in ends)
            ends = [next_place for next_place in reached if slot.fits(said.words[next_place])]
            if not ends:
                return None
        return Span(place, ends[0])

    def _around(self, said: Said, place: int) -> Span | None:
        first, last = place, place
        near = (*said.after(place, NEAR), *said.before(place, NEAR))
        for slot in self.slots[1:]:
            there = next((spot for spot in near if slot.fits(said.words[spot])), None)
            if there is None:
                return None
            first, last = min(first, there), max(last, there)
        return Span(first, last)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to look through. `walls` are places that no pattern reaches across."""

    words: Sequence[str]
    fillers: frozenset[str]
    walls: frozenset[int] = frozenset()

    def after(self, place: int, gap: int) -> Iterator[int]:
        """The places that a pattern may go to next, with at most `gap` words passed over."""
        return self._reach(range(place + 1, len(self.words)), gap)

    def before(self, place: int, gap: int) -> Iterator[int]:
        """The same, going back."""
        return self._reach(range(place - 1, -1, -1), gap)

    def _reach(self, places: Iterable[int], gap: int) -> Iterator[int]:
        for place in places:
            yield place
            word = self.words[place]
            if word == COMMA and not gap:
                return
            gap -= word not in self.fillers and word != COMMA
            if gap < 0 or place in self.walls:
                return


class Slots(dict[str, Slot]):
    """What the pieces of patterns stand for, each read once: a few thousand stand everywhere."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        """`groups` are named words, which a piece may call by their name."""
        super().__init__()
        self._groups = groups

    def __missing__(self, piece: str) -> Slot:
        """Read a piece for the first time. Raises BadPattern."""
        slot = self[piece] = _slot(piece, self._groups)
        return slot


class PatternIndex:
    """Patterns by the word they begin with, so that a text is read once."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_word: dict[str, list[Pattern]] = {}
        self._by_beginning: dict[str, list[Pattern]] = {}
        self._by_number: list[Pattern] = []
        for pattern in patterns:
            first = pattern.slots[0]
            for word in first.words:
                self._by_word.setdefault(word, []).append(pattern)
            for beginning in first.beginnings:
                self._by_beginning.setdefault(beginning[:_PREFIX], []).append(pattern)
            if first.range is not None:
                self._by_number.append(pattern)

    def find(self, said: Said) -> Iterator[tuple[str, Span]]:
        """The tag and the place of everything that the sentence says."""
        there = frozenset(said.words)
        for place, word in enumerate(said.words):
            for pattern in self._beginning(word):
                if pattern.cannot_be_in(there) or not pattern.slots[0].fits(word):
                    continue
                if span := pattern.found(said, place):
                    yield pattern.tag, span

    def _beginning(self, word: str) -> Iterator[Pattern]:
        yield from self._by_word.get(word, ())
        yield from self._by_beginning.get(word[:_PREFIX], ())
        if word[0].isdigit():
            yield from self._by_number


def read_patterns(tag: str, text: str, known: Slots) -> tuple[Pattern, ...]:
    """The patterns that one line of a phrase file stands for. Raises BadPattern.

    A choice between single words needs no patterns of its own: it is one place for any of them.
    """
    merged = text if _NESTED.search(text) else _OF_WORDS.sub(r" \1 ", text)
    return tuple(_pattern(tag, line, known) for line in spread(merged))


def vocabulary(patterns: Iterable[Pattern]) -> frozenset[str]:
    """Every whole word that some pattern names."""
    return frozenset(word for pattern in patterns for slot in pattern.slots for word in slot.words)


def beginnings(patterns: Iterable[Pattern]) -> frozenset[str]:
    """Every beginning of a word that some pattern names."""
    return frozenset(
        start for pattern in patterns for slot in pattern.slots for start in slot.beginnings
    )


def spread(text: str) -> Iterator[str]:
    """A line without round brackets for each choice that its brackets leave."""
    pieces = _GROUP.split(text)  # words outside of brackets and inside, by turns
    every = [
        [f" {choice} " for choice in piece.split("|")] if place % 2 else [piece]
        for place, piece in enumerate(pieces)
    ]
    for chosen in map("".join, product(*every)):
        if len(pieces) > 1 and "(" in chosen:  # brackets stood around brackets
            yield from spread(chosen)
        else:
            yield chosen


def _pattern(tag: str, line: str, known: Slots) -> Pattern:
    anywhere = "~" in line
    slots: list[Slot] = []
    gaps: list[int] = []
    gap = 0
    for piece in line.replace("~", " ").split():
        if piece == "..":
            gap = GAP
            continue
        slots.append(known[piece])
        gaps.append(gap)
        gap = 0
    if not slots:
        raise BadPattern(f"'{line}' has no words. Write at least one.")
    return Pattern(tag, tuple(slots), tuple(gaps), anywhere)


def _slot(piece: str, groups: Mapping[str, str]) -> Slot:
    span = _RANGE.fullmatch(piece)
    if span:
        return Slot(frozenset(), range=(float(span[1]), float(span[2])))
    names = tuple(_unfolded(piece, groups))
    beginnings = tuple(name[:-1] for name in names if name.endswith("*"))
    if any(len(name) < _PREFIX for name in beginnings):
        raise BadPattern(f"'{piece}' begins with too little. Write {_PREFIX} letters before *.")
    return Slot(frozenset(name for name in names if not name.endswith("*")), beginnings)


def _unfolded(piece: str, groups: Mapping[str, str]) -> Iterator[str]:
    for name in piece.split("|"):
        if not name.startswith("<"):
            yield folded(name)
            continue
        group = groups.get(name.strip("<>"))
        if group is None:
            raise BadPattern(f"There is no group {name}. Name one of: {', '.join(groups)}.")
        yield from _unfolded("|".join(group.split()), groups)
