"""Virtual time: the real clock's passes, at exactly those moments at which something is to be done.

For simulations and tests: days pass in milliseconds, and no code is told that they do. May import:
domain, store, delivery's protocol and this room.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.domain.person import Channel
from webapp.journeys import prompting, sending
from webapp.journeys.house import House
from webapp.store import messages, patients, prompts


class Watch:
    """What time it is, for whoever asks. It only goes forward."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The time it is."""
        return self.now

    def go_to(self, moment: datetime) -> None:
        """Let it be `moment`, or leave it if that is over."""
        self.now = max(self.now, moment)


class Recorder:
    """A channel that hands each letter to `keep` and sends none: nothing leaves this process."""

    def __init__(self, keep: Callable[[Letter], None]) -> None:
        self._keep = keep

    def send(self, letter: Letter) -> Outcome:
        """Keep a letter."""
        self._keep(letter)
        return Outcome(Fate.SENT, "kept, not sent")

    def close(self) -> None:
        """Nothing was opened."""


def recording_worker(watch: Watch, keep: Callable[[Letter], None]) -> sending.Worker:
    """A sender for every channel that keeps the letters and sends none."""
    return sending.Worker("simulated", {one: lambda: Recorder(keep) for one in Channel}, watch)


def clock_pass(house: House, worker: sending.Worker) -> None:
    """What the real clock does in one pass, as far as it asks and sends."""
    prompting.tick(house, worker.now())
    sending.send_waiting(house, worker)


def next_moment(house: House) -> datetime | None:
    """When the clock next has something to do; None if never again."""
    with house.store.read() as tx:
        found = (patients.earliest_due(tx), prompts.earliest_step(tx), messages.oldest_unsent(tx))
    return min((moment for moment in found if moment is not None), default=None)
