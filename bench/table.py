"""The table that `make bench` prints, and whether each promise of it is kept.

May import: the standard library and bench.rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.rounds import Contestant

HEAD = (
    f"{'workload':<26}{'who':<22}{'cpu ms/request':>16}{'[range]':>16}"
    f"{'p50 ms':>9}{'p95 ms':>9}{'bad':>5}"
)


@dataclass(frozen=True)
class Promise:
    """A ratio of two costs that must not be above `most`; None if it is only told."""

    workload: str
    ours: str
    other: str
    most: float | None


def rows(contestants: Sequence[Contestant]) -> Iterator[str]:
    """One line for each contestant."""
    yield HEAD
    for one in contestants:
        spread = f"{min(one.cpu_ms):.2f}-{max(one.cpu_ms):.2f}"
        yield (
            f"{one.workload:<26}{one.role:<22}{one.cost:>16.2f}{spread:>16}"
            f"{one.outcome.quantile_ms(0.5):>9.2f}{one.outcome.quantile_ms(0.95):>9.2f}"
            f"{len(one.outcome.bad):>5}"
        )


def verdicts(contestants: Sequence[Contestant], promises: Sequence[Promise]) -> Iterator[str]:
    """One line for each promise whose two sides were measured."""
    cost = {(one.workload, one.role): one.cost for one in contestants}
    for promise in promises:
        ours = cost.get((promise.workload, promise.ours))
        other = cost.get((promise.workload, promise.other))
        if ours is None or other is None:
            yield f"{promise.workload}: {promise.ours} / {promise.other} was not measured"
            continue
        told = f"{promise.workload}: {promise.ours} / {promise.other} = {ours / other:.2f}"
        yield told + _verdict(ours / other, promise.most)


def _verdict(ratio: float, most: float | None) -> str:
    if most is None:
        return " (no promise)"
    return f" (at most {most:.2f}): {'kept' if ratio <= most else 'BROKEN'}"


def faults(contestants: Sequence[Contestant]) -> Iterator[str]:
    """The first few requests that went wrong, since a fast error is no result."""
    for one in contestants:
        for words in one.outcome.bad[:3]:
            yield f"{one.workload}, {one.role}: {words}"
