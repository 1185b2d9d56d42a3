"""Measuring: the figures of the whole installation for whoever watches it from outside.

Counts and ages, read from the database at each asking, so that every process tells the same.
May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.ladder import PAGED_IN_TIME
from webapp.domain.schedule import local_day
from webapp.journeys.house import House
from webapp.store import alarms, beats, clinics, disk, outcomes, pagings, provider_events
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
AGES = {"15m": timedelta(minutes=15), "1h": _HOUR, "4h": 4 * _HOUR, "1d": _DAY}
OLDER = "older"
_LOST = (MessageState.FAILED, MessageState.UNSURE)
_WENT = (MessageState.SENT, MessageState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Vitals:
    """Everything that is measured. Ages are seconds; None means that there is nothing to age."""

    oldest_unsent: float
    prompts_today: Mapping[str, int]  # by state
    untaken: Mapping[tuple[str, str], int]  # by severity and the age it is younger than
    beats: Mapping[str, float]  # by part of the clock
    outbox: Mapping[str, int]  # by state, of the last day
    error_share: Mapping[str, float]  # by channel, of the last hour, 0-1
    alarms: Mapping[str, int]  # by kind, going on now
    late_pages: int  # in the last day
    unknown_events: int  # in the last day, told by providers about nothing of ours
    free_bytes: int | None
    wal_bytes: int | None


def vitals(house: House, now: datetime) -> Vitals:
    """The figures at this moment."""
    with house.store.read() as tx:
        unsent = outcomes.oldest_unsent(tx).values()
        found = outcomes.states_since(tx, now - _DAY)
        return Vitals(
            oldest_unsent=max([0.0, *((now - at).total_seconds() for at in unsent)]),
            prompts_today=_prompts_today(tx, now),
            untaken=_untaken(tx, now),
            beats={name: (now - at).total_seconds() for name, at in beats.every(tx).items()},
            outbox=_by_state(found),
            error_share=_error_share(outcomes.states_since(tx, now - _HOUR)),
            alarms=_alarms(tx),
            late_pages=pagings.count_late(tx, now - _DAY, PAGED_IN_TIME),
            unknown_events=provider_events.count_unknown(tx, now - _DAY),
            free_bytes=disk.free_bytes(house.store),
            wal_bytes=disk.wal_bytes(house.store),
        )


def _prompts_today(tx: Transaction, now: datetime) -> dict[str, int]:
    """How today's prompts stand, each clinic's today being its own."""
    found: dict[str, int] = {}
    for clinic in clinics.every(tx):
        today = outcomes.prompts_of_day(tx, clinic.id, local_day(now, clinic.timezone))
        for state, many in today.items():
            found[state.value] = found.get(state.value, 0) + many
    return found


def _untaken(tx: Transaction, now: datetime) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for severity, opened_at in outcomes.open_flags(tx):
        young = (name for name, age in AGES.items() if now - opened_at < age)
        key = (severity, next(young, OLDER))
        found[key] = found.get(key, 0) + 1
    return found


def _by_state(found: Mapping[tuple[str, MessageState], int]) -> dict[str, int]:
    return {
        state.value: sum(many for (_, one), many in found.items() if one is state)
        for state in MessageState
    }


def _error_share(found: Mapping[tuple[str, MessageState], int]) -> dict[str, float]:
    shares = {}
    for channel in sorted({channel for channel, _ in found}):
        lost = sum(found.get((channel, state), 0) for state in _LOST)
        ended = lost + sum(found.get((channel, state), 0) for state in _WENT)
        shares[channel] = lost / ended if ended else 0.0
    return shares


def _alarms(tx: Transaction) -> dict[str, int]:
    found: dict[str, int] = {}
    for clinic in clinics.every(tx):
        for episode in alarms.going_on(tx, clinic.id):
            found[episode.kind.value] = found.get(episode.kind.value, 0) + 1
    return found
