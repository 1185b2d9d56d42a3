"""Servers under measurement: starting them, waiting for them, and what they have cost the CPU.

May import: the standard library. Reads /proc, so it runs on Linux only.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

SECONDS_TO_START = 60
AS_OURS = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
PLAIN = ("--workers", "2", "--worker-class", "sync")
QUIETLY = ("--log-level", "error", "--no-control-socket")


@dataclass(frozen=True)
class Server:
    """A server on loopback: all of its processes, and the database's where that has its own."""

    name: str
    port: int
    roots: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """User and system time that every process of it has spent since it began."""
        return sum(_spent(pid) for root in self.roots for pid in _tree(root))


def _tree(root: int) -> Iterator[int]:
    yield root
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _spent(pid: int) -> float:
    """Nanoseconds on a core of all threads of one process, as seconds."""
    total = 0
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


@contextlib.contextmanager
def served(
    name: str,
    command: list[str],
    environ: Mapping[str, str],
    *,
    port: int,
    path: str = "/",
    database: tuple[int, ...] = (),
) -> Iterator[Server]:
    """Run a server until the block ends; it answers at `path` before the block begins.

    What the processes of its `database` spend counts as its own.
    """
    log = Path(environ["BENCH_FOLDER"]) / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **environ}, stdout=output, stderr=output
        )
    try:
        _wait(f"http://127.0.0.1:{port}{path}", process, log)
        yield Server(name, port, (process.pid, *database))
    finally:
        process.terminate()
        process.wait(timeout=30)


def gunicorn(
    app: str, port: int, python: str = sys.executable, *, workers: Sequence[str] = AS_OURS
) -> list[str]:
    """The command that serves a WSGI application; by default with workers like ours."""
    return [python, "-m", "gunicorn", *workers, *QUIETLY, "--bind", f"127.0.0.1:{port}", app]


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer:\n{log.read_text()[-3000:]}")
