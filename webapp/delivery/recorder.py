"""A channel that sends nothing: it keeps what it is given, for simulations and tests.

May import: the channel's protocol.
"""

from __future__ import annotations

from collections.abc import Callable

from webapp.delivery.channel import Fate, Letter, Outcome


class Recorder:
    """Hands each letter to `keep` and says that it was sent. Nothing leaves this process."""

    def __init__(self, keep: Callable[[Letter], None]) -> None:
        self._keep = keep

    def send(self, letter: Letter) -> Outcome:
        """Keep a letter."""
        self._keep(letter)
        return Outcome(Fate.SENT, "kept, not sent")

    def close(self) -> None:
        """Nothing was opened."""
