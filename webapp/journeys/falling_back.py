"""Falling back: what one channel cannot deliver goes by the next that the patient has, once.

May import: domain, library, store and this room.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from webapp.domain.person import Channel, Contact, Patient
from webapp.domain.preference import NoticeKind
from webapp.domain.schedule import quiet_end, quiet_of
from webapp.journeys.house import House
from webapp.store import messages, notices, patients, reach, receipts, subscriptions
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState, OutgoingMessage
from webapp.store.notices import Notice

ORDER = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
WAITS_FOR = timedelta(minutes=30)  # as long as a channel may be away before another is tried
BATCH = 100


def fall_back(
    house: House, tx: Transaction, message: OutgoingMessage, now: datetime
) -> Channel | None:
    """Queue a message for the next channel of its patient; None if none is left, or no time.

    Each channel has a key of its own, so that none is used twice for one reason.
    """
    if message.patient_id is None or now >= message.not_after:
        return None
    patient = patients.load(tx, message.clinic_id, message.patient_id)
    if patient is None:
        return None
    at = quiet_end(now, patient.timezone, quiet_of(patient))
    if at >= message.not_after:
        return None
    for channel in channels_of(house, tx, patient):
        if channel is not message.channel and messages.queue(tx, (_by(message, channel, now, at),)):
            return channel
    return None


def channels_of(house: House, tx: Transaction, patient: Patient) -> tuple[Channel, ...]:
    """The channels that are set up here and by which she can still be reached."""
    contact = patients.contact(tx, patient.clinic_id, patient.id) or Contact("")
    dead = reach.dead_channels(tx, patient.clinic_id, patient.id)
    has = {
        Channel.EMAIL: bool(contact.email),
        Channel.SMS: bool(contact.mobile),
        Channel.PUSH: subscriptions.has_any(tx, patient.id),
    }
    return tuple(one for one in ORDER if one in house.channels and has[one] and one not in dead)


def _by(message: OutgoingMessage, channel: Channel, now: datetime, at: datetime) -> OutgoingMessage:
    """The same message by another channel."""
    reason = message.dedupe.removesuffix(f":{message.channel}")
    return replace(
        message,
        id=str(uuid4()),
        channel=channel,
        dedupe=f"{reason}:{channel}",
        queued_at=now,
        try_at=at,
        state=MessageState.QUEUED,
        attempts=0,
        claimed_by=None,
        claimed_until=None,
        settled_at=None,
        receipt=None,
        fault=None,
    )


def leave_slow_channels(house: House, now: datetime) -> int:
    """Send by another channel what one has not taken for half an hour; how many."""
    since = now - WAITS_FOR
    with house.store.begin() as tx:
        waiting = receipts.tried_in_vain(tx, now, since, channels=house.channels, limit=BATCH)
        return sum(_move(house, tx, message, now) for message in waiting)


def _move(house: House, tx: Transaction, message: OutgoingMessage, now: datetime) -> bool:
    channel = fall_back(house, tx, message, now)
    if channel is not None:
        detail = f"{message.fault or 'the channel is away'}; goes by {channel}"
        receipts.settle(tx, message.id, MessageState.FAILED, now, detail=detail)
    return channel is not None


def mark_dead(
    tx: Transaction, message: OutgoingMessage, channel: Channel, because: str, *, now: datetime
) -> None:
    """An address of a patient is dead: nothing more goes there, and her clinic is told."""
    if message.patient_id is None:
        return
    if reach.mark_dead(tx, message.patient_id, channel, because, now=now):
        kind = NoticeKind.UNREACHABLE.value
        notices.add(
            tx,
            Notice(str(uuid4()), message.clinic_id, message.patient_id, kind, channel, now),
        )
