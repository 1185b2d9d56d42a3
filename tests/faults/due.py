"""Patients who are due at this moment, many of them, and what became of their letters.

May import: tests.willow, webapp.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import text

from tests import willow
from webapp.domain.person import Contact
from webapp.journeys.house import House
from webapp.store import patients

BATCH = 1000


def admit_due(house: House, many: int, now: datetime) -> None:
    """So many patients on day 3 whose prompt was due a moment ago."""
    willow.open_clinic(house, now, willow.WILLOW, willow.SAM)
    for start in range(0, many, BATCH):
        with house.store.begin() as tx:
            for _ in range(min(BATCH, many - start)):
                day = now.astimezone(UTC).date() - timedelta(days=3)
                who = willow.patient(day, prompt_time=time(0))
                contact = Contact("Rosa Diaz", "Rosa", f"{who.id}@patients.example", "")
                patients.add(tx, who, contact, next_due_at=now, now=now)


def messages_of(house: House) -> dict[str, str]:
    """The state of each message to a patient."""
    query = "SELECT id, state FROM message WHERE patient_id IS NOT NULL"
    with house.store.read() as tx:
        return {row.id: row.state for row in tx.execute(text(query))}


def sent_of(house: House) -> int:
    """How many messages to patients were sent."""
    query = "SELECT count(*) FROM message WHERE patient_id IS NOT NULL AND state = 'sent'"
    with house.store.read() as tx:
        return int(tx.execute(text(query)).scalar_one())


def prompts_of(house: House) -> Counter[str]:
    """How many prompts each patient has."""
    with house.store.read() as tx:
        return Counter(row.patient_id for row in tx.execute(text("SELECT patient_id FROM prompt")))
