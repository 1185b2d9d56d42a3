"""content/rules/flags.yaml: the flag rules, read and compiled once.

May import: pydantic, the domain and this room. A rule that cannot be read stops the site, with
the file, the line and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError
from pathlib import Path
from typing import Any

from pydantic import Field

from webapp.domain.condition import BadCondition, Condition, Reader, details_of
from webapp.domain.flag import Severity
from webapp.domain.moment import NUMBER_ITEMS, Frame, HeldPart, Range
from webapp.domain.operator import OPERATORS, needs_a_sign
from webapp.domain.reason import BadTemplate, Reason, compile_reason
from webapp.domain.rule import EVERY_OTHER, Example, Part, Rule, RuleBook, bind
from webapp.domain.sign import Sign, ticks_by_pathway
from webapp.library.problem import LibraryError, Problem
from webapp.library.rule_examples import ExampleFile, example
from webapp.library.sign_files import load_signs
from webapp.library.yaml_model import Strict, line_at, parse_yaml, read_file

RULES_FILE = Path("rules") / "flags.yaml"
Place = tuple[int | str, ...]


class RangeFile(Strict):
    """What an answer can sensibly be."""

    low: float
    high: float
    step: float | None = None


class PartFile(Strict):
    """One way in which a rule can hold."""

    part: str
    severity: Severity
    when: dict[str, Any]
    reason: Mapping[str, str]
    advice: str | None = None


class RuleFile(Strict):
    """One rule."""

    id: str = Field(pattern=r"^R\d\d-[a-z0-9-]+$")
    version: int = Field(ge=1)
    facts: tuple[str, ...] = Field(min_length=1)
    advice: str
    needs: tuple[str, ...] = ()
    parts: tuple[PartFile, ...] = Field(min_length=1)
    examples: tuple[ExampleFile, ...] = Field(min_length=2)


class RulesFile(Strict):
    """The whole file."""

    mme_per_mg: float = Field(gt=0)
    ranges: dict[str, RangeFile]
    define: dict[str, Any]
    rules: tuple[RuleFile, ...] = Field(min_length=1)


def load_rules(content: Path) -> RuleBook:
    """Every flag rule, compiled. Raises LibraryError with file, line and remedy."""
    path = content / RULES_FILE
    text = read_file(path, check="yaml-file")
    read = parse_yaml(text, RulesFile, file=str(path))
    return _Loading(read, load_signs(content), text, str(path)).book()


class _Loading:
    """Compiling one rule file, keeping every fault with its line."""

    def __init__(self, read: RulesFile, signs: tuple[Sign, ...], text: str, file: str) -> None:
        self._read, self._text, self._file = read, text, file
        self._signs = {sign.id: sign for sign in signs}
        self._ids = {rule.id for rule in read.rules}
        self._problems: list[Problem] = []

    def book(self) -> RuleBook:
        """The finished book, or every fault at once."""
        self._check_ranges()
        rules = [self._rule(rule, ("rules", place)) for place, rule in enumerate(self._read.rules)]
        if len(self._ids) < len(rules):
            self._fault(("rules",), "Two rules have the same id.", "Give each rule its own id.")
        if not self._problems:
            try:
                return bind(rules, self._frame())
            except CycleError as error:
                circle = " -> ".join(error.args[1])
                self._fault(("rules",), f"Rules need each other: {circle}.", "Break the circle.")
        raise LibraryError(self._problems)

    def _frame(self) -> Frame:
        ranges = {
            item: Range(limits.low, limits.high, limits.step)
            for item, limits in self._read.ranges.items()
        }
        return Frame(ranges, self._read.mme_per_mg, ticks_by_pathway(self._signs.values()))

    def _check_ranges(self) -> None:
        if set(self._read.ranges) != set(NUMBER_ITEMS):
            wanted = ", ".join(NUMBER_ITEMS)
            self._fault(("ranges",), "Each number has one range.", f"Give ranges for {wanted}.")

    def _rule(self, rule: RuleFile, place: Place) -> Rule:
        self._check_needs(rule, place)
        parts = [self._part(part, rule, (*place, "parts", n)) for n, part in enumerate(rule.parts)]
        if len({part.part for part in rule.parts}) < len(parts):
            self._fault((*place, "parts"), "Two parts share a letter.", "Letter them a, b, c.")
        return Rule(
            id=rule.id,
            version=rule.version,
            parts=tuple(sorted(parts, key=lambda part: part.held.severity.rank)),
            facts=rule.facts,
            needs=rule.needs,
            examples=self._examples(rule, place),
        )

    def _part(self, part: PartFile, rule: RuleFile, place: Place) -> Part:
        self._check_ids(part.when, (*place, "when"))
        when, by_sign = self._condition(part.when, (*place, "when"))
        return Part(
            held=HeldPart(part.part, part.severity),
            when=when,
            reason=self._reason(part, (*place, "reason")),
            advice=part.advice or rule.advice,
            needs_a_sign=by_sign,
        )

    def _condition(self, spec: Mapping[str, Any], place: Place) -> tuple[Condition, bool]:
        """A condition, and whether it needs a sign to be true."""
        try:
            condition = Reader(OPERATORS, self._read.define, place).condition(spec)
        except BadCondition as error:
            self._fault(error.path, error.what, error.remedy)
            return (lambda moment: False), False
        return condition, needs_a_sign(spec, self._read.define)

    def _reason(self, part: PartFile, place: Place) -> Reason:
        signs = {tick: self._words(tick) for tick in _ticks(part.when)}
        try:
            return compile_reason(part.reason["en"], signs)
        except KeyError:
            self._fault(place, "The reason has no English.", "Write reason: {en: ...}.")
        except (BadTemplate, ValueError) as error:
            self._fault(place, f"The reason cannot be filled: {error}", "Correct the braces.")
        return compile_reason("", {})

    def _words(self, tick: str) -> str:
        return self._signs[tick].words["en"] if tick in self._signs else tick

    def _examples(self, rule: RuleFile, place: Place) -> tuple[Example, ...]:
        given = tuple(example(read) for read in rule.examples)
        if {case.gives is None for case in given} != {True, False}:
            what, remedy = "Examples show only one side.", "Add one that holds, one that does not."
            self._fault((*place, "examples"), what, remedy)
        return given

    def _check_ids(self, spec: Mapping[str, Any], place: Place) -> None:
        for tick in _ticks(spec):
            if tick not in self._signs:
                self._fault(place, f"Unknown sign '{tick}'.", "Take its id from signs.yaml.")
        for rule in _rules(spec):
            if rule not in self._ids:
                self._fault(place, f"Unknown rule '{rule}'.", "Take the id of a rule of this file.")

    def _check_needs(self, rule: RuleFile, place: Place) -> None:
        looked_at = {name for part in rule.parts for name in _fired(part.when)}
        if looked_at != set(rule.needs):
            wanted = ", ".join(sorted(looked_at)) or "nothing"
            what = "`needs` is not what the conditions look at."
            self._fault((*place, "needs"), what, f"Write needs: [{wanted}].")

    def _fault(self, place: Place, what: str, remedy: str) -> None:
        line = line_at(self._text, place)
        self._problems.append(Problem(self._file, line, "flag-rule", what, remedy))


def _ticks(spec: Mapping[str, Any]) -> Iterator[str]:
    for detail in details_of("ticked", spec):
        yield from _names(detail.get("of") if isinstance(detail, Mapping) else detail)


def _rules(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in _fired(spec) if name != EVERY_OTHER)
    for detail in details_of("said", spec):
        yield from _names(detail)


def _fired(spec: Mapping[str, Any]) -> Iterator[str]:
    """The rules that a condition looks at; EVERY_OTHER where it looks at a severity."""
    for detail in details_of("fired", spec):
        if isinstance(detail, Mapping):
            yield EVERY_OTHER if "severity" in detail else str(detail.get("rule"))
        else:
            yield str(detail)


def _names(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else [str(name) for name in value or ()]
