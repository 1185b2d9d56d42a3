"""A message about today's numbers, cut into pieces: words by what they do, numbers by value.

May import: the standard library, and the speech of this room. The words of each language are
content (content/chat/numbers.<lang>.yaml). Halves, ranges, and what is no answer at all ("5 mg",
the days before) are settled here; which answer a number is, said_numbers tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from webapp.domain.speech import folded

_TOKEN = re.compile(r"1⁄2|\d+(?:[.,٫]\d+)?|[^\W\d_]+|[.!?;\n؟؛,،:/%°]|[-–—]")
_NO_NUMBER = re.compile(r"\d+\s*:\s*\d\d|\d{2,3}\s*/\s*(?!10\b)\d+")  # a time, a blood pressure
_HALF = re.compile(r"1⁄2|(?<=\d )1/2\b")  # "½", "2 1/2"
_GLUED = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")  # "p4", "2tabs"
_STOPS = frozenset(".!?;\n؟؛,،")
_SENTENCE_ENDS = frozenset(".!?;\n؟؛")
_COMMA = ","
_LONGEST = 7  # words of one entry


class Role(StrEnum):
    """What a word does for a number near it."""

    PAIN = "pain"
    WORST = "worst"
    TABLET = "tablet"
    TOOK = "took"
    WAKE = "wake"
    NOT_WOKEN = "not-woken"  # "never woke me"
    NO_TABLET = "no-tablet"  # "haven't touched the oxy"
    NO_PAIN = "no-pain"  # "not a twinge"
    SLEPT = "slept"  # sleep trouble none
    SLEPT_LITTLE = "slept-a-little"  # a little
    SLEPT_BADLY = "slept-badly"  # a lot
    SLEEP = "sleep"  # a code such as "s2" counts sleep trouble
    NONE = "none"  # no, zero
    HALF = "half"
    AND_HALF = "and-half"
    QUARTER = "quarter"
    RANGE = "range"  # "to", "or" between two numbers
    OUT_OF_TEN = "out-of-ten"
    SKIP_NEXT = "skip-next"  # the number after it is something else: "day", "at"
    SKIP_LAST = "skip-last"  # the number before it is: "hours", "years old", "advil"
    PAST = "past"  # the pain next to it was not today's: "yesterday"
    CORRECTION = "correction"  # the number after it replaces the last one: "no wait"
    WHEN = "when"  # "5 when I hoovered": the worst, if the average is known and no higher
    SKIP_LATER = "skip-later"  # the next number, near or not, was not today: "yesterday was"
    BETWEEN = "between"  # two numbers follow: the higher counts
    IGNORE = "ignore"  # words that look like a number and are none: "rough one"
    STOP = "stop"  # a clause ends


_PARTS: Mapping[Role | None, float] = {Role.HALF: 0.5, Role.AND_HALF: 0.5, Role.QUARTER: 0.25}


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The words of one language: what each run of folded words does, and its value if a number.

    `counted` are numbers and what they count in one: "twice" woken; "again" is one more tablet,
    "part" a tablet that a total named before may already count.
    """

    roles: Mapping[tuple[str, ...], Role]
    numbers: Mapping[tuple[str, ...], float]
    counted: Mapping[tuple[str, ...], tuple[str, float]]
    prefixes: tuple[str, ...] = ()  # written together with a word: the Arabic "and"


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with its role, or a number with its value."""

    role: Role | None = None
    value: float | None = None
    word: str = ""
    item: str = ""  # what the value counts, where the word says so


def pieces_of(text: str, words: NumberWords) -> list[Piece]:
    """The pieces of a message in their order, halves and ranges made into one number."""
    return list(_without_amounts(list(_joined(list(_pieces(_tokens(text), words))))))


def _without_amounts(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Without "5 mg", "at 10 days" and the like: "one 5 mg tablet" reads as "one tablet"."""
    amounts = {
        place
        for place, (number, unit) in enumerate(pairwise(pieces))
        if number.value is not None and unit.role is Role.SKIP_LAST
    }
    gone = amounts | {place + 1 for place in amounts}
    gone |= {at - 1 for at in amounts if at and pieces[at - 1].role is Role.SKIP_NEXT}
    return (piece for place, piece in enumerate(pieces) if place not in gone)


def _tokens(text: str) -> list[str]:
    spaced = _GLUED.sub(" ", _HALF.sub(" 1⁄2 ", _NO_NUMBER.sub(" ", folded(text[:2000]))))
    found: list[str] = _TOKEN.findall(spaced)
    return [re.sub("[,٫]", ".", token) if token[0].isdigit() else token for token in found]


def _pieces(tokens: Sequence[str], words: NumberWords) -> Iterator[Piece]:
    place = 0
    while place < len(tokens):
        length, piece = _longest(tokens, place, words)
        if piece.role is not Role.AND_HALF and _joined_on(tokens[place : place + length], words):
            yield Piece(Role.STOP, word=_COMMA)
        place += length
        yield piece


def _joined_on(run: Sequence[str], words: NumberWords) -> bool:
    """Whether an "and" is written together with the run: a clause ends before it."""
    starts = (it for it in words.prefixes if run[0].startswith(it))
    return any(_entry((run[0].removeprefix(it), *run[1:]), words) for it in starts)


def _longest(tokens: Sequence[str], place: int, words: NumberWords) -> tuple[int, Piece]:
    token = tokens[place]
    bare = [token.removeprefix(it) for it in words.prefixes if token.startswith(it)]
    for length in range(min(_LONGEST, len(tokens) - place), 0, -1):
        rest = tokens[place + 1 : place + length]
        for first in (token, *bare):
            if piece := _entry((first, *rest), words):
                return length, piece
    if token[0].isdigit():
        return 1, Piece(value=float(token), word=token)
    if token in _STOPS:
        return 1, Piece(Role.STOP, word=token)
    return 1, Piece(word=token)


def _entry(run: tuple[str, ...], words: NumberWords) -> Piece | None:
    """What a run of words is, if the language has an entry for it."""
    if run in words.roles:
        return Piece(words.roles[run], word=" ".join(run))
    if run in words.counted:
        item, value = words.counted[run]
        return Piece(value=value, word=" ".join(run), item=item)
    if run in words.numbers:
        return Piece(value=words.numbers[run], word=" ".join(run))
    return None


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Halves and ranges made into one number: "1 and a half", "3 to 4", "half a tablet"."""
    place = 0
    while place < len(pieces):
        piece, after = pieces[place], pieces[place + 1 : place + 5]
        if _is_part(piece, after):
            yield Piece(value=_PARTS[piece.role], word=piece.word)
        elif piece.value is not None and (far := _half_ahead(after)):
            yield Piece(value=piece.value + 0.5, word=piece.word, item=piece.item)
            del pieces[place + far]
        elif piece.role is Role.SKIP_LATER:
            place = _next_number(pieces, place)
        elif piece.role is Role.SKIP_NEXT and _is_two_times(after):
            place += 3
        elif piece.role is Role.BETWEEN and (far := _far_end(after)):
            pieces[place + far] = _higher(after[0], after[far - 1])
            place += far - 1
        elif piece.value is not None and _is_range(after):
            pieces[place + 2] = _higher(piece, after[1])
            place += 1
        else:
            yield piece
        place += 1


def _is_part(piece: Piece, after: Sequence[Piece]) -> bool:
    """Half or a quarter, with no number before it: "half a tablet", "y media pastilla"."""
    if piece.role is Role.AND_HALF:
        return bool(after and after[0].role is Role.TABLET)
    return piece.role in _PARTS and not (after and after[0].word.isdigit())


def _half_ahead(after: Sequence[Piece]) -> int:
    """How far ahead "and a half" stands: "2 and a half", "2 tablets and a half"; or 0."""
    roles = [piece.role for piece in after[:3]]
    if roles[:1] == [Role.AND_HALF]:
        return 1
    return 2 if roles[:2] == [Role.TABLET, Role.AND_HALF] and Role.TABLET not in roles[2:] else 0


def _next_number(pieces: Sequence[Piece], place: int) -> int:
    """The place of the next number in the sentence, or this place if there is none."""
    for spot in range(place, len(pieces)):
        if pieces[spot].value is not None or pieces[spot].word in _SENTENCE_ENDS:
            return spot
    return place


def _higher(first: Piece, second: Piece) -> Piece:
    value = max(first.value or 0.0, second.value or 0.0)
    return Piece(value=value, word=second.word, item=second.item)


def _far_end(after: Sequence[Piece]) -> int:
    """How far on the second number of "between 2 and 4" stands, or 0."""
    spots = [spot for spot, piece in enumerate(after) if piece.value is not None]
    return spots[1] + 1 if len(spots) > 1 and not spots[0] else 0


def _is_two_times(after: Sequence[Piece]) -> bool:
    """ "At 2 and 5": two times of day, not one and an answer."""
    numbers = [piece.value is not None for piece in after[:3]] == [True, False, True]
    return numbers and after[1].role is Role.STOP and after[1].word.isalpha()


def _is_range(after: Sequence[Piece]) -> bool:
    return len(after) >= 2 and after[0].role is Role.RANGE and after[1].value is not None
