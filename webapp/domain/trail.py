"""The audit trail's arithmetic: each row's hash covers the row and the hash before it.

May import: the standard library. The key is kept outside the database, so that somebody who can
write rows cannot make a chain that verifies.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

START = "0" * 64


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """Who did what to what, when and how. `sealed_values` are the old and new values, sealed."""

    clinic_id: str
    number: int
    at: datetime
    actor: str  # "staff:<id>", "patient:<id>", "clock" or "command"
    action: str  # such as "flag.acknowledge"
    subject: str
    patient_id: str | None
    channel: str  # page, api, clock, command
    sealed_values: bytes | None


def chained(key: bytes, previous: str, entry: TrailEntry) -> str:
    """The hash (HMAC-SHA256, hex) of one entry that follows the hash `previous`."""
    return _mac(key, previous, *_fields(entry))


def head_mac(key: bytes, clinic_id: str, number: int, last_hash: str) -> str:
    """Proves which row is the last one of a clinic, so that a cut tail shows."""
    return _mac(key, "head", clinic_id, str(number), last_hash)


def first_fault(
    key: bytes, rows: Iterable[tuple[TrailEntry, str]], last: tuple[int, str]
) -> str | None:
    """What is wrong first in a clinic's trail, naming the row; None if it is whole.

    `rows` are in order of number, each with its stored hash; `last` is the stored head.
    """
    previous, expected = START, 1
    for entry, stored in rows:
        if entry.number != expected:
            return f"row {expected} is missing"
        if not hmac.compare_digest(chained(key, previous, entry), stored):
            return f"row {entry.number} was altered"
        previous, expected = stored, expected + 1
    if last != (expected - 1, previous):
        return f"the trail was cut: it ends at row {expected - 1}, its head says row {last[0]}"
    return None


def _fields(entry: TrailEntry) -> tuple[str, ...]:
    sealed = entry.sealed_values.hex() if entry.sealed_values is not None else "-"
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    who = (entry.actor, entry.action, entry.subject, entry.patient_id or "-", entry.channel)
    return (entry.clinic_id, str(entry.number), moment, *who, sealed)


def _mac(key: bytes, *parts: str) -> str:
    return hmac.digest(key, json.dumps(parts).encode(), "sha256").hex()
