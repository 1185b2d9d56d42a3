"""The protocol that every channel keeps: a letter goes out, and it is said what became of it.

May import: the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go: to one address, with nothing clinical in it."""

    id: str  # the outbox's id, for the provider's idempotency and for looking it up again
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter that arrived in the demo's post-box."""

    to: str
    subject: str
    text: str
    at: datetime


class Fate(StrEnum):
    """What became of a letter. Only `REFUSED_FOR_NOW` may be tried again."""

    SENT = "sent"
    REFUSED_FOR_NOW = "refused-for-now"  # it certainly did not go out
    REFUSED = "refused"  # it never will: the address is wrong, say
    UNSURE = "unsure"  # it may have gone out: never sent again blindly


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fate with its receipt or fault; `detail` never holds any content or address."""

    fate: Fate
    detail: str = ""


class Sender(Protocol):
    """A connection over which letters go out one after another."""

    def send(self, letter: Letter) -> Outcome:
        """Send one letter. Never raises for what the network or the provider does."""

    def close(self) -> None:
        """Let the connection go."""
