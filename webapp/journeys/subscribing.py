"""Subscribing: a patient lets this browser show her our messages, or no longer.

Her daily link proves who she is. May import: domain, store and this room.
"""

from __future__ import annotations

from datetime import datetime

from webapp.domain.push import PushAddress, read_endpoint, read_push_address
from webapp.journeys.house import House
from webapp.store import audits, links, subscriptions
from webapp.store.engine import StoreUnavailable, Transaction
from webapp.store.links import Holder


class LinkUnknown(Exception):
    """No link that still stands for anybody."""


class NotStored(Exception):
    """The database did not take it; sending it again is safe."""


def push_key(house: House) -> str:
    """The public key by which browsers know our pushes (base64url); "" where push is off."""
    return house.push.public_key


def subscribe(house: House, token: str, sent: object, *, now: datetime) -> None:
    """Push to this browser from now on. Raises `PushAddressWrong`, `LinkUnknown` or `NotStored`."""
    address = read_push_address(sent, anywhere=house.push.anywhere)
    try:
        with house.store.begin() as tx:
            holder = _holder(tx, token)
            subscriptions.add(tx, holder.patient.id, holder.seal, address, now)
            _record(tx, holder, "push.subscribe", now)
    except StoreUnavailable as fault:
        raise NotStored from fault


def unsubscribe(house: House, token: str, endpoint: object, *, now: datetime) -> bool:
    """Push to this browser no more; False if it never was hers. Raises as `subscribe` does."""
    known = read_endpoint(endpoint, anywhere=house.push.anywhere)
    try:
        with house.store.begin() as tx:
            holder = _holder(tx, token)
            removed = subscriptions.remove(tx, holder.patient.id, known, now)
            if removed:
                _record(tx, holder, "push.unsubscribe", now)
    except StoreUnavailable as fault:
        raise NotStored from fault
    return removed


def _holder(tx: Transaction, token: str) -> Holder:
    holder = links.follow(tx, token, alone=True)
    if holder is None or holder.revoked:
        raise LinkUnknown
    return holder


def _record(tx: Transaction, holder: Holder, action: str, now: datetime) -> None:
    audits.record(tx, audits.by_patient(holder.patient, action, now))


__all__ = ["LinkUnknown", "NotStored", "PushAddress", "push_key", "subscribe", "unsubscribe"]
