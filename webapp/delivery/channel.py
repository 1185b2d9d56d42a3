"""The protocol that every channel keeps: a letter goes out, and it is said what became of it.

May import: the standard library, and the domain's push.
"""

from __future__ import annotations

from collections.abc import Collection
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


class HandBook(Protocol):
    """What one sender notes, as it goes, of the letters in its hand. Threads may share it."""

    def take(self, letter_ids: Collection[str]) -> None:
        """These are in its hand, and none has been given away. Raises `OSError`, as `give` does."""

    def give(self, letter_id: str) -> None:
        """From now on this one may have gone out. Raises `OSError`: then it must not be sent."""

    def end(self, letter_id: str, outcome: Outcome) -> None:
        """What became of it. Never raises: not knowing is safe."""

    def close(self, *, settled: bool) -> None:
        """It is needed no more if all of it is `settled`: written down where it counts."""


class Bookcase(Protocol):
    """Where the hand books of this machine's senders stand, also those of senders that died."""

    def open(self, owner: str) -> HandBook:
        """An empty one. Whoever it belongs to has a name that nobody else ever had."""

    def look_up(self, owner: str, letter_id: str) -> Outcome:
        """`SENT`, `REFUSED_FOR_NOW` if it surely did not go out, else `UNSURE`."""


class NoBooks:
    """A bookcase and a book that keep nothing: what is left half-way stays in doubt."""

    def open(self, owner: str) -> HandBook:
        """A book that forgets."""
        return self

    def take(self, letter_ids: Collection[str]) -> None:
        """Note nothing."""

    def give(self, letter_id: str) -> None:
        """Note nothing."""

    def end(self, letter_id: str, outcome: Outcome) -> None:
        """Note nothing."""

    def close(self, *, settled: bool) -> None:
        """There is nothing to close."""

    def look_up(self, owner: str, letter_id: str) -> Outcome:
        """It knows of nothing."""
        return Outcome(Fate.UNSURE)
