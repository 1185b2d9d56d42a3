"""A race: the same work done barely and by us, in turn, and whether a promise about it is kept.

May import: the standard library.
"""

from __future__ import annotations

import time as watch
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Verdict:
    """One promise with the figure it is about."""

    words: str
    kept: bool

    def __str__(self) -> str:
        return f"{'kept  ' if self.kept else 'BROKEN'}  {self.words}"


def cost_of(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall milliseconds of this process."""
    cpu, wall = watch.process_time(), watch.perf_counter()
    work()
    return 1000 * (watch.process_time() - cpu), 1000 * (watch.perf_counter() - wall)


@dataclass
class Race:
    """The same work done barely and by us, in turn: how many a second, and the CPU of each."""

    many: int  # a turn
    plain: list[tuple[float, float]] = field(default_factory=list)  # CPU and wall ms
    ours: list[tuple[float, float]] = field(default_factory=list)

    def tell(self, words: str) -> float:
        """Print what each cost; by wall time, how many times as fast as the bare one we are."""
        for name, turns in (("bare", self.plain), ("ours", self.ours)):
            cpu, wall = (median(one[place] for one in turns) for place in (0, 1))
            each = 1000 * cpu / self.many
            print(f"{words}: {name} {1000 * self.many / wall:,.0f}/s, {each:.0f} us of CPU each")
        by_cpu, by_wall = (
            median(one[place] for one in self.plain) / median(one[place] for one in self.ours)
            for place in (0, 1)
        )
        print(f"{words}: {by_wall:.2f}x the bare one, by CPU time {by_cpu:.2f}x")
        return by_wall

    def verdict(self, words: str, least: float) -> Verdict:
        """By wall time, which is what was promised."""
        ratio = self.tell(words)
        return Verdict(f"{words}: {ratio:.2f}x the bare one (least {least}x)", ratio >= least)
