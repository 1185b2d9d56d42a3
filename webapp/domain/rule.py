"""Flag rules: data compiled once, then judged against one recovery at a time.

May import: the standard library, and this room. Rules are written and signed in
content/rules/flags.yaml; library/rule_files.py reads them into a RuleBook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from webapp.domain.checkin import Reported, Setup
from webapp.domain.condition import Condition
from webapp.domain.flag import Finding, Severity
from webapp.domain.moment import Course, Frame, Held, HeldPart, Judge, Moment
from webapp.domain.reason import Reason

Steps = tuple[tuple[str, tuple["Part", ...]], ...]  # rules by id with their parts, as judged
EVERY_OTHER = "every-other"  # a rule that looks at whatever the other rules found


@dataclass(frozen=True, slots=True)
class Part:
    """One way in which a rule can hold, with its own severity and reason."""

    held: HeldPart
    when: Condition
    reason: Reason
    advice: str  # topic id that the patient is shown
    needs_a_sign: bool = False  # never holds of a report without a tick and without words


@dataclass(frozen=True, slots=True)
class Example:
    """A worked case that whoever signs the rule signs too: what the last report gives."""

    says: str
    setup: Setup
    reports: tuple[Reported, ...]
    gives: Severity | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One flag rule, as a clinician signs it."""

    id: str
    version: int
    parts: tuple[Part, ...]  # gravest first
    facts: tuple[str, ...]
    needs: tuple[str, ...]  # the rules it looks at, or EVERY_OTHER
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, with what reading a report needs. Built once by `bind`; never changed."""

    rules: Mapping[str, Rule]
    frame: Frame
    order: Steps = field(repr=False)
    order_without_signs: Steps = field(repr=False)  # what can hold where nothing is ticked or said

    @property
    def mme_per_mg(self) -> float:
        """MME for each mg of oxycodone (F109)."""
        return self.frame.mme_per_mg


def bind(rules: Sequence[Rule], frame: Frame) -> RuleBook:
    """A book of rules, each judged after those it looks at.

    Raises graphlib.CycleError if rules look at each other in a circle.
    """
    by_id = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
    last = {rule.id for rule in rules if EVERY_OTHER in rule.needs}
    graph = {
        rule.id: (by_id.keys() - last) if rule.id in last else set(rule.needs)
        for rule in by_id.values()
    }
    order = tuple((name, by_id[name].parts) for name in TopologicalSorter(graph).static_order())
    left = ((name, tuple(part for part in parts if not part.needs_a_sign)) for name, parts in order)
    return RuleBook(by_id, frame, order, tuple((name, parts) for name, parts in left if parts))


def evaluate(book: RuleBook, setup: Setup, history: Sequence[Reported]) -> tuple[Finding, ...]:
    """What holds for the last report of `history` (by `pod`), given the earlier ones.

    In order of rule id; a rule gives one finding, of the gravest of its parts that hold.
    """
    course = Course(setup, history, frame=book.frame, judge=_judge(book))
    if not course.reports:
        return ()
    _judge_silence(course)
    return _findings(book, course.moment(len(course.reports) - 1))


def evaluate_all(book: RuleBook, setup: Setup, reports: Sequence[Reported]) -> tuple[Finding, ...]:
    """What holds at each report of a recovery, in order of `pod`, then rule id.

    Each report is judged with those of earlier days only; the order given does not matter.
    """
    course = Course(setup, reports, frame=book.frame, judge=_judge(book))
    moments = map(course.moment, range(len(course.reports)))
    return tuple(finding for moment in moments for finding in _findings(book, moment))


def _judge_silence(course: Course) -> None:
    """Judge a run of misses from its oldest day on, so that no miss has to recurse into it."""
    start = len(course.reports) - 1
    while start > 0 and course.reports[start].missed:
        start -= 1
    for index in range(start, len(course.reports)):
        moment = course.moment(index)
        moment.judge(moment)


def _judge(book: RuleBook) -> Judge:
    def judged(moment: Moment) -> Held:
        if moment.held is None:
            held: dict[str, tuple[HeldPart, ...]] = {}
            moment.held = held
            signs = moment.ticks or moment.said
            for name, parts in book.order if signs else book.order_without_signs:
                if holding := [part.held for part in parts if part.when(moment)]:
                    held[name] = tuple(holding)
        return moment.held

    return judged


def _findings(book: RuleBook, moment: Moment) -> tuple[Finding, ...]:
    held = moment.judge(moment)
    return tuple(_finding(book.rules[name], held[name], moment) for name in sorted(held))


def _finding(rule: Rule, held: tuple[HeldPart, ...], moment: Moment) -> Finding:
    """The gravest parts that hold speak together; the first of them chooses the advice."""
    severity = min((part.severity for part in held), key=lambda severity: severity.rank)
    parts = [part for part in rule.parts if part.held in held and part.held.severity is severity]
    items = dict.fromkeys(item for part in parts for item in part.reason.items)
    return Finding(
        pod=moment.pod,
        rule=rule.id,
        rule_version=rule.version,
        severity=severity,
        because=" ".join(part.reason.words(moment) for part in parts),
        advice=parts[0].advice,
        numbers={item: moment.numbers[item] for item in items},
    )
