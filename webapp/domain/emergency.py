"""Whom to ring: the placeholders of patient words, filled for one country, clinic and language.

May import: the standard library and this room. No number stands here; they come from
content/emergency.yaml and from the clinic's own record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from webapp.domain.fact import Mark

_PLACEHOLDER = re.compile(r"\{(emergency_number|crisis_line|poison_line|clinic_phone)\}")
ByLanguage = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone line of a country; `mark` says how far its number is to be trusted."""

    numbers: tuple[str, ...]  # as printed, the best first
    mark: Mark
    name: str = ""


@dataclass(frozen=True, slots=True)
class CountryLines:
    """The lines of one country; None where the content has none."""

    name: str
    emergency: Line
    crisis: Line | None = None
    poison: Line | None = None
    advice: Line | None = None  # a nurse on the telephone; stands in for a missing poison line


@dataclass(frozen=True, slots=True)
class Joins:
    """How numbers are put into words, by language."""

    either: ByLanguage  # {first} {second}
    named: ByLanguage  # {number} {name}
    closed: ByLanguage  # {phone} {after_hours}


@dataclass(frozen=True, slots=True)
class Telephones:
    """content/emergency.yaml."""

    countries: Mapping[str, CountryLines]  # by ISO 3166-1 alpha-2 code
    unknown: Mapping[str, ByLanguage]  # words for a line that is not known
    joins: Joins


@dataclass(frozen=True, slots=True)
class Caller:
    """Who would ring: from which country, and which clinic; empty where not known."""

    country: str = ""
    clinic_phone: str = ""
    after_hours_phone: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """The words for one placeholder, and the numbers in them that can be dialled."""

    text: str
    numbers: tuple[str, ...] = ()

    @property
    def html(self) -> str:
        """The words escaped, each number a link that a telephone can dial."""
        # One pass over the plain words, so that a number inside another is never linked twice.
        ordered = sorted(self.numbers, key=len, reverse=True)
        pattern = "|".join(map(re.escape, ordered)) or r"(?!)"
        linked, end = "", 0
        for match in re.finditer(pattern, self.text):
            linked += escape(self.text[end : match.start()]) + _link(match[0])
            end = match.end()
        return linked + escape(self.text[end:])


@dataclass(frozen=True, slots=True)
class Contacts:
    """Every placeholder's contact for one caller in one language."""

    by_placeholder: Mapping[str, Contact] = field(default_factory=dict)

    @property
    def emergency(self) -> Contact:
        """The emergency number."""
        return self.by_placeholder["emergency_number"]

    @property
    def crisis(self) -> Contact:
        """The crisis line, to call or text."""
        return self.by_placeholder["crisis_line"]

    @property
    def clinic(self) -> Contact:
        """The clinic, with its number when it is closed."""
        return self.by_placeholder["clinic_phone"]

    @property
    def poison(self) -> Contact:
        """The poison line, or the country's advice line."""
        return self.by_placeholder["poison_line"]

    def fill_text(self, text: str) -> str:
        """Plain text with its placeholders filled."""
        return _PLACEHOLDER.sub(lambda match: self.by_placeholder[match[1]].text, text)

    def fill_html(self, html: str) -> str:
        """Safe HTML with its placeholders filled by escaped words and links to dial."""
        return _PLACEHOLDER.sub(lambda match: self.by_placeholder[match[1]].html, html)


def contacts_for(telephones: Telephones, caller: Caller, lang: str) -> Contacts:
    """Whom this caller rings, in the words of `lang`; the general words where nobody knows."""
    country = telephones.countries.get(caller.country)
    lines = {
        "emergency_number": ("emergency", country.emergency if country else None),
        "crisis_line": ("crisis", country.crisis if country else None),
        "poison_line": ("poison", (country.poison or country.advice) if country else None),
    }
    filled = {
        placeholder: _contact(line, telephones.joins, lang)
        if line
        else Contact(telephones.unknown[kind][lang])
        for placeholder, (kind, line) in lines.items()
    }
    return Contacts({**filled, "clinic_phone": _clinic(telephones, caller, lang)})


def _contact(line: Line, joins: Joins, lang: str) -> Contact:
    """A line's numbers in words, with its name if it has one."""
    text = line.numbers[0]
    for number in line.numbers[1:]:
        text = joins.either[lang].format(first=text, second=number)
    if line.name:
        text = joins.named[lang].format(number=text, name=line.name)
    return Contact(text, line.numbers)


def _clinic(telephones: Telephones, caller: Caller, lang: str) -> Contact:
    """The clinic's own number, and the one for when it is closed if that differs."""
    phone, closed = caller.clinic_phone, caller.after_hours_phone
    if not phone:
        return Contact(telephones.unknown["clinic"][lang])
    if not closed or closed == phone:
        return Contact(phone, (phone,))
    text = telephones.joins.closed[lang].format(phone=phone, after_hours=closed)
    return Contact(text, (phone, closed))


def _link(number: str) -> str:
    """A number to tap; left to right even inside Arabic."""
    dialled = re.sub(r"[^\d+*#]", "", number).replace("#", "%23")
    return f'<a href="tel:{dialled}" dir="ltr">{escape(number)}</a>'
