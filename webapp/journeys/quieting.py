"""Quieting: what was claimed and asks something waits where it is night for its patient.

A retry, a fallback or a clock that comes late may claim at any hour: this is the one gate before
the network. May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from webapp.domain.schedule import quiet_end
from webapp.store import messages, patients
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage

# What comes unasked. A code, or a word that something was done, answers her, at whatever hour.
UNASKED = frozenset({"check-in", "reminder", "later"})


def without_the_quiet(
    tx: Transaction, claimed: Sequence[OutgoingMessage], now: datetime
) -> tuple[OutgoingMessage, ...]:
    """Those of a claimed batch that may go out now; the others wait for the end of the night."""
    unasked = {
        one.patient_id for one in claimed if one.purpose in UNASKED and one.patient_id is not None
    }
    nights = patients.nights(tx, unasked)
    loud = []
    for one in claimed:
        until = _until(one, nights, now)
        if until > now:
            messages.hold(tx, one.id, until)
        else:
            loud.append(one)
    return tuple(loud)


def _until(one: OutgoingMessage, nights: patients.Nights, now: datetime) -> datetime:
    """When this message may go out."""
    night = nights.get(one.patient_id) if one.patient_id is not None else None
    if one.purpose not in UNASKED or night is None:
        return now
    return quiet_end(now, *night)
