"""`make bench`: starts the floor, ours and the peer, measures them in turn, prints one table.

May import: the rest of bench, tests.postgres for a server of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import clockwork, floor_requests, ours, peer
from bench.processes import gunicorn, served
from bench.rounds import Contestant, run
from bench.stores import KINDS, Place, stores
from bench.table import Promise, faults, rows, verdicts
from tests.postgres import free_port

HERE = Path(__file__).resolve().parent.parent
READ, OPEN, SEND, FORM = "read a topic", "open the form", "send by the API", "send by the form"
TOPIC = "numbness"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    requests: int  # of each contestant and round
    scales: tuple[int, ...]  # stored check-ins; the first is the one compared with the others
    with_peer: bool
    store: str


def main() -> int:
    """Run the benchmarks, or those that `--only` names; 1 if a promise is broken."""
    words = argparse.ArgumentParser(prog="python -m bench", add_help=False)
    words.add_argument("--only", choices=("requests", "clock"))
    only, rest = words.parse_known_args()
    broken = [
        run_it(rest if name == (only.only or "requests") else [])
        for name, run_it in (("requests", _requests), ("clock", clockwork.main))
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
            contestants = _contestants(stack, size, run_folder, place)
            run(contestants, size.rounds)
    finally:
        shutil.rmtree(run_folder, ignore_errors=True)
    said = list(verdicts(contestants, _promises(size)))
    wrong = list(faults(contestants))
    print("", *rows(contestants), "", *said, *wrong, sep="\n")
    return 1 if wrong or any("BROKEN" in line for line in said) else 0


def _asked_for(given_words: list[str]) -> Size:
    words = argparse.ArgumentParser(prog="python -m bench --only requests", description=__doc__)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--requests", type=int, default=150)
    words.add_argument("--scales", default="30000,1000,1000000", help="stored check-ins")
    words.add_argument("--no-peer", action="store_true", help="leave Wagtail out")
    words.add_argument("--store", choices=KINDS, default=KINDS[0], help="of all contestants")
    given = words.parse_args(given_words)
    scales = tuple(int(scale) for scale in given.scales.split(","))
    return Size(given.rounds, given.requests, scales, not given.no_peer, given.store)


def _contestants(
    stack: contextlib.ExitStack, size: Size, folder: Path, place: Place
) -> list[Contestant]:
    shared = {"BENCH_FOLDER": str(folder), "FLOOR_KEY": secrets.token_hex(32)}
    made = [*_floor(stack, size, {**shared, "FLOOR_DATABASE_URL": place("floor")})]
    for scale in size.scales:
        made += _ours(stack, size, scale, {**shared, "THAW_DATABASE_URL": place(f"ours-{scale}")})
    if size.with_peer:
        made += _peer(stack, size, {**shared, "PEER_DATABASE_URL": place("peer")})
    return sorted(made, key=lambda one: (READ, OPEN, SEND, FORM).index(one.workload))


def _floor(stack: contextlib.ExitStack, size: Size, shared: dict[str, str]) -> Iterator[Contestant]:
    port = free_port()
    command = gunicorn("bench.floor:app", port)
    server = stack.enter_context(served("floor", command, shared, port=port, path="/edu"))
    sent = floor_requests.sending(port, size.requests)
    yield Contestant(READ, "floor", server, lambda _: floor_requests.reading(size.requests))
    yield Contestant(OPEN, "floor", server, lambda _: floor_requests.opening(size.requests))
    yield Contestant(SEND, "floor", server, lambda _: sent)
    yield Contestant(FORM, "floor", server, lambda _: sent)


def _ours(
    stack: contextlib.ExitStack, size: Size, scale: int, shared: dict[str, str]
) -> Iterator[Contestant]:
    """Ours at one scale. Each round sends for patients of its own: nobody is asked twice."""
    print(f"Filling a clinic with {scale:,} check-ins ...", file=sys.stderr)
    turns = size.rounds + 1
    folder = Path(shared["BENCH_FOLDER"]) / f"ours-{scale}"
    senders = 2 * turns * size.requests
    clinic = ours.fill(folder, scale, senders, shared["THAW_DATABASE_URL"])
    port, name = free_port(), role(scale)
    environ = {**shared, **clinic.environ, "PORT": str(port)}
    command = [sys.executable, "-m", "webapp.commands", "serve"]
    server = stack.enter_context(served(name, command, environ, port=port, path="/healthz"))
    by_api = _shares(clinic.tokens[::2], turns)
    by_form = _shares(clinic.tokens[1::2], turns)
    if scale == size.scales[0]:
        yield Contestant(READ, name, server, lambda _: ours.reading(TOPIC, size.requests))
        yield Contestant(OPEN, name, server, lambda turn: ours.opening(port, by_form[turn]))
        yield Contestant(FORM, name, server, lambda turn: ours.by_form(port, by_form[turn]))
    yield Contestant(SEND, name, server, lambda turn: ours.by_api(by_api[turn]))


def _peer(stack: contextlib.ExitStack, size: Size, shared: dict[str, str]) -> Iterator[Contestant]:
    python = peer.install(HERE / "var" / "bench" / "wagtail-venv")
    if python is None:
        print("Wagtail could not be installed: its rows are left out.", file=sys.stderr)
        return
    port = free_port()
    environ = peer.build(python, Path(shared["BENCH_FOLDER"]), shared)
    command = gunicorn("bench.wagtail_site.wsgi", port, str(python))
    server = stack.enter_context(served("Wagtail", command, environ, port=port, path="/edu/"))
    few = max(size.requests // 2, 20)
    sent = peer.sending(port, few)
    yield Contestant(READ, "Wagtail", server, lambda _: peer.reading(few))
    yield Contestant(OPEN, "Wagtail", server, lambda _: peer.opening(few))
    yield Contestant(SEND, "Wagtail", server, lambda _: sent)
    yield Contestant(FORM, "Wagtail", server, lambda _: sent)


def _shares(tokens: Sequence[str], turns: int) -> list[Sequence[str]]:
    return [tokens[turn::turns] for turn in range(turns)]


def role(scale: int) -> str:
    """How the table names our side at one scale."""
    return f"Thaw, {scale:,} stored"


def _promises(size: Size) -> list[Promise]:
    """What issue 2 asks, as ratios."""
    us = role(size.scales[0])
    by_size = sorted(size.scales)
    return [
        Promise(READ, us, "floor", 1.5),
        Promise(SEND, us, "floor", 3.0),
        Promise(FORM, us, "floor", 3.0),
        Promise(SEND, us, "Wagtail", 1 / 3),
        Promise(FORM, us, "Wagtail", 1 / 3),
        Promise(SEND, role(by_size[-1]), role(by_size[0]), 1.25),  # flat, but for the noise
    ]


if __name__ == "__main__":
    sys.exit(main())
