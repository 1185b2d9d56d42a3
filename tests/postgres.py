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
from collections.abc import Iterator
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
    binaries = find_postgres()
    if binaries is None:
        raise NoServer("No PostgreSQL server found: run `make test`, or set TEST_DATABASE_URL.")
    with _folder() as folder:
        programs = _reachable(binaries, folder)
        _initialise(programs, folder / "data")
        port = free_port()
        process = _start(programs, folder, port)
        try:
            address = f"postgresql://thaw@127.0.0.1:{port}/postgres"
            _wait_until_ready(address, process, folder / "log")
            yield address
        finally:
            process.send_signal(signal.SIGINT)  # its "fast" shutdown
            process.wait(timeout=20)


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


def _start(programs: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
    words = [word for setting in (*settings, *FAST) for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(programs / "postgres"), "-D", str(folder / "data"), *words],
            stdout=log, stderr=log, cwd=folder, **_identity(),
        )  # fmt: skip


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
