"""What a text message provider's codes and states mean for a number and for a message.

May import: the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Told(StrEnum):
    """What a provider says became of a message."""

    SENT = "sent"  # it is on its way
    DELIVERED = "delivered"
    FAILED = "failed"


class AddressFate(StrEnum):
    """What an error code says about the number itself."""

    DEAD = "dead"
    UNWANTED = "unwanted"


# Twilio's codes. Any other refusal says nothing about the number.
DEAD_NUMBER: Mapping[int, str] = {
    21211: "this is no number that can be texted",
    21214: "this number cannot be reached",
    21217: "this is no telephone number",
    21421: "this is no telephone number",
    21614: "this is not a mobile number",
    30005: "the number is not in use",
    30006: "the number is a landline, or its network takes no texts",
}
UNWANTED: Mapping[int, str] = {21610: "she told the provider to stop"}
OUR_ACCOUNT = frozenset({20003, 20005, 20404, 21212, 21408, 21603, 21606})
BUSY = frozenset({14107, 20429, 30001})

_TWILIO_STATES = {
    "queued": Told.SENT,
    "accepted": Told.SENT,
    "scheduled": Told.SENT,
    "sending": Told.SENT,
    "sent": Told.SENT,
    "delivered": Told.DELIVERED,
    "read": Told.DELIVERED,
    "undelivered": Told.FAILED,
    "failed": Told.FAILED,
    "canceled": Told.FAILED,
}
_PLAIN_STATES = {one.value: one for one in Told}


def twilio_state(word: str) -> Told | None:
    """What Twilio's MessageStatus means; None if nobody knows."""
    return _TWILIO_STATES.get(word)


def plain_state(word: str) -> Told | None:
    """What the status of a generic provider means; None if nobody knows."""
    return _PLAIN_STATES.get(word)


def fate_of_code(code: object) -> tuple[AddressFate, str] | None:
    """What an error code says about the number, in words; None if nothing."""
    number = int(code) if isinstance(code, str) and code.isascii() and code.isdigit() else code
    if not isinstance(number, int):
        return None
    if number in UNWANTED:
        return AddressFate.UNWANTED, f"{UNWANTED[number]} ({number})"
    if number in DEAD_NUMBER:
        return AddressFate.DEAD, f"{DEAD_NUMBER[number]} ({number})"
    return None
