"""Replying: one text message answers another, once, and no more than so often.

May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from webapp.domain.person import Channel, Patient, PatientStatus
from webapp.domain.schedule import DayState, current_window
from webapp.journeys import prompting
from webapp.journeys.conversing import Ask
from webapp.journeys.house import House
from webapp.store import checkins, messages, throttles
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage

MOST_REPLIES_A_DAY = 30  # to one patient: two machines may be talking to each other
_ANSWER_WITHIN = timedelta(days=1)
_DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text message that a provider handed us."""

    provider: str  # twilio or sms
    ref: str  # the provider's name for it
    sender: str  # +…
    text: str

    @property
    def name(self) -> str:
        """Our own name for it."""
        return f"{self.provider}-{self.ref}"[:60]


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of one patient, while it is dealt with."""

    house: House
    patient: Patient
    inbound: Inbound
    now: datetime
    ask: Ask


def open_day(heard: Heard) -> date | None:
    """The day that takes her answers now; None if none does."""
    patient = heard.patient
    opened = current_window(prompting.timetable_for(heard.house, patient), heard.now)
    state = opened.state(heard.now)
    if patient.status is PatientStatus.STOPPED or opened.pod < 0:
        return None
    if state is DayState.CHANGES_ONLY:
        with heard.house.store.read() as tx:
            answered = checkins.has_answered(tx, patient.id, opened.local_day)
        return opened.local_day if answered else None
    return opened.local_day if state is DayState.OPEN else None


def reply(heard: Heard, purpose: str, *, day: date | None = None, always: bool = False) -> None:
    """Answer a message in a transaction of its own."""
    with heard.house.store.begin() as tx:
        queue(tx, heard, purpose, day, always=always)


def queue(
    tx: Transaction, heard: Heard, purpose: str, day: date | None, *, always: bool = False
) -> None:
    """Answer one message once; and no more than so often a day, unless it must be said."""
    patient, inbound = heard.patient, heard.inbound
    bucket = f"text:{patient.id}"
    if throttles.count(tx, bucket, heard.now, seconds=_DAY) > MOST_REPLIES_A_DAY and not always:
        return
    if patient.status is PatientStatus.STOPPED and not always and purpose != "started":
        return
    said = OutgoingMessage(
        id=str(uuid4()),
        clinic_id=patient.clinic_id,
        purpose=purpose,
        channel=Channel.SMS,
        dedupe=f"text:{patient.id}:{inbound.name}:{Channel.SMS}",
        queued_at=heard.now,
        try_at=heard.now,
        not_after=heard.now + _ANSWER_WITHIN,
        patient_id=patient.id,
        local_day=day,
    )
    messages.queue(tx, (said,))
