"""`python -m bench --only start`: from the start of a process to its first answers (P16).

Ours on a data folder that is there, up to the first check-in page of a real link, beside a Flask
hello on the same gunicorn. May import: the rest of bench, tests.postgres, the standard library.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, build_opener

from bench import ours
from bench.processes import SECONDS_TO_START, Server, gunicorn
from tests.postgres import free_port

HERE = Path(__file__).resolve().parent.parent
MOST = 12.0  # times the CPU seconds of a Flask hello: 11.5 on busy cores, some of it the chat
SECONDS, MIB = 1.5, 120  # P16 of the plan: wall seconds, and resident memory of a worker
_CHAT_SHARED = "serve.chat-shared"


@dataclass
class Side:
    """One of the two, and what its starts cost."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    port: int
    path: str
    settled: str = ""  # what its log says once it is as it will stay
    wall: list[float] = field(default_factory=list)  # seconds
    cpu: list[float] = field(default_factory=list)  # seconds
    memory: list[tuple[float, float]] = field(default_factory=list)  # MiB: resident, own share


def main(given: list[str] | None = None) -> int:
    """Measure, print, and say 1 if the ratio is above `MOST`."""
    words = argparse.ArgumentParser(prog="python -m bench --only start", description=__doc__)
    words.add_argument("--rounds", type=int, default=7)
    rounds = words.parse_args(given).rounds
    folder = HERE / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="start-", dir=folder) as where:
        floor, us = sides = _floor(), _ours(Path(where))
        for _ in range(rounds):
            for side in sides:
                _start(side, Path(where) / "log")
    ratio = median(us.cpu) / median(floor.cpu)
    kept = "kept" if ratio <= MOST else "BROKEN"
    print("", *map(_row, sides), *_beside_the_plan(us), sep="\n")
    print(f"start: Thaw / floor = {ratio:.2f} CPU (at most {MOST:.2f}): {kept}")
    return int(ratio > MOST)


def _floor() -> Side:
    port = free_port()
    return Side("floor", gunicorn("bench.hello:app", port), {}, port, "/")


def _ours(folder: Path) -> Side:
    clinic = ours.fill(folder / "ours", 1_000, 1)
    port = free_port()
    command = [sys.executable, "-m", "webapp.commands", "serve", "--port", str(port)]
    path = f"/en/check-in/{clinic.tokens[0]}"
    return Side("Thaw", [*command, "--workers", "2"], clinic.environ, port, path, _CHAT_SHARED)


def _start(side: Side, log: Path) -> None:
    """One start of one side, up to its first answer; then its memory once it has settled."""
    begun = time.monotonic()
    with _running(side, log) as server:
        _wait_for_page(side)
        side.wall.append(time.monotonic() - begun)
        side.cpu.append(server.cpu_seconds())
        while side.settled not in log.read_text() or len(_workers(server)) != 2:
            time.sleep(0.1)
        _wait_for_page(side)
        side.memory += map(_memory, _workers(server))


@contextlib.contextmanager
def _running(side: Side, log: Path) -> Iterator[Server]:
    environ = {**os.environ, **side.environ}
    with log.open("wb") as output:
        process = subprocess.Popen(side.command, env=environ, stdout=output, stderr=output)
    try:
        yield Server(side.name, side.port, (process.pid,))
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for_page(side: Side) -> None:
    """Ask as a browser would, with cookies, until the page is there."""
    give_up_at = time.monotonic() + SECONDS_TO_START
    address = f"http://127.0.0.1:{side.port}{side.path}"
    while time.monotonic() < give_up_at:
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        with contextlib.suppress(URLError, OSError), opener.open(address, timeout=5) as page:
            if page.status == 200:
                return
        time.sleep(0.01)
    raise RuntimeError(f"{side.name} did not answer at {side.path}")


def _workers(server: Server) -> list[int]:
    (root,) = server.roots
    return [int(pid) for pid in Path(f"/proc/{root}/task/{root}/children").read_text().split()]


def _memory(pid: int) -> tuple[float, float]:
    """MiB of a process: what is resident, and its share of that where others share it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    found = {name: int(size) for name, size, *_ in map(str.split, lines)}
    return found["Rss:"] / 1024, found["Pss:"] / 1024


def _row(side: Side) -> str:
    resident, share = (median(sizes) for sizes in zip(*side.memory, strict=True))
    return (
        f"{side.name:<8} first answer after {median(side.wall):.2f} s "
        f"[{min(side.wall):.2f}-{max(side.wall):.2f}], CPU {median(side.cpu):.2f} s "
        f"[{min(side.cpu):.2f}-{max(side.cpu):.2f}], a worker {resident:.0f} MiB resident, "
        f"{share:.0f} MiB its share"
    )


def _beside_the_plan(us: Side) -> Iterator[str]:
    """Two absolute figures, which depend on the machine and so break nothing."""
    wall, resident = median(us.wall), median(size for size, _ in us.memory)
    yield f"P16: {wall:.2f} s, aimed at {SECONDS} s: {_reached(wall <= SECONDS)}"
    yield f"P16: {resident:.0f} MiB a worker, aimed at {MIB} MiB: {_reached(resident <= MIB)}"


def _reached(is_so: bool) -> str:
    return "reached" if is_so else "not reached"
