"""Preparing: a patient who is enrolled before her procedure is sent what to read before the day.

The link is that of her first asked day: until then it opens the reading, and adds to her record
what she read and what came across. May import: domain, library, store and this room.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from webapp.domain.pathway import due_days
from webapp.domain.person import Patient
from webapp.domain.schedule import local_day
from webapp.journeys.house import House
from webapp.store import messages
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage

PURPOSE = "before"


def send_reading(house: House, tx: Transaction, patient: Patient, now: datetime) -> None:
    """Queue the message, once, if her procedure is still ahead."""
    ahead = -patient.pod(local_day(now, patient.timezone))
    if ahead <= 0:
        return
    first = min(due_days(house.library.pathways[patient.pathway]))
    message = OutgoingMessage(
        id=str(uuid4()),
        clinic_id=patient.clinic_id,
        purpose=PURPOSE,
        channel=patient.channel,
        dedupe=f"{PURPOSE}:{patient.id}",
        queued_at=now,
        try_at=now,
        not_after=now + timedelta(days=ahead),
        patient_id=patient.id,
        local_day=patient.procedure_date + timedelta(days=first),
    )
    messages.queue(tx, (message,))
