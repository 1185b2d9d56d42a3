"""Runs the flag rules over whole recoveries: a line of JSON in, a line of JSON out.

May import: the domain and the library. A line that cannot be used says what is wrong and how to
mend it, and the run goes on (contract.md, 4; rules.md, 1).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from webapp.domain.checkin import Answers, Report, Setup, SleepTrouble
from webapp.domain.flag import Finding
from webapp.domain.moment import Range
from webapp.domain.phrase import PhraseBook, rules_met
from webapp.domain.rule import RuleBook, evaluate_all
from webapp.domain.sign import Sign

PATHWAYS = ("mastectomy", "knee")
ENGLISH = "en"
_NUMBERS = ("nrs_avg", "nrs_worst", "tablets", "wakes", "temperature_c")
_ANSWERED = (*_NUMBERS, "sleep_trouble", "effects")
_SLEEP = {trouble.value: trouble for trouble in SleepTrouble}
_MAX_SHOWN = 60  # characters of a wrong value that an error repeats
_MAX_BITS = 128  # of a whole number that an error repeats

Json = Any  # whatever a line of JSON holds
Fields = Mapping[str, Json]


class UnusableLine(ValueError):
    """What is wrong with a line, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Triage:
    """What triage judges by."""

    book: RuleBook
    phrases: PhraseBook


def triage_lines(lines: Iterable[bytes], triage: Triage) -> Iterator[tuple[str, bool]]:
    """For each line the JSON to print, and whether the line could be used."""
    for line in lines:
        answer = triage_line(line, triage)
        yield json.dumps(answer), "error" not in answer


def triage_line(line: bytes, triage: Triage) -> dict[str, Json]:
    """The flags of one recovery, or `{"id", "error"}`."""
    name: str | int | None = None
    try:
        fields = _decoded(line)
        name = _id(fields)
        flags = [_flag(finding) for finding in _findings(fields, triage)]
    except UnusableLine as fault:
        return {"id": name, "error": str(fault)}
    return {"id": name, "flags": flags}


def sign_lines(signs: Iterable[Sign]) -> Iterator[str]:
    """One line of JSON for each sign that `effects` may hold, in the order of the list."""
    for sign in signs:
        leads = [
            {"rule": lead.rule, "severity": lead.severity, "when": lead.when}
            for lead in sign.leads_to
        ]
        yield json.dumps(
            {"id": sign.id, "leads_to": leads, "en": sign.words[ENGLISH]}, ensure_ascii=False
        )


def _id(fields: Fields) -> str | int:
    name = fields.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise UnusableLine('There is no usable "id". Give each recovery an id of its own.')
    return name


def _findings(fields: Fields, triage: Triage) -> tuple[Finding, ...]:
    scale = triage.book.frame.ranges["nrs_avg"]
    setup, reports = _setup(fields, scale), _reports(fields, triage.phrases)
    return evaluate_all(triage.book, setup, reports)


def _flag(finding: Finding) -> dict[str, Json]:
    return {
        "pod": finding.pod,
        "rule": finding.rule,
        "severity": finding.severity,
        "because": finding.because,
    }


def _decoded(line: bytes) -> dict[str, Json]:
    try:
        fields = json.loads(line, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise UnusableLine("The line is not UTF-8. Save the file as UTF-8.") from None
    except RecursionError:
        raise UnusableLine("The line is nested too deeply. Send one recovery a line.") from None
    except ValueError as error:
        raise UnusableLine(f"The line is not JSON ({error}). Send one JSON object.") from None
    if not isinstance(fields, dict):
        raise UnusableLine("The line is not a JSON object. Send {...}, one recovery a line.")
    return fields


def _no_constant(name: str) -> float:
    """NaN and Infinity, which Python would read, are no JSON."""
    raise ValueError(f"{name} is not a number")


def _setup(fields: Fields, scale: Range) -> Setup:
    pathway, given = fields.get("pathway"), fields.get("setup")
    if pathway not in PATHWAYS:
        raise UnusableLine(f'"pathway" is {_shown(pathway)}. Write one of: {", ".join(PATHWAYS)}.')
    if given is not None and not isinstance(given, dict):
        raise UnusableLine('"setup" is not an object. Write {"mg_per_tablet": ..., ...}.')
    return _checked_setup(str(pathway), given or {}, scale)


def _checked_setup(pathway: str, given: Fields, scale: Range) -> Setup:
    mg, label = _number(given, "mg_per_tablet", "setup"), _number(given, "label_max", "setup")
    baseline, pump = _number(given, "baseline_nrs", "setup"), given.get("pump_on")
    if mg is not None and mg <= 0:
        raise UnusableLine('"mg_per_tablet" is not above 0. Give the strength of one tablet.')
    if label is not None and label < 0:
        raise UnusableLine('"label_max" is below 0. Give the most tablets in 24 h, or null.')
    if baseline is not None and not scale.low <= baseline <= scale.high:
        bounds = f"{scale.low:g}-{scale.high:g}"
        raise UnusableLine(f'"baseline_nrs" is outside {bounds}. Give the usual pain, or null.')
    if pump is not None and not isinstance(pump, bool):
        raise UnusableLine(f'"pump_on" is {_shown(pump)}. Write true, false or null.')
    strength = Setup(pathway).mg_per_tablet if mg is None else mg
    return Setup(pathway, strength, label, bool(pump), baseline)


def _reports(fields: Fields, phrases: PhraseBook) -> tuple[Report, ...]:
    given = fields.get("reports")
    if not isinstance(given, list):
        raise UnusableLine('"reports" is not a list. Write "reports": [{"pod": 1, ...}].')
    reports = tuple(_report(report, place, phrases) for place, report in enumerate(given))
    seen: set[int] = set()
    for report in reports:
        if report.pod in seen:
            raise UnusableLine(f'"pod" {report.pod} is used twice. Send each day once.')
        seen.add(report.pod)
    return reports


def _report(given: Json, place: int, phrases: PhraseBook) -> Report:
    if not isinstance(given, dict):
        raise UnusableLine(f'Report {place + 1} is not an object. Write {{"pod": 1, ...}}.')
    pod = _pod(given.get("pod"), place)
    where = f"day {pod}"
    missed = given.get("missed")
    if missed is not None and not isinstance(missed, bool):
        raise UnusableLine(f'"missed" of {where} is {_shown(missed)}. Write true or leave it out.')
    answers = _answers(given, where)
    text, lang = _text(given, "text", where), _text(given, "lang", where) or ENGLISH
    if not missed:
        return Report(pod, answers, said=rules_met(text, lang, phrases) if text else frozenset())
    if text.strip() or any(given.get(name) is not None for name in _ANSWERED):
        raise UnusableLine(f'{where} is "missed" and has answers. Keep one of the two.')
    return Report(pod, missed=True)


def _pod(value: Json, place: int) -> int:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or value < 0:
        raise UnusableLine(
            f'"pod" of report {place + 1} is {_shown(value)}. '
            "Write the days since the procedure: 0, 1, 2, ..."
        )
    return int(value)


def _answers(given: Fields, where: str) -> Answers:
    numbers: dict[str, Json] = {name: _number(given, name, where) for name in _NUMBERS}
    sleep, effects = given.get("sleep_trouble"), given.get("effects")
    if sleep is not None and (not isinstance(sleep, str) or sleep not in _SLEEP):
        raise UnusableLine(
            f'"sleep_trouble" of {where} is {_shown(sleep)}. Write one of: {", ".join(_SLEEP)}.'
        )
    if effects is not None and not (
        isinstance(effects, list) and all(isinstance(tick, str) for tick in effects)
    ):
        raise UnusableLine(f'"effects" of {where} is not a list of words. Write [] for none.')
    answers = Answers(
        sleep_trouble=None if sleep is None else _SLEEP[sleep],
        effects=None if effects is None else tuple(effects),
    )
    return replace(answers, **numbers)


def _number(given: Fields, name: str, where: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        number = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise UnusableLine(f'"{name}" of {where} is {_shown(value)}. Write a number, or null.')
    return number


def _text(given: Fields, name: str, where: str) -> str:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise UnusableLine(f'"{name}" of {where} is {_shown(value)}. Write words, or null.')
    return value or ""


def _shown(value: Json) -> str:
    """A wrong value as an error may repeat it: short."""
    if value is None:
        return "missing"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > _MAX_BITS:
        return "far too large"
    return json.dumps(value)[:_MAX_SHOWN]
