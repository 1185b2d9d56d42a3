"""Looking back: what a patient has just sent, and since when her team has seen it.

A daily link may only write: after sending, the browser that sent may see that one sending again,
and nothing of other days. May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.checkin import Answers
from webapp.domain.person import Patient, PatientId
from webapp.domain.token import looks_like_token
from webapp.journeys.house import House
from webapp.store import audits, checkins, links
from webapp.store.engine import Transaction

# What leaves its mark in the trail when a member of staff looks at a patient's answers.
LOOKING = ("patient.view", "flag.acknowledge", "flag.close", "flag.note")


@dataclass(frozen=True, slots=True)
class JustSent:
    """One sending, and when the team first looked at it; None if nobody has yet."""

    patient: Patient
    pod: int
    answers: Answers
    seen_at: datetime | None


def just_sent(house: House, token: str, report_id: str) -> JustSent | None:
    """One sending, for the browser that sent it: it needs the link and the receipt's id."""
    if not looks_like_token(token):
        return None
    with house.store.read() as tx:
        holder = links.follow(tx, token)
        sent = None if holder is None else checkins.load(tx, holder.patient.id, report_id)
        if holder is None or sent is None:
            return None
        seen_at = seen_since(tx, holder.patient.id, sent.committed_at)
    return JustSent(holder.patient, sent.pod, sent.answers, seen_at)


def seen_since(tx: Transaction, patient_id: PatientId, since: datetime) -> datetime | None:
    """When somebody of her team first looked at her answers from then on."""
    return audits.first_by_staff(tx, patient_id, LOOKING, since)
