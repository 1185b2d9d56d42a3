"""A breaker: a channel whose provider fails again and again is left alone, and tried now and then.

It opens when half of the last twenty letters met a fault of the provider, and lets one through
each minute until one succeeds (reliability.md, F16). May import: the standard library.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LOOKS_AT = 20
OPENS_AT = 10  # faults among them
PROBE_EVERY = timedelta(seconds=60)


class Way(StrEnum):
    """Whether a channel may be used at one moment."""

    FREE = "free"
    ONE = "one"  # one letter, to see whether the provider is back
    SHUT = "shut"


@dataclass(slots=True)
class Breaker:
    """What one process has met on one channel. It changes as letters go out."""

    _last: deque[bool] = field(default_factory=lambda: deque(maxlen=LOOKS_AT))  # True: a fault
    _next_probe: datetime | None = None  # None: closed
    _held_until: datetime | None = None

    def way(self, now: datetime) -> Way:
        """Whether a letter may go out now."""
        if self._held_until is not None and now < self._held_until:
            return Way.SHUT
        if self._next_probe is None:
            return Way.FREE
        return Way.ONE if now >= self._next_probe else Way.SHUT

    @property
    def steady(self) -> bool:
        """Whether letters went out lately, and none met a fault: then more may go at once."""
        return bool(self._last) and not any(self._last)

    def met(self, now: datetime, *, fault: bool) -> None:
        """Note how one letter fared."""
        self._last.append(fault)
        if self._next_probe is not None:
            self._after_probe(now, fault=fault)
        elif sum(self._last) >= OPENS_AT:
            self._next_probe = now + PROBE_EVERY

    def _after_probe(self, now: datetime, *, fault: bool) -> None:
        if fault:
            self._next_probe = now + PROBE_EVERY
            return
        self._next_probe = None
        self._last.clear()

    def hold(self, until: datetime) -> None:
        """The provider asked to be left alone until then."""
        self._held_until = until
