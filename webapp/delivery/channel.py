"""The protocol that every channel keeps: a letter goes out, and it is said what became of it.

May import: the standard library, and the domain's push.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from webapp.domain.push import PushAddress


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser of hers that takes pushes, by our own name for it."""

    id: str
    address: PushAddress


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go: to one address, with nothing clinical in it."""

    id: str  # the outbox's id, for the provider's idempotency and for looking it up again
    to: str
    subject: str
    text: str
    sms: str = ""  # the same in one line
    lang: str = "en"
    link: str = ""  # where a tap on it leads
    choices_link: str = ""  # where she stops all messages: one-click by POST (RFC 8058)
    browsers: tuple[Browser, ...] = ()  # for a push: all of hers, the newest first
    not_after: datetime | None = None  # of no use from then on
    topic: str = ""  # the reason it is sent for: a later one of the same topic replaces it


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
    REFUSED = "refused"  # it never will, whatever the reason
    DEAD_ADDRESS = "dead-address"  # it never will, nor will anything else sent to this address
    UNWANTED = "unwanted"  # she told the provider that she wants nothing more
    UNSURE = "unsure"  # it may have gone out: never sent again blindly


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fate with its receipt or fault; `detail` never holds any content or address."""

    fate: Fate
    detail: str = ""
    wait: timedelta | None = None  # how long the provider wants to be left alone
    provider_down: bool = False  # the fault is the provider's, and other letters will meet it too
    gone: tuple[str, ...] = ()  # browsers that take pushes no more


class Sender(Protocol):
    """A connection over which letters go out one after another."""

    def send(self, letter: Letter) -> Outcome:
        """Send one letter. Never raises for what the network or the provider does."""

    def close(self) -> None:
        """Let the connection go."""


@runtime_checkable
class Rememberer(Protocol):
    """A sender whose provider can be asked what became of a letter that is in doubt."""

    def look_up(self, letter_id: str) -> Outcome:
        """`SENT` if the provider has it, `REFUSED_FOR_NOW` if it surely has not, else `UNSURE`."""
