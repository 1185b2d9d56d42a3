"""Hearing back: what providers say became of a message, and what comes back to us.

Each thing counts once, in any order: a state only moves forward, and what a provider says before
we know its name for a message waits for it. May import: domain, store, delivery's protocol and
this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.bounce import Bounce
from webapp.domain.person import Channel
from webapp.domain.text_codes import AddressFate, Told, fate_of_code
from webapp.journeys import falling_back, preferring
from webapp.journeys.house import House
from webapp.store import patients, provider_events, receipts
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState, OutgoingMessage

PROVIDERS = ("twilio", "sms")
_STATES = {
    Told.SENT: MessageState.SENT,
    Told.DELIVERED: MessageState.DELIVERED,
    Told.FAILED: MessageState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Word:
    """What a provider says of one message."""

    provider: str
    ref: str  # the provider's name for it
    told: Told
    code: str = ""  # why it failed
    message_id: str = ""  # our own name for it, where the provider gives it back


def hear_back(house: House, word: Word, *, now: datetime) -> bool:
    """Note what a provider says; False if it is about no message of ours. Twice is once.

    Raises `StoreUnavailable`: the provider will say it again.
    """
    event = f"{word.told}:{word.code}"[:40]
    with house.store.begin() as tx:
        provider_events.add(tx, word.provider, word.ref, event, now=now)
        message = _message(tx, word)
        if message is not None:
            provider_events.know(tx, word.provider, word.ref, event)
            _move(house, tx, message, word, now)
    if message is not None and _is_unwanted(word):
        obey(house, message, now)
    return message is not None


def _message(tx: Transaction, word: Word) -> OutgoingMessage | None:
    """The text message that is meant, by our own name or by the provider's."""
    mine = receipts.load(tx, word.message_id, alone=True) if word.message_id else None
    found = mine or receipts.by_receipt(tx, word.ref)
    return found if found is not None and found.channel is Channel.SMS else None


def _move(
    house: House, tx: Transaction, message: OutgoingMessage, word: Word, now: datetime
) -> None:
    fault = f"{word.provider}: {word.told} {word.code}".strip() if word.told is Told.FAILED else ""
    state = _STATES[word.told]
    if not receipts.move_on(tx, message.id, state, now=now, receipt=word.ref, fault=fault):
        return
    if word.told is not Told.FAILED or _is_unwanted(word):
        return
    dead = fate_of_code(word.code)
    if dead is not None:
        falling_back.mark_dead(tx, message, message.channel, dead[1], now=now)
    other = falling_back.fall_back(house, tx, message, now)
    if other is not None:
        receipts.say(tx, message.id, f"{fault}; goes by {other}")


def _is_unwanted(word: Word) -> bool:
    found = fate_of_code(word.code)
    return found is not None and found[0] is AddressFate.UNWANTED


def catch_up(house: House, message: OutgoingMessage, ref: str, now: datetime) -> None:
    """Hear what a provider said of a message before its answer to us was written down."""
    with house.store.read() as tx:
        early = [
            (provider, event)
            for provider in PROVIDERS
            for event in provider_events.early(tx, provider, ref)
            if event.partition(":")[0] in set(Told)
        ]
    for provider, event in early:
        told, _, code = event.partition(":")
        hear_back(house, Word(provider, ref, Told(told), code, message.id), now=now)


def obey(house: House, message: OutgoingMessage, now: datetime) -> None:
    """She told the provider to stop: that is her word, wherever she said it."""
    if message.patient_id is None:
        return
    with house.store.read() as tx:
        patient = patients.load(tx, message.clinic_id, message.patient_id)
    if patient is not None:
        preferring.stop(house, patient, how=preferring.How(message.channel), now=now)


def come_back(house: House, bounce: Bounce, *, now: datetime) -> bool:
    """An e-mail came back, or arrived; False if it is about no message of ours. Twice is once."""
    with house.store.begin() as tx:
        message = receipts.load(tx, bounce.message_id, alone=True)
        if message is None or message.channel is not Channel.EMAIL:
            return False
        if bounce.arrived:
            receipts.move_on(tx, message.id, MessageState.DELIVERED, now=now)
            return True
        fault = f"it came back: {bounce.status}"
        if not receipts.move_on(tx, message.id, MessageState.FAILED, now=now, fault=fault):
            return True
        if bounce.is_dead:
            because = f"mail to this address comes back ({bounce.status})"
            falling_back.mark_dead(tx, message, message.channel, because, now=now)
        other = falling_back.fall_back(house, tx, message, now)
        if other is not None:
            receipts.say(tx, message.id, f"{fault}; goes by {other}")
    return True
