"""content/emergency.yaml: whom to ring, by country; no other file may hold a number.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import Field

from webapp.domain.emergency import CountryLines, Joins, Line, Telephones
from webapp.domain.fact import Mark
from webapp.library.languages import Words
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, read_yaml


class UnknownFile(Strict):
    """What fills a placeholder when nobody knows the number."""

    emergency: Words
    crisis: Words
    poison: Words
    clinic: Words


class JoinsFile(Strict):
    """How numbers are put into words."""

    either: Words
    named: Words
    closed: Words


class LineFile(Strict):
    """One line; its numbers as printed for the people of that country."""

    name: str = ""
    numbers: tuple[str, ...] = Field(min_length=1)
    mark: Mark


class CountryFile(Strict):
    """One country, or several that share their numbers."""

    codes: tuple[str, ...] = Field(min_length=1)
    name: str
    emergency: LineFile
    crisis: LineFile | None = None
    poison: LineFile | None = None
    advice: LineFile | None = None


class EmergencyFile(Strict):
    """content/emergency.yaml."""

    reviewed_by: str | None
    facts: tuple[str, ...]
    unknown: UnknownFile
    joins: JoinsFile
    countries: tuple[CountryFile, ...]


def load_telephones(content: Path) -> Telephones:
    """Every number by country. Raises LibraryError."""
    path = content / "emergency.yaml"
    read = read_yaml(path, EmergencyFile)
    return Telephones(
        countries=_by_code(read.countries, str(path)),
        unknown={kind: words.by_language() for kind, words in read.unknown},
        joins=Joins(
            read.joins.either.by_language(),
            read.joins.named.by_language(),
            read.joins.closed.by_language(),
        ),
    )


def number_problems(telephones: Telephones, file: str) -> Iterator[Problem]:
    """A warning for each number that is known from memory only."""
    for code, country in telephones.countries.items():
        for kind in ("emergency", "crisis", "poison", "advice"):
            line: Line | None = getattr(country, kind)
            if line is not None and line.mark is Mark.MEMORY:
                message = f"{code}: the {kind} line {line.numbers[0]} is from memory."
                remedy = "Try it, or read it on an official page, and set its mark."
                yield Problem(file, 1, "number-unproved", message, remedy, warning=True)


def _by_code(countries: tuple[CountryFile, ...], file: str) -> Mapping[str, CountryLines]:
    """Each country's lines under its code; a code may stand only once."""
    lines: dict[str, CountryLines] = {}
    for country in countries:
        for code in country.codes:
            if code in lines:
                message = f"The country {code} stands twice."
                raise LibraryError([Problem(file, 1, "country-twice", message, "Keep one.")])
            lines[code] = _lines(country)
    return lines


def _lines(country: CountryFile) -> CountryLines:
    return CountryLines(
        name=country.name,
        emergency=_line(country.emergency),
        crisis=_line(country.crisis) if country.crisis else None,
        poison=_line(country.poison) if country.poison else None,
        advice=_line(country.advice) if country.advice else None,
    )


def _line(line: LineFile) -> Line:
    return Line(line.numbers, line.mark, line.name)
