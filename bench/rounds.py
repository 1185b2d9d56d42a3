"""Rounds: every contestant of every workload in turn, several times over, and what each cost.

May import: the standard library and the rest of bench.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench import calibration
from bench.load import Outcome, Request, send
from bench.processes import Server

Batch = Callable[[int], Sequence[Request]]  # the requests of one round, by its number


@dataclass
class Contestant:
    """One server under one workload."""

    workload: str
    role: str  # "floor", "peer", or ours with its scale
    server: Server
    batch: Batch
    cpu_ms: list[float] = field(default_factory=list)  # a request, one figure for each round
    outcome: Outcome = field(default_factory=Outcome)

    def take_turn(self, number: int) -> None:
        """Send one round's requests and note what they cost the server."""
        requests = self.batch(number)
        before = self.server.cpu_seconds()
        done = send(self.server.port, requests)
        spent = self.server.cpu_seconds() - before
        self.cpu_ms.append(1000 * spent / max(len(requests), 1))
        self.outcome.seconds += done.seconds
        self.outcome.bad += done.bad

    @property
    def cost(self) -> float:
        """CPU milliseconds a request: the middle round."""
        return median(self.cpu_ms)


def run(contestants: Sequence[Contestant], rounds: int) -> None:
    """Take turns. The first turn of each warms it up and is not counted."""
    for contestant in contestants:
        contestant.take_turn(0)
        contestant.cpu_ms.clear()
        contestant.outcome = Outcome()
    for number in range(1, rounds + 1):
        print(f"round {number}: {calibration.told()}")
        for contestant in contestants:
            contestant.take_turn(number)
