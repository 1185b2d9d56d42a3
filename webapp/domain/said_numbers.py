"""Numbers said: today's check-in as people write it ("4, took two, woke once"), in any language.

May import: the standard library, and the number_pieces of this room. The words of each language are
content (content/chat/numbers.<lang>.yaml); here is only how words and numbers go together. Only
what was said is returned; of a range the higher number counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from webapp.domain.number_pieces import NumberWords, Piece, Role, pieces_of

SaidNumbers = Mapping[str, float | str]  # pain, worst, tablets, wakes, sleep_trouble

_MOST_PAIN, _MOST_TABLETS, _MOST_WAKES = 10, 40, 20  # above, it is no such number
_REACH = 4  # words between a number and what it counts
_MARKS = frozenset(".!?;\n؟؛,،")  # they end a clause and say nothing

_COUNTED = {Role.TABLET: "tablets", Role.WAKE: "wakes", Role.WORST: "worst"}
_NAMED = {**_COUNTED, Role.PAIN: "pain", Role.OUT_OF_TEN: "pain", Role.TOOK: "tablets"}
_SLEEP = {Role.SLEPT: "none", Role.SLEPT_LITTLE: "a little", Role.SLEPT_BADLY: "a lot"}
_AGAIN = "again"  # "another at bedtime": tablets, if some were counted before
_PART = "part"  # "one at bedtime": the same, unless the parts make up what was counted
_IN_ORDER = ("pain", "tablets", "wakes")
_SLEEP_CODES = ("none", "a little", "a lot")  # s0, s1, s2


def read_numbers(text: str, words: NumberWords) -> SaidNumbers:
    """The answers that a message gives; empty if it gives none."""
    pieces = pieces_of(text, words)
    values: dict[str, float | str] = _three_in_order(pieces)
    for clause in () if values else _clauses(pieces):
        _read_clause(clause, values)
    return _with_parts(values)


def _with_parts(values: dict[str, float | str]) -> dict[str, float | str]:
    """Parts added to the tablets, unless they only take the count apart: "two, one at noon and"."""
    parts, tablets = float(values.pop(_PART, 0.0)), float(values.get("tablets", 0.0))
    if parts and not parts == tablets > 1:
        values["tablets"] = tablets + parts
    return values


def _three_in_order(pieces: Sequence[Piece]) -> dict[str, float | str]:
    """ "4 2 1" and nothing else: pain, tablets, wakes, in the order in which they are asked."""
    said = [piece for piece in pieces if piece.value is not None]
    others = [piece for piece in pieces if piece.value is None and piece.word.isalpha()]
    named = any(it.item or (it.role and it.word not in _MARKS) for it in pieces)
    if named or len(said) != len(_IN_ORDER) or len(others) > 2:
        return {}
    return {name: piece.value or 0.0 for name, piece in zip(_IN_ORDER, said, strict=True)}


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
    if named in (_AGAIN, _PART):
        named = _counts_on(named, values)
        number += float(values.get(named, 0.0))
    corrected = place and clause[place - 1].role is Role.CORRECTION
    item = named or _named_by(before, after) or (_last(values) if corrected else "")
    if not item and "pain" not in values:
        item = "pain"
    item = item or _second(values, alone=len(clause) == 1) or _worse(number, after, values)
    if _is_past(item, before, after):
        return
    most = {"tablets": _MOST_TABLETS, "wakes": _MOST_WAKES}.get(item, _MOST_PAIN)
    if item and number <= most:
        values[item] = number


def _is_past(item: str, before: Sequence[Role], after: Sequence[Role]) -> bool:
    """Whether it was so on another day: "5 yesterday", "1 pill (2 yesterday)"."""
    if item in ("pain", "worst"):
        return Role.PAST in (*before[:1], *after[:1])
    return after[:1] == [Role.PAST] and before[:1] == [Role.TABLET]


def _counts_on(named: str, values: Mapping[str, object]) -> str:
    """What one tablet more is added to: the parts, if there are any; nothing, if none was named."""
    if "tablets" not in values:
        return ""
    return _PART if named == _PART or _PART in values else "tablets"


def _last(values: Mapping[str, float | str]) -> str:
    """The answer read last, if it is a number: a correction speaks of that."""
    last = next(reversed(list(values)), "")
    return "" if last == "sleep_trouble" else last


def _worse(number: float, after: Sequence[Role], values: Mapping[str, float | str]) -> str:
    """A second bare number is the worst if it says when, and the average is no higher."""
    known = "pain" in values and "worst" not in values
    return "worst" if known and Role.WHEN in after[:1] and number >= float(values["pain"]) else ""


def _named_by(before: Sequence[Role], after: Sequence[Role]) -> str:
    """Which answer the words make a number: what follows it closely, then what is before it."""
    counted = after[1:2] if after[:1] == [Role.OUT_OF_TEN] else after[:1]
    if counted and counted[0] in _COUNTED and (counted == after[:1] or counted == [Role.WORST]):
        return _COUNTED[counted[0]]
    if before[:1] and before[0] in _NAMED:
        return _NAMED[before[0]]
    if after[:1] and after[0] in _NAMED and after[0] is not Role.TOOK:
        return _NAMED[after[0]]
    return ""


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
        if (role := clause[spot].role) not in (None, Role.RANGE):
            if step > 0 and _leads_on(clause, spot):
                break
            found.append(role)
    return found


def _starts_with_number(clause: Sequence[Piece]) -> bool:
    """Whether numbers stand before what they count: "zero pills zero wakeups"."""
    first = next(piece for piece in clause if piece.role or piece.value is not None)
    return first.value is not None


def _is_word_and_number(ahead: Sequence[Piece]) -> bool:
    """Whether a word of no meaning here and then a number follow: "is 2"."""
    words = [piece.value is None and piece.role is None for piece in ahead]
    return words == [True, False] and ahead[1].value is not None


def _leads_on(clause: Sequence[Piece], spot: int) -> bool:
    """Whether a word stands right before another number, which it then belongs to ("p4 t1")."""
    ahead = [piece for piece in clause[spot + 1 : spot + 3] if piece.word not in (":", "-", "=")]
    if ahead and ahead[0].role is Role.NONE:
        return not _starts_with_number(clause)
    if _is_word_and_number(ahead):  # "pain is 5 tablet is 2"
        return not _starts_with_number(clause)
    if not ahead or ahead[0].value is None or ahead[0].item:
        return bool(ahead and ahead[0].item)
    return clause[spot].role not in _COUNTED or not _starts_with_number(clause)
