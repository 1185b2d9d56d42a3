"""Reading what somebody typed about a new patient: every fault is named, nothing is guessed.

May import: the standard library and this room.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeVar, cast
from zoneinfo import available_timezones

from webapp.domain.person import Channel, Contact
from webapp.domain.telephone import NotANumber, e164, takes_texts

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_TRUE, _FALSE = {"true", "yes", "1"}, {"", "false", "no", "0"}
_FURTHEST = timedelta(days=2 * 366)  # a procedure further away than this is a slip of the pen
MOST_NAME_LETTERS = 200
MOST_EMAIL_LETTERS = 254  # RFC 5321, with the errata


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a clinic's new patient has unless the row says otherwise, and what it may name."""

    country: str  # ISO 3166-1 alpha-2: how national telephone numbers are read
    timezone: str
    language: str
    prompt_time: str  # HH:MM
    mg_per_tablet: float
    pathways: Collection[str]
    languages: Collection[str]
    quiet_from: str = ""  # HH:MM; "" with both is no quiet hours
    quiet_until: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A patient as somebody wants her enrolled, all of it read and checked."""

    contact: Contact
    procedure_date: date
    pathway: str
    timezone: str
    language: str
    channel: Channel
    prompt_time: time
    label_max: float | None
    mg_per_tablet: float
    pump_on: bool
    baseline_nrs: float | None
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, as a code that pages translate and English that says it."""

    field: str
    code: str
    english: str


class RowRefused(Exception):
    """The row cannot be used; `faults` names every reason."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.english}" for fault in faults))
        self.faults = faults


class _Wrong(Exception):
    """One field cannot be used: a code and English words."""


Read = TypeVar("Read")


FIELDS = (
    "name",
    "first_name",
    "procedure_date",
    "pathway",
    "timezone",
    "language",
    "email",
    "mobile",
    "channel",
    "prompt_time",
    "quiet_from",
    "quiet_until",
    "label_max",
    "mg_per_tablet",
    "pump_on",
    "baseline_nrs",
    "clinic",
)


def read_wish(row: Mapping[str, object], defaults: Defaults, today: date) -> Wish:
    """Read one row. Raises `RowRefused` with every fault in it."""
    reader = _Reader(row)
    reader.faults += [
        Fault(field, "unknown-field", "is not a field of a patient; remove it")
        for field in sorted(set(row) - set(FIELDS))
    ]
    wish = Wish(
        contact=Contact(
            name=reader.read("name", _name),
            first_name=reader.read("first_name", _first_name),
            email=reader.read("email", _email),
            mobile=reader.read("mobile", lambda text: _mobile(text, defaults.country)),
        ),
        procedure_date=reader.read("procedure_date", lambda text: _date(text, today)),
        pathway=reader.read("pathway", lambda text: _one_of(text, defaults.pathways, "mastectomy")),
        timezone=reader.read("timezone", lambda text: _timezone(text or defaults.timezone)),
        language=reader.read(
            "language", lambda text: _one_of(text or defaults.language, defaults.languages, "en")
        ),
        channel=reader.read("channel", lambda text: _channel(text, reader.text)),
        prompt_time=reader.read("prompt_time", lambda text: _time(text or defaults.prompt_time)),
        label_max=reader.read("label_max", lambda text: _number(text, 0, 100)),
        mg_per_tablet=reader.read(
            "mg_per_tablet", lambda text: _strength(text, defaults.mg_per_tablet)
        ),
        pump_on=reader.read("pump_on", _yes_or_no),
        baseline_nrs=reader.read("baseline_nrs", lambda text: _number(text, 0, 10)),
        quiet_from=reader.read("quiet_from", lambda text: _any_time(text or defaults.quiet_from)),
        quiet_until=reader.read(
            "quiet_until", lambda text: _any_time(text or defaults.quiet_until)
        ),
    )
    faults = reader.faults or _one_ended(wish)
    if faults:
        raise RowRefused(tuple(faults))
    return wish


def _one_ended(wish: Wish) -> list[Fault]:
    """The fault of quiet hours with a beginning or an end only."""
    if (wish.quiet_from is None) == (wish.quiet_until is None):
        return []
    field = "quiet_from" if wish.quiet_from is None else "quiet_until"
    return [Fault(field, "not-a-time", "is missing; write both ends, or none")]


class _Reader:
    """Reads field after field and collects what is wrong, so that all of it is told at once."""

    def __init__(self, row: Mapping[str, object]) -> None:
        self._row = row
        self.faults: list[Fault] = []

    def text(self, field: str) -> str:
        value = self._row.get(field)
        return "" if value is None else str(value).strip()

    def read(self, field: str, parse: Callable[[str], Read]) -> Read:
        try:
            return parse(self.text(field))
        except _Wrong as wrong:
            code, english = wrong.args
            self.faults.append(Fault(field, code, english))
            return cast(Read, None)  # never used: a row with a fault is refused whole


def _name(text: str) -> str:
    if not text:
        raise _Wrong("missing", "is missing; write the patient's name")
    return _short(text)


def _first_name(text: str) -> str:
    return _short(text)


def _short(text: str) -> str:
    if len(text) > MOST_NAME_LETTERS or any(letter < " " for letter in text):
        raise _Wrong("not-a-name", f"is longer than {MOST_NAME_LETTERS} letters or has odd signs")
    return text


def is_email(text: str) -> bool:
    """Whether this has the shape of an e-mail address with a domain."""
    return (
        len(text) <= MOST_EMAIL_LETTERS
        and bool(_EMAIL.fullmatch(text))
        and "." in text.split("@")[1]
    )


def _email(text: str) -> str:
    if text and not is_email(text):
        raise _Wrong("not-an-email", "is not an e-mail address, such as name@example.org")
    return text


def _mobile(text: str, country: str) -> str:
    """The number in E.164 form, by the number plan of the country."""
    if not text:
        return ""
    try:
        number = e164(text, country)
    except NotANumber:
        remedy = "is not a telephone number; write it with + and the country"
        raise _Wrong("not-a-number", remedy) from None
    if not takes_texts(number):
        raise _Wrong("not-a-mobile", "takes no text messages; write a mobile number")
    return number


def _date(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Wrong("not-a-date", "is not a date; write it as 2026-11-20") from None
    if abs(day - today) > _FURTHEST:
        raise _Wrong("date-far-away", "is more than two years away; check the year")
    return day


def _one_of(text: str, known: Collection[str], example: str) -> str:
    if text not in known:
        names = ", ".join(sorted(known))
        found = f"is {text!r}" if text else f"is missing (such as {example})"
        raise _Wrong("unknown", f"{found}; use one of {names}")
    return text


def _timezone(text: str) -> str:
    if text not in available_timezones():
        raise _Wrong("not-a-timezone", f"is {text!r}; write it as America/Los_Angeles")
    return text


def _channel(text: str, text_of: Callable[[str], str]) -> Channel:
    """The channel, which needs its address; left empty it is what there is an address for."""
    if not text:
        text = Channel.EMAIL if text_of("email") or not text_of("mobile") else Channel.SMS
    if text not in set(Channel):
        raise _Wrong("unknown", f"is {text!r}; use email, sms or push")
    needed = _ADDRESS[Channel(text)]
    if needed and not text_of(needed):
        raise _Wrong("no-address", f"is {text}, but there is no {needed}; write one")
    return Channel(text)


_ADDRESS = {Channel.EMAIL: "email", Channel.SMS: "mobile", Channel.PUSH: ""}


def read_time(text: str) -> time | None:
    """A time of day as somebody typed it, such as 9:00 or 21:30; None if it is none."""
    try:
        return _time(text.strip())
    except _Wrong:
        return None


def _any_time(text: str) -> time | None:
    return _time(text) if text else None


def _time(text: str) -> time:
    try:
        moment = time.fromisoformat(text.zfill(len("09:00")))
    except ValueError:
        raise _Wrong("not-a-time", "is not a time of day; write it as 09:00") from None
    if moment.tzinfo is not None:
        raise _Wrong("not-a-time", "has an offset; write the patient's own time, such as 09:00")
    return moment.replace(second=0, microsecond=0)


def _number(text: str, least: float, most: float) -> float | None:
    if not text:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise _Wrong("out-of-range", f"is not a number from {least:g} to {most:g}")
    return number


def _strength(text: str, usual: float) -> float:
    strength = _number(text, 0, 200)
    if strength == 0:
        raise _Wrong("out-of-range", "must be more than 0 milligrams")
    return usual if strength is None else strength


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise _Wrong("not-yes-or-no", "is neither yes nor no")
    return text.lower() in _TRUE
