"""A desk: who of the staff is doing something, and when. Every clinicians' journey starts at one.

May import: domain, house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain.person import ClinicId, PatientId, Staff
from webapp.journeys.house import House
from webapp.store import audits
from webapp.store.engine import Transaction


class NotHere(Exception):
    """There is no such thing in this clinic."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff at work. Her clinic is the only one that she can reach."""

    house: House
    actor: Staff
    now: datetime

    @property
    def clinic_id(self) -> ClinicId:
        """The clinic of the person at the desk."""
        return self.actor.clinic_id

    def record(
        self,
        tx: Transaction,
        action: str,
        subject: str,
        *,
        patient_id: PatientId | None = None,
        values: dict[str, Any] | None = None,
    ) -> None:
        """Leave the audit row of what was done at this desk."""
        done = audits.Action(
            clinic_id=self.clinic_id,
            actor=f"staff:{self.actor.id}",
            action=action,
            subject=subject,
            channel="page",
            at=self.now,
            patient_id=patient_id,
            values=values or {},
        )
        audits.record(tx, done)
