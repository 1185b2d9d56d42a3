"""What happens to a flag: opened, seen again, acknowledged, given an outcome, closed.

May import: the standard library and this room. State is a row of events; nothing is undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from webapp.domain.flag import Finding, Severity
from webapp.domain.person import ClinicId, PatientId, StaffId


class FlagState(StrEnum):
    """Open: nobody's yet. Acknowledged: somebody's. Closed: handled, with an outcome."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What can happen to a flag."""

    OPENED = "opened"
    SEEN_AGAIN = "seen-again"  # the same finding, unchanged, on a later check-in
    CORRECTED = "corrected"  # the patient corrected the answer; it no longer holds
    ACKNOWLEDGED = "acknowledged"
    NOTED = "noted"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What the clinician did: codes that can be counted, beside the free note."""

    PHONED = "phoned"
    ADVISED = "advised"
    SEEN = "seen"
    SENT_TO_EMERGENCY = "sent-to-emergency"
    PRESCRIBER_TOLD = "prescriber-told"
    EXPECTED = "expected"
    NOT_REACHED = "not-reached"
    ENTRY_MISTAKE = "entry-mistake"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a human should look at, with the rule and the numbers that tripped it."""

    id: str
    clinic_id: ClinicId
    patient_id: PatientId
    raised_by: str  # a check-in id, or "missed:<day>", or "chat:<id>"
    local_day: date
    pod: int
    rule: str
    rule_version: int
    severity: Severity
    because: str
    numbers: Mapping[str, Any]
    advice: str
    told: str  # the passage that the patient was shown, "" if none
    opened_at: datetime
    act_by: datetime
    state: FlagState = FlagState.OPEN


@dataclass(frozen=True, slots=True)
class FlagEvent:
    """One thing that happened to a flag. Numbered from 1, so that two at once collide."""

    flag_id: str
    number: int
    kind: EventKind
    at: datetime
    staff_id: StaffId | None = None
    outcome: Outcome | None = None
    note: str = ""
    because: str | None = None


class NotPossible(Exception):
    """The step does not fit the flag's state: somebody else was first, or it is closed."""


def folds_into(finding: Finding, day: date, open_flags: Iterable[Flag]) -> Flag | None:
    """The open flag that this finding only repeats; None if it deserves a flag of its own.

    An unchanged repeat is the same rule at the same or a lesser severity. An urgent finding of
    another day never folds away; one of the same day does only if its numbers are the same.
    """
    for flag in open_flags:
        if flag.rule != finding.rule or finding.severity.rank < flag.severity.rank:
            continue
        if finding.severity is not Severity.URGENT:
            return flag
        if flag.local_day == day and dict(flag.numbers) == dict(finding.numbers):
            return flag
    return None


def after(state: FlagState, kind: EventKind) -> FlagState:
    """The state that follows. Raises `NotPossible` when the step does not fit."""
    if kind in _STEPS:
        allowed, following = _STEPS[kind]
        if state not in allowed:
            raise NotPossible(f"a flag that is {state} cannot be {kind}")
        return following
    return state


_STEPS: Mapping[EventKind, tuple[frozenset[FlagState], FlagState]] = {
    EventKind.ACKNOWLEDGED: (frozenset({FlagState.OPEN}), FlagState.ACKNOWLEDGED),
    # A clinician who has dealt with it at once may close it in one step.
    EventKind.CLOSED: (frozenset({FlagState.OPEN, FlagState.ACKNOWLEDGED}), FlagState.CLOSED),
}


def inbox_order(flag: Flag, silent_days: int) -> tuple[int, datetime, int]:
    """Sorts an inbox: the gravest first, then the nearest target, then the longest silence."""
    return (flag.severity.rank, flag.act_by, -silent_days)
