"""Governing: proving that nothing in the record was altered, and keeping clinics and staff.

May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.person import Clinic
from webapp.journeys.house import House
from webapp.store import audits, clinics
from webapp.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class CheckedTrail:
    """What became of checking one clinic's trail."""

    clinic: str
    length: int
    fault: str | None


def verify_trails(house: House, heads: Sequence[str] = ()) -> Iterator[CheckedTrail]:
    """Check every clinic's trail, and that it still holds every row of a head noted earlier."""
    noted = dict(one.split("=", 1) for one in heads if "=" in one)
    with house.store.read() as tx:
        for clinic in clinics.every(tx):
            fault = audits.fault_in_chain(tx, clinic.id) or _missing(tx, clinic, noted)
            yield CheckedTrail(clinic.name, audits.length(tx, clinic.id), fault)


def _missing(tx: Transaction, clinic: Clinic, noted: dict[str, str]) -> str | None:
    head = noted.get(clinic.id)
    if head is None:
        return None
    number, _, expected = head.partition(":")
    found = audits.hash_of_row(tx, clinic.id, int(number)) if number.isdigit() else None
    return None if found == expected else f"row {number} is not the one that was noted"


def heads(house: House) -> list[str]:
    """The last row of each clinic's trail, as `thaw audit verify --head` takes it."""
    with house.store.read() as tx:
        return [f"{clinic.id}={audits.head_of(tx, clinic.id)}" for clinic in clinics.every(tx)]


def add_clinic(house: House, clinic: Clinic, *, now: datetime, actor: str = "command") -> None:
    """Add a clinic with an empty trail of its own, which begins with its making."""
    with house.store.begin() as tx:
        clinics.add(tx, clinic, now)
        audits.start_chain(tx, clinic.id)
        made = audits.Action(clinic.id, actor, "clinic.add", f"clinic:{clinic.id}", "command", now)
        audits.record(tx, made)
