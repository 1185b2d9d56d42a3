"""`thaw serve` answers before it has read the chat, and then forks workers that share it all."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.postgres import free_port

CONTENT = Path(__file__).parents[2] / "content"
SECONDS_TO_START = 60


@pytest.fixture
def served(tmp_path):
    """A server with two workers and an empty database; stopped at the end."""
    with _serving(tmp_path) as (process, port):
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield process, port


@contextlib.contextmanager
def _serving(folder, expected=0, **settings):
    port = free_port()
    environ = {**os.environ, "THAW_DATA_DIR": str(folder), "THAW_DATABASE_URL": "", **settings}
    command = [sys.executable, "-m", "webapp.commands", "serve", "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, "--workers", "2"], env=environ, stderr=log)
    try:
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert process.returncode == expected


def _wait(address, process):
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            urlopen(address, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def _workers(pid):
    """The ids of the workers there are now."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _workers_with_the_chat(pid, folder):
    """The ids of the two workers that took the places of the first."""
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at:
        if "serve.chat-shared" in (folder / "log").read_text() and len(_workers(pid)) == 2:
            return _workers(pid)
        time.sleep(0.05)
    raise AssertionError((folder / "log").read_text())


def _open_databases(pid):
    targets = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return [target for target in targets if target.endswith(("thaw.db", "thaw.db-wal"))]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_no_connection_to_the_database_crosses_the_fork(served, tmp_path):
    process, _port = served
    workers = _workers_with_the_chat(process.pid, tmp_path)
    assert _open_databases(process.pid) == []
    # Until a worker is asked something that needs it, it has not opened the database either.
    assert [_open_databases(pid) for pid in workers] == [[], []]


def test_a_worker_that_dies_is_replaced_and_answers_with_the_same_content(served, tmp_path):
    process, port = served
    before = urlopen(f"http://127.0.0.1:{port}/en/topics/numbness", timeout=10).status
    for worker in _workers_with_the_chat(process.pid, tmp_path):
        os.kill(worker, signal.SIGKILL)
    _wait(f"http://127.0.0.1:{port}/healthz", process)
    after = urlopen(f"http://127.0.0.1:{port}/en/topics/numbness", timeout=10).status
    assert (before, after) == (200, 200)


def test_a_question_that_comes_before_the_chat_is_read_is_answered_all_the_same(served):
    _process, port = served
    asked = urlencode({"words": "How long will I be numb?"}).encode()
    with urlopen(f"http://127.0.0.1:{port}/en/ask", asked, timeout=30) as answer:
        assert (answer.status, "numbness" in answer.read().decode()) == (200, True)


def test_a_chat_that_cannot_be_read_ends_the_server_and_is_named(tmp_path):
    content = shutil.copytree(CONTENT, tmp_path / "content")
    (content / "chat" / "settings.yaml").write_text("crisis: R05-self-harm\n")
    with _serving(tmp_path, expected=1, THAW_CONTENT_DIR=str(content)) as (process, _port):
        assert process.wait(timeout=SECONDS_TO_START) == 1
    said = (tmp_path / "log").read_text()
    assert "settings.yaml:1: error [yaml-shape]" in said
    assert "Traceback" not in said
