"""A pathway: on which postoperative days a patient is asked, for how long, and what she may read.

May import: the standard library. The days themselves are content (content/pathways/), checked by
the library; how a day becomes an instant is schedule.py's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class AskingPhase:
    """A run of asked days that share one rhythm, such as the daily days of the first weeks."""

    id: str
    days: tuple[int, ...]  # postoperative days, ascending
    open_hours: int  # how long the first answer is taken, from the prompt on
    reminder_after_hours: int | None = None  # one reminder; None is no reminder


@dataclass(frozen=True, slots=True)
class ReadingPhase:
    """What is worth reading in one part of a recovery."""

    phase: str  # before | day-of | first-week | weeks | months
    until: int | None  # the last postoperative day of this part; None is no end
    topics: tuple[str, ...]  # topic ids, most useful first


@dataclass(frozen=True, slots=True)
class Pathway:
    """One way of following a recovery, as a clinician wrote it down."""

    id: str
    version: int
    status: str  # draft | reviewed | approved: a draft has not been signed by a clinician
    judged_as: str  # the pathway of the flag rules: mastectomy or knee (rules.md, 1)
    names: Mapping[str, str]  # by language
    asks_baseline: bool  # whether usual pain is asked for at enrolment
    asking: tuple[AskingPhase, ...]  # in order of their days, which never overlap
    last_day_changes_hours: int  # how long the last day of all can be changed after it closed
    reading: tuple[ReadingPhase, ...] = ()  # in the order a patient lives them
    facts: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The pathway's name in a language, or in English where that is not written."""
        return self.names.get(language, self.names["en"])


def due_days(pathway: Pathway) -> tuple[int, ...]:
    """Every asked postoperative day, ascending, each once."""
    return tuple(chain.from_iterable(phase.days for phase in pathway.asking))


def due_days_after(pathway: Pathway, pod: int) -> Iterator[int]:
    """The asked postoperative days after `pod`, ascending, without a look at those before."""
    phases = (phase.days for phase in pathway.asking)
    return chain.from_iterable(days[bisect_right(days, pod) :] for days in phases)


def is_due(pathway: Pathway, pod: int) -> bool:
    """Whether the pathway asks on this postoperative day."""
    return phase_of(pathway, pod) is not None


def phase_of(pathway: Pathway, pod: int) -> AskingPhase | None:
    """The phase that asks on this postoperative day; None on a day that is not asked."""
    return next((phase for phase in pathway.asking if pod in phase.days), None)


def next_due_pod(pathway: Pathway, pod: int) -> int | None:
    """The first asked day after `pod`; None after the last."""
    return next(due_days_after(pathway, pod), None)


def reading_at(pathway: Pathway, pod: int) -> ReadingPhase | None:
    """What is worth reading on this postoperative day (negative before the procedure)."""
    lasting = (part for part in pathway.reading if part.until is None or pod <= part.until)
    return next(lasting, None)
