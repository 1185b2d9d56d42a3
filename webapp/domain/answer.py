"""Reading answers: what a page, a program or a text message sent, as answers that can be judged.

Nothing is discarded: a number out of range is kept and asked about; only what cannot be read at
all is a fault. Runs at every check-in, so it stays plain. May import: the standard library,
checkin, instrument.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from webapp.domain.checkin import Answers, SleepTrouble
from webapp.domain.instrument import (
    NO_SIGN,
    Fault,
    Instrument,
    Item,
    ItemKind,
    Query,
    Value,
    Values,
    celsius,
    queries_about,
)

_NUMBERS = ("nrs_avg", "nrs_worst", "tablets", "wakes", "temperature_c")
_MOST_HELD = 1e6  # a number above this is a slip, and no column need hold it
_FAHRENHEIT = "f"
_UNIT_FIELD = "temperature_unit"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")

# Digits of other scripts, the decimal marks of other languages, halves; marks that only steer the
# direction of writing are dropped, as are the spaces that phones put in.
_DIGITS = {
    ord(char): str(digit)
    for zero in ("\u0660", "\u06f0", "\u0966", "\uff10")
    for digit in range(10)
    for char in (chr(ord(zero) + digit),)
}
_MARKS = {ord(","): ".", 0x066B: ".", 0x00BD: ".5", 0x2212: "-", 0x00A0: None, 0x202F: None}
_STEERING = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_AS_TYPED = {**_DIGITS, **_MARKS, **_STEERING}

# Neither can be stored as text everywhere; what was there stays visible as a sign of its own.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was sent, as far as it could be read."""

    answers: Answers
    faults: tuple[Fault, ...] = ()  # not storable until mended
    queries: tuple[Query, ...] = ()  # asked about once

    def unasked(self, asked: Collection[str]) -> tuple[Query, ...]:
        """The queries whose key is not among those already asked with these answers."""
        return tuple(query for query in self.queries if query.key not in asked)


class Unreadable(Exception):
    """An answer that cannot be held; `code` is the fault's."""

    def __init__(self, code: str, params: Mapping[str, float | str] | None = None) -> None:
        self.code = code
        self.params = params or {}
        super().__init__(code)


def read_answers(
    raw: Mapping[str, object], instrument: Instrument, known_signs: Collection[str]
) -> Reading:
    """Read answers as JSON or a form gives them: numbers or words, None or blank for unanswered.

    `known_signs` are the ids of all ticks. Never raises for what a person sent.
    """
    values: dict[str, Value] = {}
    faults = [Fault(name, "unknown-field") for name in raw if name not in instrument.items]
    for item in instrument.items.values():
        try:
            values[item.id] = _READERS[item.kind](raw.get(item.id), item, known_signs)
        except Unreadable as fault:
            values[item.id] = None
            faults.append(Fault(item.id, fault.code, fault.params))
    faulty = {fault.field for fault in faults}
    queries = tuple(it for it in queries_about(instrument, values) if it.field not in faulty)
    return Reading(_answers(values), tuple(faults), queries)


def raw_of_form(form: Mapping[str, Sequence[str]], instrument: Instrument) -> dict[str, object]:
    """The answers in a posted form (each field with all its values), for `read_answers`.

    Leaves everything else in the form alone. A temperature marked as Fahrenheit is turned.
    """
    raw: dict[str, object] = {}
    for item in instrument.items.values():
        sent = form.get(item.id)
        if sent:
            raw[item.id] = list(sent) if item.kind is ItemKind.TICKS else sent[0]
    if "temperature_c" in raw and _FAHRENHEIT in form.get(_UNIT_FIELD, ()):
        raw["temperature_c"] = _turned(raw["temperature_c"])
    return raw


def _turned(typed: object) -> object:
    """Fahrenheit as Celsius; what is no number is left for `read_answers` to refuse."""
    try:
        number = _number(typed)
    except Unreadable:
        return typed
    return typed if number is None else celsius(number)


def _answers(values: Values) -> Answers:
    effects, trouble, note = (values.get(name) for name in ("effects", "sleep_trouble", "note"))
    return Answers(
        **{name: _held(values.get(name)) for name in _NUMBERS},
        sleep_trouble=SleepTrouble(trouble) if isinstance(trouble, str) else None,
        effects=_ticked(effects) if isinstance(effects, tuple) else None,
        note=note if isinstance(note, str) else "",
    )


def _held(value: Value) -> float | None:
    return value if isinstance(value, (int, float)) else None


def _ticked(effects: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sign for sign in effects if sign != NO_SIGN)


def _number(given: object) -> float | None:
    if given is None:
        return None
    if isinstance(given, str):
        given = _typed_number(given)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise Unreadable("not-a-number")
    if isinstance(given, float) and not math.isfinite(given):
        raise Unreadable("not-a-number")
    if abs(given) > _MOST_HELD:
        raise Unreadable("too-big")
    return float(given)


def _typed_number(typed: str) -> float | None:
    plain = typed.translate(_AS_TYPED).strip()
    if not plain:
        return None
    if not _NUMBER.fullmatch(plain):
        raise Unreadable("not-a-number")
    return float(plain)


def _read_number(given: object, _item: Item, _signs: Collection[str]) -> Value:
    return _number(given)


def _read_choice(given: object, item: Item, _signs: Collection[str]) -> Value:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if not isinstance(given, str) or given.strip() not in item.choices:
        raise Unreadable("not-a-choice")
    return given.strip()


def _read_ticks(given: object, _item: Item, known_signs: Collection[str]) -> Value:
    """The ticks, each once. "None of these" alone is an empty answer; with others it is kept,
    so that it can be asked about.
    """
    if given is None:
        return None
    if not isinstance(given, (list, tuple)) or not all(isinstance(sign, str) for sign in given):
        raise Unreadable("not-a-list")
    ticks = tuple(dict.fromkeys(given))
    if strange := [sign for sign in ticks if sign not in known_signs and sign != NO_SIGN]:
        raise Unreadable("unknown-sign", {"sign": strange[0][:60]})
    return () if ticks == (NO_SIGN,) else ticks


def _read_text(given: object, item: Item, _signs: Collection[str]) -> Value:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise Unreadable("not-text")
    text = _UNSTORABLE.sub(_REPLACEMENT, given.replace("\r\n", "\n")).strip()
    if item.longest is not None and len(text) > item.longest:
        raise Unreadable("too-long", {"longest": item.longest})
    return text


_READERS: Mapping[ItemKind, Callable[[object, Item, Collection[str]], Value]] = {
    ItemKind.NUMBER: _read_number,
    ItemKind.CHOICE: _read_choice,
    ItemKind.TICKS: _read_ticks,
    ItemKind.TEXT: _read_text,
}
