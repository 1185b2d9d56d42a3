"""The clock under measurement: P7 an idle pass, P8 queueing what is due, P9 sending it.

Each row is a ratio to something bare in the same run and the same kind of database: the same rows
changed by plain SQL, the same letters sent by plain smtplib, to the mail server of benchmarks.md
and to one that hardly does anything. May import: webapp, bench, tests.faults.post_office.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench import calibration
from bench import sending as letters_out
from bench.enrolled import Place, make_due, open_place
from bench.queueing import queueing
from bench.race import Verdict, cost_of
from bench.sink import sink
from bench.stores import KINDS, stores
from tests.faults.post_office import post_office
from webapp.clock import pass_once
from webapp.journeys import prompting

HERE = Path(__file__).resolve().parent.parent
DUE = 100
STEP = timedelta(minutes=11)  # between passes: every part of the clock has its chore again
FEW = 1000  # enrolled where it does not matter how many are


@dataclass(frozen=True)
class Size:
    """How much is measured, and in which kinds of database."""

    scales: tuple[int, ...]  # patients enrolled
    due: tuple[int, ...]  # at once
    rounds: int
    letters: int
    kinds: tuple[str, ...]


def main(given: list[str] | None = None) -> int:
    """Measure, print, and say 1 if a promise is broken."""
    size = _asked_for(given)
    folder = HERE / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    said = []
    for kind in size.kinds:
        with tempfile.TemporaryDirectory(prefix="clock-", dir=folder) as where:
            said += [f"On {kind}:", *_measure(kind, Path(where), size)]
    print("", *said, sep="\n")
    return int(any(isinstance(one, Verdict) and not one.kept for one in said))


def _asked_for(given: list[str] | None) -> Size:
    words = argparse.ArgumentParser(prog="python -m bench --only clock", description=__doc__)
    words.add_argument("--scales", default="1000,10000,100000,1000000", help="patients enrolled")
    words.add_argument("--due", default="12,100,1000,16660", help="patients due at once")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--letters", type=int, default=1000)
    words.add_argument("--store", choices=KINDS, help="one kind of database, not both in turn")
    asked = words.parse_args(given)
    kinds = (asked.store,) if asked.store else KINDS
    return Size(_numbers(asked.scales), _numbers(asked.due), asked.rounds, asked.letters, kinds)


def _numbers(words: str) -> tuple[int, ...]:
    return tuple(int(word) for word in words.split(",") if word)


def _measure(kind: str, folder: Path, size: Size) -> Iterator[Verdict]:
    print(f"\n{kind}")
    print(calibration.told())
    with contextlib.ExitStack() as stack:
        usual, bare = stack.enter_context(sink()), stack.enter_context(post_office(folder)).url
        databases = stack.enter_context(stores(kind, folder))

        def place(name: str, enrolled: int) -> Place:
            print(f"Enrolling {enrolled:,} patients ...", file=sys.stderr)
            made = open_place(databases.new(name), folder / name, enrolled)
            stack.callback(made.close)
            return made

        sender = place("sending", FEW)
        yield from letters_out.sending_to(sender, usual, size.letters, size.rounds)
        queue = place("queueing", FEW)
        for due in size.due:
            yield from queueing(queue, due, size.rounds)
        places = [place(f"p{enrolled}", enrolled) for enrolled in size.scales]
        yield from _passes(places, bare, size.rounds)
        race = letters_out.in_turns(sender, bare, size.letters, size.rounds)
        race.tell("P9, to a server that hardly does anything")


def _passes(places: list[Place], url: str, rounds: int) -> Iterator[Verdict]:
    for number in range(rounds + 1):
        for place in places:
            place.now += STEP
            make_due(place, DUE)
            worker = letters_out.worker_for(url, place.now)
            cpu, _ = cost_of(lambda at=place, by=worker: pass_once(at.house, by))
            idle, wall = cost_of(lambda at=place: prompting.tick(at.house, at.now))
            if number:  # the first warms it up
                place.cpu_ms.append(cpu)
                place.idle_ms.append(idle)
                place.idle_wall_ms.append(wall)
    _table(places)
    few, most = places[0], places[-1]
    costs = [median(one.cpu_ms) for one in places]
    ratio = max(costs) / min(costs)
    yield Verdict(f"a pass costs the same at every scale: {ratio:.2f}x (most 1.5x)", ratio <= 1.5)
    idle = median(most.idle_ms)
    grown = idle / median(few.idle_ms)
    words = f"P7 an idle tick over {most.enrolled:,}: {idle:.2f} ms of CPU (most 2), {grown:.1f}x"
    yield Verdict(f"{words} that over few (most 4x)", idle <= 2 and grown <= 4)


def _table(places: list[Place]) -> None:
    head = f"{'enrolled':>12}{'pass with 100 due, CPU ms':>28}{'[range]':>18}"
    print(f"\n{head}{'idle CPU ms (wall)':>26}")
    for place in places:
        spread = f"{min(place.cpu_ms):.0f}-{max(place.cpu_ms):.0f}"
        cost = median(place.cpu_ms)
        idle = f"{median(place.idle_ms):.2f} ({median(place.idle_wall_ms):.1f})"
        print(f"{place.enrolled:>12,}{cost:>28.0f}{spread:>18}{idle:>26}")


if __name__ == "__main__":
    sys.exit(main())
