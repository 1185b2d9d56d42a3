"""Histories: every version of a patient's days in brief, which is what the rules read.

Read at each check-in, so it is a third of the work of reading whole check-ins. May import:
sqlalchemy, domain, schema, and the check-ins of this room.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Text, bindparam, cast, select

from webapp.domain.checkin import Answers
from webapp.domain.person import PatientId
from webapp.store.checkins import NUMBERS, answers_of
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.schema import CheckInRow


class Version(NamedTuple):
    """One version of one day's answers in brief, note left out: a row, and what the rules read.

    Most days of a history are looked at by no rule, so answers are made when they are asked for.
    """

    id: str
    local_day: date
    pod: int
    version: int
    submission_id: str
    said_json: str
    nrs_avg: float | None
    nrs_worst: float | None
    tablets: float | None
    sleep_trouble: str | None
    wakes: float | None
    temperature_c: float | None
    effects_json: str | None

    @property
    def effects(self) -> Sequence[str] | None:
        """The ids of the signs that were ticked; None if that was not answered."""
        return None if self.effects_json is None else _list_of(self.effects_json)

    @property
    def answers(self) -> Answers:
        """What was answered that day."""
        return answers_of(self)

    @property
    def said(self) -> frozenset[str]:
        """The ids of the rules that the note met."""
        return frozenset(_list_of(self.said_json))

    @property
    def missed(self) -> bool:
        """Never: a day that was missed has no row."""
        return False


_in_brief = Prepared(
    select(
        CheckInRow.id,
        CheckInRow.local_day,
        CheckInRow.pod,
        CheckInRow.version,
        CheckInRow.submission_id,
        cast(CheckInRow.said, Text),  # lists are read when a rule looks at the day
        *(getattr(CheckInRow, name) for name in NUMBERS),
        cast(CheckInRow.effects, Text),
    )
    .where(CheckInRow.patient_id == bindparam("patient"))
    .order_by(CheckInRow.local_day, CheckInRow.version)
)


def in_brief(tx: Transaction, patient_id: PatientId) -> tuple[Version, ...]:
    """Every version of every day of one patient in brief, oldest first."""
    return tuple(map(Version._make, _in_brief.run(tx, {"patient": patient_id})))


def _list_of(text: str) -> list[str]:
    """A list as it is stored; most are empty, and a history holds sixty."""
    return [] if text == "[]" else json.loads(text)
