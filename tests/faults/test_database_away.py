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
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psycopg
import pytest

from tests.databases import PostgresDatabases
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
from tests.postgres import server
from webapp.library.shelf import Library

MOST_SECONDS = 5.0
ANSWERS = {"nrs_avg": "7", "nrs_worst": "8", "tablets": "1", "sleep_trouble": "none",
           "wakes": "0", "effects": "none", "note": "a sentence"}  # fmt: skip
TRIES = size(4, 40)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of these tests' own: it will be stopped."""
    with server() as where:
        yield where


@pytest.fixture
def site(
    nursery_of_thaw: Nursery, library: Library, address: str, tmp_path: Path
) -> Iterator[tuple[Site, list[str]]]:
    """A site on that server, with a clock, and the links of its patients."""
    with (
        contextlib.closing(psycopg.connect(address, autocommit=True)) as admin,
        contextlib.closing(PostgresDatabases(admin, address)) as databases,
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
                hang(address, signal.SIGCONT)
            made.kill()


def hang(address: str, what: signal.Signals) -> None:
    """Stop every process of the server where it stands, or let them go on."""
    for pid in processes_at(address):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


_found: dict[str, int] = {}


def processes_at(address: str) -> list[int]:
    """The server's first process and all its children."""
    if address not in _found:
        with psycopg.connect(address) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            _found[address] = int(Path(f"/proc/{row[0]}/stat").read_text().split()[3])
    first = _found[address]
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [first, *map(int, children)]


def test_a_database_that_hangs_is_given_up_in_five_seconds(
    site: tuple[Site, list[str]], address: str, library: Library
) -> None:
    made, tokens = site
    tally = Tally("F11b PostgreSQL stopped")
    processes_at(address)
    refused = [check_in(token, 0) for token in tokens[:TRIES]]
    with stopped(address):
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
def stopped(address: str) -> Iterator[None]:
    hang(address, signal.SIGSTOP)
    try:
        yield
    finally:
        hang(address, signal.SIGCONT)


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
    nursery_of_thaw: Nursery, address: str
) -> None:
    """The negative control: the server's own timeouts do nothing for a server that is stopped."""
    processes_at(address)
    options = "-c statement_timeout=1000"
    with psycopg.connect(address, options=options, connect_timeout=2) as connection:
        connection.execute("SELECT 1")
        began = time.monotonic()
        with stopped_for(address, 2.5):
            connection.execute("SELECT 1")
        assert time.monotonic() - began > 2.4


@contextlib.contextmanager
def stopped_for(address: str, seconds: float) -> Iterator[None]:
    """Let the server go on after a while, though nobody here can: this thread waits."""
    import threading

    hang(address, signal.SIGSTOP)
    timer = threading.Timer(seconds, hang, (address, signal.SIGCONT))
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_a_database_that_takes_no_writes_refuses_politely_and_recovers(
    site: tuple[Site, list[str]], address: str
) -> None:
    made, tokens = site
    sent = check_in(tokens[0], 0)
    with read_only(made, address):
        reply = post(made.port, sent)
        ready = get(made.port, "/readyz")
    wait_until(lambda: is_alive(made.port, "/readyz"), MOST_SECONDS, "ready again")
    assert (reply.status, bool(reply.retry_after), ready) == (503, True, 503)
    assert post(made.port, sent).status == 201


@contextlib.contextmanager
def read_only(site: Site, address: str) -> Iterator[None]:
    name = site.database_url.rpartition("/")[2]
    set_it = f'ALTER DATABASE "{name}" SET default_transaction_read_only = '
    let_go = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    with contextlib.closing(psycopg.connect(address, autocommit=True)) as admin:
        admin.execute(set_it + "on")
        admin.execute(let_go)
        try:
            yield
        finally:
            admin.execute(set_it + "off")
            admin.execute(let_go)


def test_her_answers_stay_on_the_page_while_the_database_is_away(
    site: tuple[Site, list[str]], address: str
) -> None:
    """The page is a 503 that holds what she typed, and the same form again goes through."""
    made, tokens = site
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    base = f"http://127.0.0.1:{made.port}"
    with browser.open(f"{base}/en/check-in/{tokens[1]}") as page:
        form, where = page.read().decode(), page.url
    hidden_in = {name: hidden(form, name) for name in ("submission_id", "csrf_token")}
    sent = {**hidden_in, **ANSWERS}
    processes_at(address)
    with stopped(address):
        began = time.monotonic()
        status, words = send(browser, where, sent)
        seconds = time.monotonic() - began
    assert (status, seconds <= MOST_SECONDS) == (503, True)
    assert 'value="7"' in words and "a sentence" in words and sent["submission_id"] in words
    wait_until(lambda: is_alive(made.port, "/readyz"), MOST_SECONDS, "ready again")
    wait_until(lambda: send(browser, where, sent)[0] == 200, MOST_SECONDS, "sent again")


def hidden(form: str, name: str) -> str:
    return form.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]


def send(browser: OpenerDirector, where: str, sent: dict[str, str]) -> tuple[int, str]:
    try:
        with browser.open(where, urlencode(sent).encode(), timeout=20) as page:
            return page.status, page.read().decode()
    except HTTPError as fault:
        return fault.code, fault.read().decode()
