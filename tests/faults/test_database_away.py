"""F11b: PostgreSQL hangs, is gone, or takes no writes, while patients send.

Every answer comes within five seconds and is a 503 that says when to come back; the process
itself stays alive; when the database is back, so is the site, by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.databases import PostgresDatabases
from tests.faults.her_page import HerPage
from tests.faults.nursery import Nursery
from tests.faults.site import (
    Reply,
    Site,
    admit,
    check_in,
    get,
    is_alive,
    open_rooms,
    post,
    stored,
    wait_until,
)
from tests.faults.tally import Tally, size
from tests.postgres import FAST, Server, own_server
from webapp.library.shelf import Library

MOST_SECONDS = 5.0
TRIES = size(4, 40)


@pytest.fixture(scope="module")
def away() -> Iterator[Server]:
    """A server of these tests' own: it will be stopped."""
    with own_server(*FAST) as started:
        yield started


@pytest.fixture
def site(
    nursery_of_thaw: Nursery, library: Library, away: Server, tmp_path: Path
) -> Iterator[tuple[Site, list[str]]]:
    """A site on that server, with a clock, and the links of its patients."""
    with (
        contextlib.closing(psycopg.connect(away.address, autocommit=True)) as admin,
        contextlib.closing(PostgresDatabases(admin, away.address)) as databases,
        databases.migrated() as url,
    ):
        made = Site(nursery_of_thaw, tmp_path, url)
        house = open_rooms(library, made.config)
        tokens = admit(house, 1, TRIES + 2)[0]
        house.store.close()
        made.start(workers=2, clocks=1)
        try:
            wait_until(lambda: is_alive(made.port, "/readyz"), 20, "ready")
            assert post(made.port, check_in(tokens[-1], 0)).status == 201
            yield made, tokens
        finally:
            with contextlib.suppress(ProcessLookupError):
                hang(away, signal.SIGCONT)
            made.kill()


def hang(away: Server, what: signal.Signals) -> None:
    """Stop every process of the server where it stands, or let them go on."""
    for pid in away.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def test_a_database_that_hangs_is_given_up_in_five_seconds(
    site: tuple[Site, list[str]], away: Server, library: Library
) -> None:
    made, tokens = site
    tally = Tally("F11b PostgreSQL stopped")
    refused = [check_in(token, 0) for token in tokens[:TRIES]]
    with stopped(away):
        replies = [timed(made, sent) for sent in refused]
        ready, alive = timed_get(made, "/readyz"), get(made.port, "/healthz")
    back = time.monotonic()
    wait_until(lambda: is_alive(made.port, "/readyz"), MOST_SECONDS, "ready again")
    seconds = time.monotonic() - back
    again = [post_until_told(made, sent) for sent in refused]
    house = open_rooms(library, made.config)
    rows = stored(house)
    house.store.close()
    tally.acked, tally.refused, tally.stored = len(again) + 1, len(replies), len(rows)
    slowest = max(taken for taken, _ in replies)
    tally.line(f"slowest refusal {slowest:.1f} s", f"back in {seconds:.1f} s")
    assert [(reply.status, bool(reply.retry_after)) for _, reply in replies] == [
        (503, True)
    ] * TRIES
    assert slowest <= MOST_SECONDS
    assert (ready[1], ready[0] <= MOST_SECONDS, alive) == (503, True, 200)
    assert {reply.status for reply in again} <= {200, 201}
    assert len(rows) == len({submission for submission, _ in rows}) == TRIES + 1


@contextlib.contextmanager
def stopped(away: Server) -> Iterator[None]:
    hang(away, signal.SIGSTOP)
    try:
        yield
    finally:
        hang(away, signal.SIGCONT)


def timed(site: Site, sent: dict[str, object]) -> tuple[float, Reply]:
    began = time.monotonic()
    reply = post(site.port, sent, timeout=20)
    return time.monotonic() - began, reply


def post_until_told(site: Site, sent: dict[str, object]) -> Reply:
    give_up = time.monotonic() + MOST_SECONDS
    while (reply := post(site.port, sent)).status == 503 and time.monotonic() < give_up:
        time.sleep(0.1)
    return reply


def timed_get(site: Site, path: str) -> tuple[float, int | None]:
    began = time.monotonic()
    status = get(site.port, path, timeout=20)
    return time.monotonic() - began, status


def test_without_a_deadline_of_ours_the_same_rig_waits_longer(
    nursery_of_thaw: Nursery, away: Server
) -> None:
    """The negative control: the server's own timeouts do nothing for a server that is stopped."""
    options = "-c statement_timeout=1000"
    with psycopg.connect(away.address, options=options, connect_timeout=2) as connection:
        connection.execute("SELECT 1")
        began = time.monotonic()
        with stopped_for(away, 2.5):
            connection.execute("SELECT 1")
        assert time.monotonic() - began > 2.4


@contextlib.contextmanager
def stopped_for(away: Server, seconds: float) -> Iterator[None]:
    """Let the server go on after a while, though nobody here can: this thread waits."""
    import threading

    hang(away, signal.SIGSTOP)
    timer = threading.Timer(seconds, hang, (away, signal.SIGCONT))
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_a_database_that_takes_no_writes_refuses_politely_and_recovers(
    site: tuple[Site, list[str]], away: Server
) -> None:
    made, tokens = site
    sent = check_in(tokens[0], 0)
    with read_only(made, away):
        reply = post(made.port, sent)
        ready = get(made.port, "/readyz")
    wait_until(lambda: is_alive(made.port, "/readyz"), MOST_SECONDS, "ready again")
    assert (reply.status, bool(reply.retry_after), ready) == (503, True, 503)
    assert post(made.port, sent).status == 201


@contextlib.contextmanager
def read_only(site: Site, away: Server) -> Iterator[None]:
    name = site.database_url.rpartition("/")[2]
    set_it = f'ALTER DATABASE "{name}" SET default_transaction_read_only = '
    let_go = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    with contextlib.closing(psycopg.connect(away.address, autocommit=True)) as admin:
        admin.execute(set_it + "on")
        admin.execute(let_go)
        try:
            yield
        finally:
            admin.execute(set_it + "off")
            admin.execute(let_go)


def test_her_answers_stay_on_the_page_while_the_database_is_away(
    site: tuple[Site, list[str]], away: Server
) -> None:
    """The page is a 503 that holds what she typed, and the same form again goes through."""
    made, tokens = site
    page = HerPage(made.port, tokens[1]).open()
    with stopped(away):
        began = time.monotonic()
        status, words = page.send()
        seconds = time.monotonic() - began
    assert (status, seconds <= MOST_SECONDS) == (503, True)
    assert page.is_kept_in(words)
    wait_until(lambda: is_alive(made.port, "/readyz"), MOST_SECONDS, "ready again")
    wait_until(lambda: page.send()[0] == 200, MOST_SECONDS, "sent again")
