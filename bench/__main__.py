"""`make bench`: starts the floor, ours and the peer, measures them in turn, prints one table.

May import: the rest of bench.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import clockwork, start
from bench.contestants import FORM, HERE, READ, SEND, WORKLOADS, Field, Size, role
from bench.processes import AS_OURS, PLAIN
from bench.rounds import Contestant, run
from bench.stores import KINDS, stores
from bench.table import Promise, faults, rows, verdicts

# Wagtail as such sites are run and as it was measured before there was a Thaw: PostgreSQL and
# gunicorn's plain workers. Beside it, for information, with our own database and workers.
PEER, PEER_LIKE_US = "Wagtail", "Wagtail, run like us"


def main() -> int:
    """Run the benchmarks, or those that `--only` names; 1 if a promise is broken."""
    words = argparse.ArgumentParser(prog="python -m bench", add_help=False)
    parts = {"requests": _requests, "clock": clockwork.main, "start": start.main}
    words.add_argument("--only", choices=tuple(parts))
    only, rest = words.parse_known_args()
    broken = [
        run_it(rest if name == (only.only or "requests") else [])
        for name, run_it in parts.items()
        if only.only in (None, name)
    ]
    return int(any(broken))


def _requests(given: list[str]) -> int:
    """What requests cost; 1 if a promise is broken or a request went wrong."""
    size = _asked_for(given)
    folder = HERE / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    run_folder = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
    try:
        with contextlib.ExitStack() as stack:
            place = stack.enter_context(stores(size.store, run_folder))
            contestants = list(_contestants(Field(stack, size, run_folder, place)))
            contestants.sort(key=lambda one: WORKLOADS.index(one.workload))
            run(contestants, size.rounds)
    finally:
        shutil.rmtree(run_folder, ignore_errors=True)
    said = list(verdicts(contestants, _promises(size)))
    wrong = list(faults(contestants))
    print("", *rows(contestants), "", *said, *wrong, sep="\n")
    return 1 if wrong or any("BROKEN" in line for line in said) else 0


def _asked_for(given_words: list[str]) -> Size:
    words = argparse.ArgumentParser(prog="python -m bench --only requests", description=__doc__)
    words.add_argument("--rounds", type=int, default=9)
    words.add_argument("--requests", type=int, default=50)
    words.add_argument("--scales", default="30000,1000,1000000", help="stored check-ins")
    words.add_argument("--no-peer", action="store_true", help="leave Wagtail out")
    words.add_argument("--store", choices=KINDS, default=KINDS[0], help="of the floor and ours")
    given = words.parse_args(given_words)
    scales = tuple(int(scale) for scale in given.scales.split(","))
    return Size(given.rounds, given.requests, scales, not given.no_peer, given.store)


def _contestants(field: Field) -> Iterator[Contestant]:
    yield from field.floor()
    for scale in field.size.scales:
        yield from field.ours(scale)
    if field.size.with_peer:
        usual = field.stack.enter_context(stores("postgresql", field.folder))
        yield from field.peer(PEER, usual, PLAIN)
        yield from field.peer(PEER_LIKE_US, field.place, AS_OURS)


def _promises(size: Size) -> list[Promise]:
    """What issue 2 asks, as ratios, and what is only compared."""
    us = role(size.scales[0])
    by_size = sorted(size.scales)
    return [
        Promise(READ, us, "floor", 1.5),
        Promise(SEND, us, "floor", 3.0),
        Promise(FORM, us, "floor", 3.0),
        Promise(SEND, us, PEER, 1 / 3),
        Promise(FORM, us, PEER, 1 / 3),
        Promise(SEND, us, PEER_LIKE_US, None),
        Promise(FORM, us, PEER_LIKE_US, None),
        Promise(SEND, role(by_size[-1]), us, 1.25),  # flat, but for the noise
        # So few have 27 days behind them here that their turns are short, and so dearer.
        Promise(SEND, role(by_size[-1]), role(by_size[0]), None),
    ]


if __name__ == "__main__":
    sys.exit(main())
