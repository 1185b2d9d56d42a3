"""Noting: each morning one person of each clinic is told in numbers how the day before went.

Its absence is the alarm. May import: domain, store and this room.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from webapp.domain.person import Channel, Clinic
from webapp.journeys import telling_staff
from webapp.journeys.house import House
from webapp.store import alarms, audits, clinics, flags, messages, outcomes
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState, OutgoingMessage
from webapp.store.prompts import PromptState

_DAY = timedelta(days=1)
_WENT = (MessageState.SENT, MessageState.DELIVERED)
_LOST = (MessageState.FAILED, MessageState.EXPIRED)


def write_notes(house: House, now: datetime) -> int:
    """Write the note of every clinic whose morning has come; how many."""
    with house.store.read() as tx:
        noted = alarms.last_noted(tx)
        due = [
            (clinic, day)
            for clinic in clinics.every(tx)
            if (day := day_to_note(house, clinic, now)) and noted.get(clinic.id) != day
        ]
    return sum(_write(house, clinic, day, now) for clinic, day in due)


def day_to_note(house: House, clinic: Clinic, now: datetime) -> date | None:
    """The day before, once it is late enough in the clinic's own morning; else None."""
    wall = now.astimezone(ZoneInfo(clinic.timezone))
    return wall.date() - _DAY if wall.time() >= house.library.alarms.note_at else None


def _write(house: House, clinic: Clinic, day: date, now: datetime) -> int:
    with house.store.begin() as tx:
        figures = figures_of(tx, clinic, day, now)
        if not alarms.keep_note(tx, clinic.id, day, figures, now=now):
            return 0  # another clock was first
        messages.queue(tx, (_message(tx, clinic, day, now),))
    return 1


def figures_of(tx: Transaction, clinic: Clinic, day: date, now: datetime) -> dict[str, int | str]:
    """What the note says: counts, one age and the head of the record. No names."""
    asked = outcomes.prompts_of_day(tx, clinic.id, day)
    since = datetime.combine(day, time(), UTC) - _DAY
    told = outcomes.messages_of_day(tx, clinic.id, day, since=since)
    oldest = outcomes.oldest_open_flag(tx, clinic.id)
    return {
        "day": day.isoformat(),
        "due": sum(many for state, many in asked.items() if state != PromptState.CANCELLED),
        "sent": sum(told.get(state, 0) for state in _WENT),
        "answered": asked.get(PromptState.ANSWERED, 0),
        "missed": asked.get(PromptState.MISSED, 0),
        "waiting": asked.get(PromptState.DUE, 0),
        "doubt": told.get(MessageState.UNSURE, 0),
        "failed": sum(told.get(state, 0) for state in _LOST),
        "flags": sum(flags.count_open(tx, clinic.id).values()),
        "untaken": outcomes.untaken(tx).get(clinic.id, (0, None))[0],
        "oldest": telling_staff.clock_of(clinic, oldest) if oldest else "",
        "head": audits.head_of(tx, clinic.id),
    }


def _message(tx: Transaction, clinic: Clinic, day: date, now: datetime) -> OutgoingMessage:
    return OutgoingMessage(
        id=str(uuid4()),
        clinic_id=clinic.id,
        purpose=telling_staff.DAY_NOTE,
        channel=Channel.EMAIL,
        dedupe=f"{telling_staff.DAY_NOTE}:{clinic.id}:{day}",
        queued_at=now,
        try_at=now,
        not_after=now + _DAY,
        local_day=day,
        staff_id=telling_staff.named_person(tx, clinic.id),
    )
