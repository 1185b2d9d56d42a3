"""A site under fault: its house, its web server and clocks, and the patients who send to it.

May import: tests.willow, tests.faults, webapp.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from tests import willow
from tests.faults.machine import Machine
from tests.faults.nursery import Nursery, kill
from tests.postgres import free_port
from webapp.config import Config, load_config
from webapp.journeys.house import House
from webapp.library.shelf import Library
from webapp.store.engine import open_store
from webapp.store.migrate import upgrade
from webapp.store.sealing import read_or_create_master_key

HEADERS = {"Content-Type": "application/json"}


def open_rooms(library: Library, config: Config) -> House:
    """A house over the newest schema, with the content that was read before."""
    config.data_dir.mkdir(parents=True, exist_ok=True)
    key = read_or_create_master_key(config.secret_key_file)
    upgrade(config.database_url)
    return House(library, open_store(config.database_url, key), config.public_url, demo=False)


@dataclass
class Site:
    """One installation: a folder, a database, a port, and the processes that run on it."""

    nursery: Nursery
    folder: Path
    database_url: str = ""
    machine: Machine | None = None
    weaken: str = ""
    smtp_url: str = "smtp://127.0.0.1:9"
    port: int = field(default_factory=free_port)
    running: list[int] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        """The settings of every process of it."""
        return {
            "THAW_DATA_DIR": str(self.folder / "data"),
            "THAW_DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "THAW_SMTP_URL": self.smtp_url,
            "THAW_DEMO": "0",
        }

    @property
    def config(self) -> Config:
        """The same, as read."""
        return load_config(self.environ)

    def start(self, *, workers: int = 2, clocks: int = 0) -> None:
        """Start a web server and so many clocks."""
        commands = [["serve", "--workers", str(workers)]] if workers else []
        for command in commands + [["clock"]] * clocks:
            self.running.append(self.start_one(*command))

    def start_one(self, *command: str) -> int:
        """Start one command; its process group."""
        log = self.folder / "log"
        return self.nursery.start(list(command), self.environ, log, self.machine, self.weaken)

    def kill(self) -> None:
        """kill -9 of everything that runs, all at once."""
        while self.running:
            kill(self.running.pop())

    def log(self) -> str:
        """The end of what the processes said."""
        file = self.folder / "log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""


def wait_until(true: Callable[[], bool], seconds: float, what: str, *, every: float = 0.02) -> None:
    """Wait for something to become true. Raises `TimeoutError`, saying what did not.

    Longer than a moment apart (`every`, seconds) where a look itself costs something.
    """
    give_up = time.monotonic() + seconds
    while not true():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(every)


def is_alive(port: int, path: str = "/healthz") -> bool:
    """Whether the server answers 200 there."""
    return get(port, path) == 200


def get(port: int, path: str, timeout: float = 10) -> int | None:
    """The status of a page; None if there was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def check_in(token: str, number: int, submission_id: str = "") -> dict[str, Any]:
    """What a phone sends: an ordinary day, or now and then a red flag."""
    pain = 9 if number % 10 == 9 else number % 4
    return {
        "token": token,
        "submission_id": submission_id or str(uuid4()),
        "answers": {"nrs_avg": pain, "tablets": 1},
        "answered_at": datetime.now(UTC).isoformat(),
    }


@dataclass
class Reply:
    """What came back; no status if nothing did."""

    status: int | None
    body: dict[str, Any]
    retry_after: str = ""


def post(port: int, sent: dict[str, Any], timeout: float = 10) -> Reply:
    """Send one check-in, over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", "/api/v1/check-ins", json.dumps(sent), HEADERS)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        return Reply(answer.status, body, answer.headers.get("Retry-After", ""))
    except (OSError, http.client.HTTPException, ValueError):
        return Reply(None, {})
    finally:
        connection.close()


@dataclass
class Patients:
    """Patients who send all the time, each under one id until it is acknowledged."""

    port: int
    tokens: list[list[str]]  # of each client, patients of its own
    on_ack: Callable[[str], None] = lambda _id: None
    acked: dict[str, str] = field(default_factory=dict)  # submission id: report id
    replays: int = 0
    refused: int = 0
    unpolite: int = 0  # refusals that do not say when to come back
    wrong: list[str] = field(default_factory=list)
    most: int = 1_000_000
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Patients:
        """Begin to send."""
        for own in self.tokens:
            one = threading.Thread(target=self._send_all, args=(own,))
            self._threads.append(one)
            one.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._stop.set()
        for one in self._threads:
            one.join(timeout=30)

    def wait_for(self, acked: int, seconds: float = 60) -> None:
        """Wait until so many in all were acknowledged."""
        wait_until(lambda: len(self.acked) >= acked or bool(self.wrong), seconds, f"{acked} acked")

    def _send_all(self, own: list[str]) -> None:
        number = 0
        while not self._stop.is_set() and len(self.acked) < self.most:
            sent = check_in(own[number % len(own)], number)
            number += 1
            while not self._try(sent) and not self._stop.is_set():
                time.sleep(0.02)

    def _try(self, sent: dict[str, Any]) -> bool:
        reply = post(self.port, sent)
        if reply.status in (200, 201):
            self.replays += reply.status == 200
            self.acked[sent["submission_id"]] = reply.body["report_id"]
            self.on_ack(sent["submission_id"])
            return True
        if reply.status == 503:
            self.refused += 1
            self.unpolite += not reply.retry_after
        elif reply.status is not None:
            self.wrong.append(f"{reply.status} {reply.body}")
            self._stop.set()
        return False


def admit(house: House, clients: int, each: int) -> list[list[str]]:
    """For each client a few patients of its own, on day 3, in a clinic at work: their links."""
    now = datetime.now(UTC)
    willow.open_clinic(house, now, willow.WILLOW, willow.SAM)
    return [
        [willow.link_of(house, willow.patient_on_day(house, 3, now), now) for _ in range(each)]
        for _ in range(clients)
    ]


def stored(house: House) -> list[tuple[str, str]]:
    """The submission id and the report id of every check-in."""
    with house.store.read() as tx:
        return [tuple(row) for row in tx.execute(text("SELECT submission_id, id FROM check_in"))]


def is_sound(house: House) -> str:
    """What the database says of itself and each check-in of its trail: "ok", or what is wrong."""
    with house.store.read() as tx:
        if house.store.engine.dialect.name == "sqlite":
            said = str(tx.execute(text("PRAGMA integrity_check")).scalar_one())
            if said != "ok":
                return said
        rows = tx.execute(text("SELECT count(*) FROM check_in")).scalar_one()
        query = "SELECT count(*) FROM audit WHERE action IN ('check-in.send', 'check-in.correct')"
        trailed = tx.execute(text(query)).scalar_one()
    return "ok" if rows == trailed else f"{rows} check-ins, but {trailed} of them in the trail"
