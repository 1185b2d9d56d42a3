"""Reading what somebody typed about a clinic: every fault is named, nothing is guessed.

May import: phonenumbers (a pure library of number plans), the standard library and this room.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import time
from typing import TypeVar, cast
from zoneinfo import available_timezones

import phonenumbers

from webapp.domain.enrolment import Fault, RowRefused
from webapp.domain.person import Clinic, ClinicId, OpeningHours
from webapp.domain.telephone import NotANumber, e164

WEEK = range(7)  # Monday is 0
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PHONE = re.compile(r"[+(]?[\d][\d ()./-]{1,38}")
_SPELL = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")
_MOST_NAME_LETTERS = 200

Read = TypeVar("Read")


class _Wrong(Exception):
    """One field cannot be used: a code and English words."""


def read_clinic(clinic_id: ClinicId, row: Mapping[str, str]) -> Clinic:
    """A clinic from its fields (hours as `hours_0` to `hours_6`). Raises `RowRefused`."""
    faults: list[Fault] = []

    def read(field: str, parse: Callable[[str], Read]) -> Read:
        try:
            return parse(str(row.get(field) or "").strip())
        except _Wrong as wrong:
            faults.append(Fault(field, *wrong.args))
            return cast(Read, None)  # never used: a row with a fault is refused whole

    clinic = Clinic(
        id=clinic_id,
        name=read("name", _name),
        country=read("country", _country),
        timezone=read("timezone", _timezone),
        phone=read("phone", _phone),
        after_hours_phone=read("after_hours_phone", lambda text: _phone(text) if text else ""),
        hours=tuple(spell for day in WEEK for spell in read(f"hours_{day}", _spells(day)) or ()),
        chat_on=bool(row.get("chat_on")),
    )
    if faults:
        raise RowRefused(tuple(faults))
    return clinic


def as_row(clinic: Clinic) -> dict[str, str]:
    """A clinic as the fields that `read_clinic` reads."""
    names = ("name", "country", "timezone", "phone", "after_hours_phone")
    hours = {f"hours_{day}": _shown(clinic, day) for day in WEEK}
    chat = {"chat_on": "yes" if clinic.chat_on else ""}
    return {**{name: getattr(clinic, name) for name in names}, **hours, **chat}


def _shown(clinic: Clinic, day: int) -> str:
    spells = (one for one in clinic.hours if one.weekday == day)
    return ", ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in spells)


def hours_fields(text: str) -> dict[str, str]:
    """`mon-fri 08:00-17:00` as the fields of those days. Raises ValueError with the remedy."""
    days, _, spells = text.strip().partition(" ")
    first, _, last = days.lower().partition("-")
    if first not in DAY_NAMES or (last or first) not in DAY_NAMES or not spells.strip():
        raise ValueError(f"{text!r} is no opening: write it as mon-fri 08:00-17:00")
    run = range(DAY_NAMES.index(first), DAY_NAMES.index(last or first) + 1)
    return {f"hours_{day}": spells.strip() for day in run}


def read_mobile(text: str, country: str) -> str:
    """A mobile number of staff as +…, "" for none. Raises `RowRefused` naming `mobile`."""
    if not text.strip():
        return ""
    try:
        return e164(text, country)
    except NotANumber:
        fault = Fault("mobile", "not-a-mobile", "is not a telephone number")
        raise RowRefused((fault,)) from None


def _name(text: str) -> str:
    if not text:
        raise _Wrong("missing", "is missing; write the clinic's name as patients know it")
    if len(text) > _MOST_NAME_LETTERS or any(letter < " " for letter in text):
        raise _Wrong("not-a-name", f"is longer than {_MOST_NAME_LETTERS} letters or has odd signs")
    return text


def _country(text: str) -> str:
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise _Wrong("not-a-country", f"is {text!r}; write two letters, such as US")
    return text.upper()


def _timezone(text: str) -> str:
    if text not in available_timezones():
        raise _Wrong("not-a-timezone", f"is {text!r}; write it as America/Los_Angeles")
    return text


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise _Wrong("not-a-number", "is not a telephone number as it is printed for patients")
    return text


def _spells(weekday: int) -> Callable[[str], tuple[OpeningHours, ...]]:
    return lambda text: tuple(_each_spell(weekday, text))


def _each_spell(weekday: int, text: str) -> Iterator[OpeningHours]:
    """The openings of one day, in order and apart; none for a day that is closed."""
    before = None
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        opens, closes = _times(part)
        if closes <= opens or (before is not None and opens < before):
            raise _Wrong("not-hours", "ends before it begins, or overlaps; check the times")
        before = closes
        yield OpeningHours(weekday, opens, closes)


def _times(part: str) -> tuple[time, time]:
    found = _SPELL.fullmatch(part)
    try:
        if found is None:
            raise ValueError(part)
        opens, closes = (time.fromisoformat(one.zfill(5)) for one in found.groups())
    except ValueError:
        raise _Wrong("not-hours", f"is {part!r}; write it as 08:00-17:00") from None
    return opens, closes
