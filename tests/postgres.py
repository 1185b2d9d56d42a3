"""A private PostgreSQL server for one run of the tests: loopback only, gone afterwards.

May import: psycopg and tests.machine. Never as root, which PostgreSQL refuses: then the server
runs as `postgres` or `nobody`. Nothing is synced to disk, since nothing here must survive.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from tests.machine import find_postgres

SECONDS_TO_START = 30
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class NoServer(Exception):
    """No PostgreSQL server could be found or started; the text says what to do."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a server's `postgres` database, as psycopg takes it."""
    with own_server(*FAST) as started:
        yield started.address


@contextlib.contextmanager
def own_server(*settings: str) -> Iterator[Server]:
    """A server with these settings, for a test that will hurt it."""
    binaries = find_postgres()
    if binaries is None:
        raise NoServer("No PostgreSQL server found: run `make test`, or set TEST_DATABASE_URL.")
    with _folder() as folder:
        programs = _reachable(binaries, folder)
        _initialise(programs, folder / "data")
        made = Server(programs, folder, free_port(), settings)
        made.start()
        try:
            yield made
        finally:
            made.stop()


class Server:
    """One server, which can be started, stopped and killed."""

    def __init__(self, programs: Path, folder: Path, port: int, settings: Sequence[str]) -> None:
        self.address = f"postgresql://thaw@127.0.0.1:{port}/postgres"
        own = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=")
        words = [word for setting in (*own, *settings) for word in ("-c", setting)]
        self._command = [str(programs / "postgres"), "-D", str(folder / "data"), *words]
        self._folder = folder

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        log = self._folder / "log"
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                self._command, stdout=said, stderr=said, cwd=self._folder, **_identity()
            )
        _wait_until_ready(self.address, self._process, log)

    def processes(self) -> list[int]:
        """Its first process and all its children."""
        first = self._process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def kill(self) -> None:
        """kill -9 of all of it: the first process before the others, so that none comes back."""
        for one in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait(timeout=20)

    def stop(self) -> None:
        """Let it end in good order."""
        self._process.send_signal(signal.SIGINT)  # its "fast" shutdown
        self._process.wait(timeout=20)


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _owner() -> str | None:
    """Whom the server runs as: None is whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder of the server's own, under the system's temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="thaw-postgres-"))
    try:
        if owner := _owner():
            os.chown(folder, pwd.getpwnam(owner).pw_uid, pwd.getpwnam(owner).pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(binaries: Path, folder: Path) -> Path:
    """The programs, copied if they lie where the server's user may not go (under /root, say)."""
    try:
        _run(binaries / "postgres", "--version")
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, folder / "programs", symlinks=True)
        return folder / "programs" / "bin"
    return binaries


def _initialise(programs: Path, data: Path) -> None:
    _run(programs / "initdb", "-D", str(data), "-U", "thaw", "-A", "trust", "-E", "UTF8", "-N",
         "--locale=C")  # fmt: skip


def _run(program: Path, *words: str) -> None:
    subprocess.run([str(program), *words], check=True, capture_output=True, cwd="/", **_identity())


def _identity() -> dict[str, object]:
    owner = _owner()
    return {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(address).close()
            return
        time.sleep(0.05)
    raise NoServer(f"PostgreSQL did not start. Its log:\n{log.read_text()}")
