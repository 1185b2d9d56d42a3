"""A check-in: what a patient answered about one local day, and the recovery it belongs to.

May import: the standard library. Unanswered is None, never zero and never "no" (rules.md, 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class SleepTrouble(StrEnum):
    """Trouble sleeping last night because of pain (F139: our own neutral words)."""

    NONE = "none"
    A_LITTLE = "a little"
    A_LOT = "a lot"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one check-in, exactly as given; None is unanswered."""

    nrs_avg: float | None = None  # NRS 0-10, average of the last 24 h (F92)
    nrs_worst: float | None = None  # NRS 0-10, worst of the last 24 h (F92)
    tablets: float | None = None  # oxycodone tablets in the last 24 h, halves allowed
    sleep_trouble: SleepTrouble | None = None
    wakes: float | None = None  # times woken by pain last night
    effects: tuple[str, ...] | None = None  # ticked sign ids; () is "none of these"
    temperature_c: float | None = None  # degrees Celsius
    note: str = ""  # the free line, in the patient's words


class Reported(Protocol):
    """What the rules read of one due day; a stored day may make its answers when they are asked."""

    @property
    def pod(self) -> int:
        """The postoperative day."""

    @property
    def answers(self) -> Answers:
        """What was answered; nothing if the day was missed."""

    @property
    def missed(self) -> bool:
        """Whether the day passed without an answer."""

    @property
    def said(self) -> frozenset[str]:
        """The ids of the rules that the free text met."""


@dataclass(frozen=True, slots=True)
class Report:
    """One due day of a recovery: answered, or missed. Judged at its postoperative day."""

    pod: int
    answers: Answers = field(default_factory=Answers)
    missed: bool = False
    said: frozenset[str] = frozenset()  # ids of the rules that the free text met


@dataclass(frozen=True, slots=True)
class Setup:
    """What the rules need to know of the person besides the answers (rules.md, 1)."""

    pathway: str
    mg_per_tablet: float = 5.0
    label_max: float | None = None
    pump_on: bool = False
    baseline_nrs: float | None = None
