"""kill -9 of the served site while patients send: what was acknowledged is stored, once.

This cannot prove that a commit is on the disk (only that no reply comes before the commit); the
settings that do are held by tests/store/test_engine.py.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from tests import willow
from tests.postgres import free_port
from webapp.assemble import open_house
from webapp.config import load_config
from webapp.journeys.house import House

KILLS = int(os.environ.get("THAW_TEST_KILLS", "3"))  # more of them before a release
CLIENTS, SEED = 4, 2026
HEADERS = {"Content-Type": "application/json"}


@dataclass
class Tally:
    """What the clients saw: each submission id with the report id it was answered with."""

    acked: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


def serve(folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = {"THAW_DATA_DIR": str(folder), "PORT": str(port), "THAW_WORKERS": "2"}
    command = [sys.executable, "-m", "webapp.commands", "serve"]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command, env={**os.environ, **settings}, start_new_session=True, stdout=log, stderr=log
        )


def kill(server: subprocess.Popen[bytes]) -> None:
    """The master and its workers, all at once, without a word."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def send_until_told(port: int, tokens: list[str], tally: Tally) -> None:
    """Send check-ins one after another; each is retried under its own id until it is answered."""
    for number in range(100_000):
        sent = {
            "token": tokens[number % len(tokens)],
            "submission_id": str(uuid4()),
            "answers": {"nrs_avg": number % 11, "tablets": 1},
            "answered_at": datetime.now(UTC).isoformat(),
        }
        status, said = None, {}
        while status not in (200, 201):
            if tally.stop.is_set():
                return
            status, said = post(port, json.dumps(sent))
            if status is not None and status not in (200, 201, 503):
                tally.wrong.append(f"{status} {said}")
                return
        tally.acked[sent["submission_id"]] = said["report_id"]


def post(port: int, body: str) -> tuple[int | None, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/api/v1/check-ins", body, HEADERS)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        time.sleep(0.05)
        return None, {}
    finally:
        connection.close()


def tokens(house: House, now: datetime) -> list[list[str]]:
    """For each client a few patients of its own, on day 3, in a clinic at work."""
    willow.open_clinic(house, now, willow.WILLOW, willow.SAM)
    return [
        [willow.link_of(house, willow.patient_on_day(house, 3, now), now) for _ in range(6)]
        for _ in range(CLIENTS)
    ]


def stored(house: House) -> list[tuple[str, str]]:
    with house.store.read() as tx:
        return [tuple(row) for row in tx.execute(text("SELECT submission_id, id FROM check_in"))]


def test_every_acknowledged_check_in_is_stored_once_whenever_the_server_is_killed(
    tmp_path: Path,
) -> None:
    house = open_house(load_config({"THAW_DATA_DIR": str(tmp_path)}))
    port, tally, chance = free_port(), Tally(), random.Random(SEED)
    clients = [
        threading.Thread(target=send_until_told, args=(port, own, tally))
        for own in tokens(house, datetime.now(UTC))
    ]
    server = serve(tmp_path, port)
    for one in clients:
        one.start()
    try:
        for _ in range(KILLS):
            before = len(tally.acked)
            give_up = time.monotonic() + 60
            while len(tally.acked) < before + 5 and time.monotonic() < give_up:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.3))
            kill(server)
            server = serve(tmp_path, port)
    finally:
        tally.stop.set()
        for one in clients:
            one.join(timeout=20)
        kill(server)
    rows = stored(house)
    ids = [submission for submission, _ in rows]
    lost = {one for one, report in tally.acked.items() if (one, report) not in set(rows)}
    doubled = len(ids) - len(set(ids))
    with house.store.read() as tx:
        sound = tx.execute(text("PRAGMA integrity_check")).scalar_one()
    house.store.close()
    print(f"acked {len(tally.acked)}, stored {len(rows)}, lost {len(lost)}, doubled {doubled}")
    assert tally.wrong == []
    assert len(tally.acked) >= 5 * KILLS, (tmp_path / "log").read_text()[-2000:]
    assert (lost, doubled, sound) == (set(), 0, "ok")
