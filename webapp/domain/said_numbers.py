"""Numbers said: today's check-in as people write it ("4, took two, woke once"), in any language.

May import: the standard library, and the speech of this room. The words of each language are
content (content/chat/numbers.<lang>.yaml); here is only how words and numbers go together. Only
what was said is returned; of a range the higher number counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.speech import folded

SaidNumbers = Mapping[str, float | str]  # pain, worst, tablets, wakes, sleep_trouble

_TOKEN = re.compile(r"\d+(?:[.,٫]\d+)?|[^\W\d_]+|[.!?;\n؟؛,،:/%°½]|[-–—]")
_NO_NUMBER = re.compile(r"\d+\s*:\s*\d\d|\d{2,3}\s*/\s*(?!10\b)\d+")  # a time, a blood pressure
_GLUED = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")  # "p4", "2tabs"
_MOST_PAIN, _MOST_TABLETS, _MOST_WAKES = 10, 40, 20  # above, it is no such number
_STOPS = frozenset(".!?;\n؟؛,،")
_LONGEST = 7  # words of one entry
_REACH = 4  # words between a number and what it counts


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
    SKIP_LATER = "skip-later"  # the next number, near or not, was not today: "yesterday was"
    BETWEEN = "between"  # two numbers follow: the higher counts
    IGNORE = "ignore"  # words that look like a number and are none: "rough one"
    STOP = "stop"  # a clause ends


_COUNTED = {Role.TABLET: "tablets", Role.WAKE: "wakes", Role.WORST: "worst"}
_NAMED = {**_COUNTED, Role.PAIN: "pain", Role.OUT_OF_TEN: "pain", Role.TOOK: "tablets"}
_SLEEP = {Role.SLEPT: "none", Role.SLEPT_LITTLE: "a little", Role.SLEPT_BADLY: "a lot"}
_PARTS = {Role.HALF: 0.5, Role.QUARTER: 0.25}
_AGAIN = "again"  # "another at bedtime": tablets, if some were counted before
_IN_ORDER = ("pain", "tablets", "wakes")
_SLEEP_CODES = ("none", "a little", "a lot")  # s0, s1, s2


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The words of one language: what each run of folded words does, and its value if a number.

    `counted` are numbers and what they count in one: "twice" woken; "again" is one more tablet.
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


def read_numbers(text: str, words: NumberWords) -> SaidNumbers:
    """The answers that a message gives; empty if it gives none."""
    pieces = list(_joined(list(_pieces(_tokens(text), words))))
    values: dict[str, float | str] = _three_in_order(pieces)
    for clause in () if values else _clauses(pieces):
        _read_clause(clause, values)
    return values


def _three_in_order(pieces: Sequence[Piece]) -> dict[str, float | str]:
    """ "4 2 1" and nothing else: pain, tablets, wakes, in the order in which they are asked."""
    said = [piece for piece in pieces if piece.value is not None]
    others = [piece for piece in pieces if piece.value is None and piece.word.isalpha()]
    named = any(piece.item or piece.role for piece in (*said, *others))
    if named or len(said) != len(_IN_ORDER) or len(others) > 2:
        return {}
    return {name: piece.value or 0.0 for name, piece in zip(_IN_ORDER, said, strict=True)}


def _tokens(text: str) -> list[str]:
    spaced = _GLUED.sub(" ", _NO_NUMBER.sub(" ", folded(text[:2000]))).replace("1⁄2", " ½ ")
    found: list[str] = _TOKEN.findall(spaced)
    return [re.sub("[,٫]", ".", token) if token[0].isdigit() else token for token in found]


def _pieces(tokens: Sequence[str], words: NumberWords) -> Iterator[Piece]:
    place = 0
    while place < len(tokens):
        length, piece = _longest(tokens, place, words)
        place += length
        yield piece


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
        if piece.role in _PARTS and not (after and after[0].word.isdigit()):
            yield Piece(value=_PARTS[piece.role], word=piece.word)
        elif piece.value is not None and after and after[0].role is Role.AND_HALF:
            yield Piece(value=piece.value + 0.5, word=piece.word, item=piece.item)
            place += 1
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


def _next_number(pieces: Sequence[Piece], place: int) -> int:
    """The place of the next number, or this place if there is none."""
    later = (spot for spot in range(place, len(pieces)) if pieces[spot].value is not None)
    return next(later, place)


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


def _clauses(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    clause: list[Piece] = []
    for piece in pieces:
        if piece.role is Role.STOP:
            yield clause
            clause = []
        else:
            clause.append(piece)
    yield clause


def _read_clause(clause: Sequence[Piece], values: dict[str, float | str]) -> None:
    for place, piece in enumerate(clause):
        if piece.value is not None:
            _read_number(clause, place, values)
        elif piece.role is Role.NONE:
            _read_none(clause, place, values)
        elif piece.role in _SLEEP:
            values["sleep_trouble"] = _SLEEP[piece.role]
        elif piece.role is Role.NOT_WOKEN:
            values["wakes"] = 0.0
        elif piece.role is Role.NO_TABLET:
            values.setdefault("tablets", 0.0)
        elif piece.role is Role.NO_PAIN:
            values.setdefault("pain", 0.0)


def _read_number(clause: Sequence[Piece], place: int, values: dict[str, float | str]) -> None:
    number, named = clause[place].value or 0.0, clause[place].item
    before, after = _roles(clause, place, -1), _roles(clause, place, 1)
    if Role.SKIP_NEXT in before[:1] or Role.SKIP_LAST in after[:1]:
        return
    if before[:1] == [Role.SLEEP]:
        values["sleep_trouble"] = _SLEEP_CODES[min(int(number), 2)]
        return
    if named == _AGAIN:
        named = "tablets" if "tablets" in values else ""
        number += float(values.get("tablets", 0.0))
    item = named or _item(before, after, values) or _second(values, alone=len(clause) == 1)
    most = {"tablets": _MOST_TABLETS, "wakes": _MOST_WAKES}.get(item, _MOST_PAIN)
    if item and number <= most:
        values[item] = number


def _item(before: Sequence[Role], after: Sequence[Role], values: Mapping[str, object]) -> str:
    """Which answer a number is: what follows it closely, then what stands before it."""
    counted = after[1:2] if after[:1] == [Role.OUT_OF_TEN] else after[:1]
    if counted and counted[0] in _COUNTED and (counted == after[:1] or counted == [Role.WORST]):
        return _COUNTED[counted[0]]
    if before[:1] and before[0] in _NAMED:
        return _NAMED[before[0]]
    if after[:1] and after[0] in _NAMED and after[0] is not Role.TOOK:
        return _NAMED[after[0]]
    return "" if "pain" in values else "pain"


def _second(values: Mapping[str, object], *, alone: bool) -> str:
    """A second bare number, alone between commas, is the tablets: "4, 2, woke once"."""
    return "tablets" if alone and "tablets" not in values else ""


def _read_none(clause: Sequence[Piece], place: int, values: dict[str, float | str]) -> None:
    for role in (*_roles(clause, place, 1)[:1], *_roles(clause, place, -1)[:1]):
        if role in _NAMED and role is not Role.WORST:
            values[_NAMED[role]] = 0.0
            return
    if len(clause) == 1 and "pain" in values:  # "2.5, none"
        values.setdefault("tablets", 0.0)


def _roles(clause: Sequence[Piece], place: int, step: int) -> list[Role]:
    """The roles near a place, nearest first, up to another number and what belongs to that."""
    found: list[Role] = []
    for distance in range(1, _REACH + 1):
        spot = place + step * distance
        if not 0 <= spot < len(clause) or clause[spot].value is not None:
            break
        if (role := clause[spot].role) is not None:
            if step > 0 and _leads_on(clause, spot):
                break
            found.append(role)
    return found


def _starts_with_number(clause: Sequence[Piece]) -> bool:
    """Whether numbers stand before what they count: "zero pills zero wakeups"."""
    first = next(piece for piece in clause if piece.role or piece.value is not None)
    return first.value is not None


def _leads_on(clause: Sequence[Piece], spot: int) -> bool:
    """Whether a word stands right before another number, which it then belongs to ("p4 t1")."""
    ahead = [piece for piece in clause[spot + 1 : spot + 3] if piece.word not in (":", "-", "=")]
    if ahead and ahead[0].role is Role.NONE:
        return not _starts_with_number(clause)
    if not ahead or ahead[0].value is None or ahead[0].item:
        return bool(ahead and ahead[0].item)
    return clause[spot].role not in _COUNTED or not _starts_with_number(clause)
