"""`thaw serve` forks workers that share one loaded application, and none of its connections."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.postgres import free_port

SECONDS_TO_START = 60


@pytest.fixture
def served(tmp_path):
    """A server with two workers and an empty database; stopped at the end."""
    port = free_port()
    environ = {**os.environ, "THAW_DATA_DIR": str(tmp_path), "THAW_DATABASE_URL": ""}
    command = [sys.executable, "-m", "webapp.commands", "serve", "--port", str(port)]
    process = subprocess.Popen([*command, "--workers", "2"], env=environ)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def _wait(address, process):
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            urlopen(address, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def _workers(pid, count=2):
    """The ids of the workers, once they have all been forked."""
    give_up_at = time.monotonic() + SECONDS_TO_START
    found = []
    while len(found) < count and time.monotonic() < give_up_at:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        time.sleep(0.05)
    assert len(found) == count
    return [int(child) for child in found]


def _open_databases(pid):
    targets = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return [target for target in targets if target.endswith(("thaw.db", "thaw.db-wal"))]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_no_connection_to_the_database_crosses_the_fork(served):
    process, _port = served
    workers = _workers(process.pid)
    assert _open_databases(process.pid) == []
    # Until a worker is asked something that needs it, it has not opened the database either.
    assert [_open_databases(pid) for pid in workers] == [[], []]


def test_a_worker_that_dies_is_replaced_and_answers_with_the_same_content(served):
    process, port = served
    before = urlopen(f"http://127.0.0.1:{port}/en/topics/numbness", timeout=10).status
    for worker in _workers(process.pid):
        os.kill(worker, signal.SIGKILL)
    _wait(f"http://127.0.0.1:{port}/healthz", process)
    after = urlopen(f"http://127.0.0.1:{port}/en/topics/numbness", timeout=10).status
    assert (before, after) == (200, 200)
