"""Watching: whether the site can do its work now, and what is wrong in order of harm.

May import: domain, library, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.journeys.house import House
from webapp.store import audits, beats, clinics, messages, migrate
from webapp.store.engine import StoreUnavailable, sqlite_module, wal_is_safe
from webapp.store.messages import MessageState

Unavailable = StoreUnavailable  # what a page that only reads meets when the database is away
BEAT_MAY_BE = timedelta(minutes=3)  # contract, section 6
LOST_WITHIN = timedelta(days=1)
_LOST = (MessageState.FAILED, MessageState.UNSURE)
MESSAGE_MAY_WAIT = timedelta(minutes=10)  # reliability.md, monitoring contract


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with this installation, and its remedy."""

    what: str
    remedy: str


def why_not_ready(house: House, now: datetime) -> list[str]:
    """Why this site should get no traffic; empty if it should."""
    try:
        with house.store.read() as tx:
            if not migrate.schema_is_current(tx):
                return ["the database has another schema than this program"]
            beat = beats.last(tx, beats.CLOCK)
    except StoreUnavailable:
        return ["the database does not answer"]
    return [] if _is_fresh(beat, now) else ["no clock has beaten in the last 3 minutes"]


def _is_fresh(beat: datetime | None, now: datetime) -> bool:
    return beat is not None and now - beat <= BEAT_MAY_BE


def troubles(house: House, now: datetime) -> list[Trouble]:
    """What is wrong, the most harmful first."""
    try:
        with house.store.read() as tx:
            beat, waiting = beats.last(tx, beats.CLOCK), messages.oldest_unsent(tx)
            lost = messages.count_since(tx, _LOST, now - LOST_WITHIN)
            broken = [
                Trouble(
                    f"The audit trail of {clinic.name} does not verify: {fault}.",
                    "Keep the database as it is, and compare it with a backup.",
                )
                for clinic in clinics.every(tx)
                if (fault := audits.fault_in_chain(tx, clinic.id))
            ]
    except StoreUnavailable as fault:
        return [Trouble(f"The database does not answer: {fault}.", "Check THAW_DATABASE_URL.")]
    return [*_late(beat, waiting, now), *broken, *_not_sent(lost), *_old_sqlite(house)]


def _late(beat: datetime | None, waiting: datetime | None, now: datetime) -> list[Trouble]:
    found = []
    if not _is_fresh(beat, now):
        since = "never" if beat is None else f"last at {beat.isoformat(timespec='seconds')}"
        found.append(Trouble(f"No clock is running (it beat {since}).", "Start `thaw clock`."))
    if waiting is not None and now - waiting > MESSAGE_MAY_WAIT:
        late = f"A message has waited since {waiting.isoformat(timespec='seconds')}."
        found.append(Trouble(late, "Check THAW_SMTP_URL and that the mail server answers."))
    return found


def _not_sent(lost: int) -> list[Trouble]:
    if not lost:
        return []
    what = f"{lost} messages of the last day failed, or may not have gone out."
    return [Trouble(what, "The patient pages show whose; ring those who were not reached.")]


def _old_sqlite(house: House) -> list[Trouble]:
    version = sqlite_module().sqlite_version_info
    if house.store.engine.dialect.name != "sqlite" or wal_is_safe(version):
        return []
    return [
        Trouble("This SQLite can corrupt a write-ahead log; a slower journal is used.", "Upgrade.")
    ]
