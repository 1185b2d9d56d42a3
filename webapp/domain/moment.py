"""A recovery as the rules see it: one moment for each due check-in, unanswered as None.

May import: the standard library, and the check-in and opioid of this room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from webapp.domain.checkin import Answers, Reported, Setup
from webapp.domain.flag import Severity
from webapp.domain.opioid import mme

NUMBER_ITEMS = ("nrs_avg", "nrs_worst", "tablets", "wakes", "temperature_c")
SETUP_NUMBERS = ("mg_per_tablet", "label_max", "baseline_nrs")
DERIVED_NUMBERS = ("pod", "mme", "pain_highest")
NUMBERS = (*NUMBER_ITEMS, *SETUP_NUMBERS, *DERIVED_NUMBERS)
WORDS = ("sleep_trouble", "pathway", "pump_on")

Held = Mapping[str, tuple["HeldPart", ...]]
Judge = Callable[["Moment"], Held]


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part of a rule that holds at one moment."""

    part: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Range:
    """The values that an answer can sensibly have, and the step between them (None is any)."""

    low: float
    high: float
    step: float | None = None

    def believes(self, value: float) -> bool:
        """Whether a value lies in the range and on a step of it."""
        on_step = self.step is None or (value / self.step).is_integer()
        return self.low <= value <= self.high and on_step


@dataclass(frozen=True, slots=True)
class Frame:
    """What reading a report needs from content: ranges, MME for each mg, ticks by pathway."""

    ranges: Mapping[str, Range]
    mme_per_mg: float
    ticks: Mapping[str, frozenset[str]]


class Moment:
    """One due check-in with everything before it. Built once, never changed except `held`."""

    __slots__ = (
        "_course",
        "_index",
        "held",
        "judge",
        "missed",
        "numbers",
        "odd",
        "pod",
        "said",
        "strange_ticks",
        "ticks",
        "words",
    )

    def __init__(self, course: Course, index: int) -> None:
        report, frame = course.reports[index], course.frame
        answers = _NOTHING if report.missed else report.answers
        self._course, self._index = course, index
        self.pod, self.missed = report.pod, report.missed
        self.said = frozenset() if report.missed else report.said
        self.ticks = None if answers.effects is None else frozenset(answers.effects)
        self.strange_ticks = (self.ticks or frozenset()) - course.known_ticks
        self.numbers, self.odd = _numbers(answers, frame.ranges)
        self.numbers |= course.setup_numbers
        self.numbers |= {
            "pod": report.pod,
            "mme": mme(self.numbers["tablets"], course.setup.mg_per_tablet, frame.mme_per_mg),
            "pain_highest": _highest(self.numbers["nrs_avg"], self.numbers["nrs_worst"]),
        }
        self.words: dict[str, str | bool | None] = {
            "sleep_trouble": answers.sleep_trouble,
            "pathway": course.setup.pathway,
            "pump_on": course.setup.pump_on,
        }
        self.judge = course.judge
        self.held: Held | None = None

    def due_before(self) -> Iterator[Moment]:
        """The due check-ins before this one, missed ones too, nearest first."""
        return map(self._course.moment, range(self._index - 1, -1, -1))

    def before(self) -> Iterator[Moment]:
        """The answered check-ins before this one, nearest first."""
        return (moment for moment in self.due_before() if not moment.missed)

    def holds_any(self, severities: frozenset[Severity]) -> bool:
        """Whether a rule judged so far holds here with one of these severities."""
        every = (self.held or {}).values()
        return any(held.severity in severities for parts in every for held in parts)

    def answers_before(self, item: str) -> Iterator[float]:
        """The earlier answers of a number, nearest first; gaps of every kind are stepped over."""
        given = (moment.numbers[item] for moment in self.before())
        return (value for value in given if value is not None)


class Course:
    """The reports of one recovery in order of `pod`; moments are made when first looked at."""

    def __init__(
        self, setup: Setup, reports: Sequence[Reported], *, frame: Frame, judge: Judge
    ) -> None:
        self.setup, self.frame, self.judge = setup, frame, judge
        self.reports = sorted(reports, key=_pod)
        self.known_ticks = frame.ticks.get(setup.pathway, frozenset())
        self.setup_numbers = {name: getattr(setup, name) for name in SETUP_NUMBERS}
        self._moments: list[Moment | None] = [None] * len(self.reports)

    def moment(self, index: int) -> Moment:
        """The moment of the report at `index`."""
        moment = self._moments[index]
        if moment is None:
            moment = self._moments[index] = Moment(self, index)
        return moment


_NOTHING = Answers()


def _pod(report: Reported) -> int:
    return report.pod


def _highest(first: float | None, second: float | None) -> float | None:
    if first is None or second is None:
        return second if first is None else first
    return max(first, second)


def _numbers(
    answers: Answers, ranges: Mapping[str, Range]
) -> tuple[dict[str, float | None], tuple[tuple[str, float], ...]]:
    """The answers to judge by, and those that look wrong.

    Above its range a number is judged as it stands; below it, as unanswered (rules.md, 1).
    """
    numbers: dict[str, float | None] = {}
    odd: list[tuple[str, float]] = []
    for item in NUMBER_ITEMS:
        value = numbers[item] = getattr(answers, item)
        if value is None or ranges[item].believes(value):
            continue
        odd.append((item, value))
        if value < ranges[item].low:
            numbers[item] = None
    return numbers, tuple(odd)
