"""A turn of the chat: what was said, what was shown, and what came of it.

May import: the standard library and person. The outcomes are named so that they can be counted;
the words themselves are kept sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.domain.person import ClinicId, PatientId, StaffId

MOST_LETTERS = 500  # of one question; longer ones are read for danger only


class TurnOutcome(StrEnum):
    """How a turn ended."""

    URGENT_TOLD = "urgent-told"  # act-now words shown to somebody whom nobody knows
    URGENT_FLAGGED = "urgent-flagged"  # and a flag raised, because she is known
    URGENT_SEEN_AGAIN = "urgent-seen-again"  # and folded into a flag that is open
    CRISIS_TOLD = "crisis-told"
    CRISIS_FLAGGED = "crisis-flagged"
    ANSWERED = "answered"
    OFFERED = "offered"  # choices were offered
    CHOSEN = "chosen"  # one of the choices offered before was taken
    READ_BACK = "read-back"  # numbers were read back, with today's check-in open
    READ_BACK_ONLY = "read-back-only"  # numbers were read back, with no check-in to put them in
    CHECKED_IN = "checked-in"  # a yes stored them
    NOT_SENT = "not-sent"  # a no
    SMALL_TALK = "small-talk"
    DECLINED = "declined"
    TOO_LONG = "too-long"


class Feedback(StrEnum):
    """What the asker said of an answer, or of the choices that she was offered."""

    UP = "up"
    DOWN = "down"
    NO_ANSWER = "no-answer"  # "this did not answer me"


# What the clinic's content author should read: nobody was helped, or somebody said so.
UNANSWERED = frozenset({TurnOutcome.DECLINED, TurnOutcome.TOO_LONG})
UNHAPPY = frozenset({Feedback.DOWN, Feedback.NO_ANSWER})


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as it is kept. `words` are "" where none were typed or they cannot be read."""

    id: str
    at: datetime
    lang: str
    kind: str  # as in contract.md, section 3
    outcome: TurnOutcome
    clinic_id: ClinicId | None = None
    patient_id: PatientId | None = None
    topic: str | None = None
    passage: str | None = None  # the stored words shown, such as numbness@en#3
    offered: tuple[str, ...] = ()  # topics offered as choices
    rules: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()  # those that this turn raised, or was folded into
    called: bool | None = None  # what she said when she was asked whether she had called
    feedback: Feedback | None = None
    handled_at: datetime | None = None
    handled_by: StaffId | None = None
    words: str = ""

    @property
    def is_urgent(self) -> bool:
        """Whether act-now words were shown."""
        return self.kind == "urgent"


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each outcome came, over the same days as a list of questions."""

    counts: Mapping[TurnOutcome, int]

    @property
    def total(self) -> int:
        """All turns."""
        return sum(self.counts.values())
