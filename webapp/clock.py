"""The clock: a process of its own that ticks. Any number of them is harmless.

Its parts run beside each other: a morning's letters hold up no page about a flag, and a fault in
one part stops no other. May import: apscheduler (in memory, never a shared job store), delivery,
journeys.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler  # type: ignore[import-untyped]

from webapp.assemble import bookcase_of, senders_of
from webapp.config import Config
from webapp.delivery import dead_man
from webapp.journeys import (
    alarming,
    conversing,
    escalating,
    noting,
    prompting,
    reconciling,
    sending,
    texting,
    watching,
)
from webapp.journeys.house import House
from webapp.store import beats
from webapp.store.engine import StoreUnavailable

TICK_SECONDS = 15
RECONCILE_EVERY = timedelta(minutes=10)
CALL_EVERY = timedelta(hours=1)
TRY_CALL_AGAIN = timedelta(minutes=5)
log = structlog.get_logger()

Part = Callable[[House, sending.Worker], None]


def worker_of(config: Config) -> sending.Worker:
    """This process as a sender, with a name of its own."""
    name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
    books = bookcase_of(config)
    return sending.Worker(name, senders_of(config), lambda: datetime.now(UTC), books)


def ask(house: House, worker: sending.Worker) -> None:
    """Queue what is due, remind, close days; tell of the time in which no clock did."""
    now = worker.now()
    with house.store.read() as tx:
        gap = alarming.gap_before(tx, house.library.alarms, now)
    done = prompting.tick(house, now)
    conversing.forget_old_words(house, now)
    texting.store_unconfirmed(house, now)
    if gap is not None:
        alarming.tell_of_a_gap(house, gap, now)
    if any((done.queued, done.reminded, done.closed)):
        log.info("clock.asked", queued=done.queued, closed=done.closed, flagged=done.flagged)


def climb(house: House, worker: sending.Worker) -> None:
    """Take every urgent flag that nobody took up to its next step."""
    now = worker.now()
    if climbed := escalating.climb(house, now):
        log.info("clock.climbed", steps=climbed)
    _beat(house, beats.LADDER, now)


def send(house: House, worker: sending.Worker) -> None:
    """Send what waits, and ask after what may have gone out."""
    sending.settle_doubts(house, worker)
    if tried := sending.send_waiting(house, worker):
        log.info("clock.sent", tried=tried)
    _beat(house, beats.SENDER, worker.now())


def watch(house: House, worker: sending.Worker) -> None:
    """Look at what should have happened, once a minute whichever clock comes first."""
    now = worker.now()
    with house.store.begin() as tx:
        last = beats.last(tx, beats.WATCH)
        mine = beats.claim(tx, "look", now, alarming.LOOK_EVERY)
        reconcile = mine and beats.claim(tx, "reconcile", now, RECONCILE_EVERY)
    if reconcile and (found := reconciling.repair(house, now)):
        log.warning("clock.reconciled", missing=found)
    if mine:
        noting.write_notes(house, now)
        with house.store.read() as tx:
            own = watching.clock_alarms(tx, house.library.alarms, now)
        # Who was away herself gives the others time to come back first.
        away = last is not None and now - last > house.library.alarms.clock_silent
        own = () if away else tuple(one for one in own if one.about != beats.WATCH)
        seen = alarming.look(house, now, clock=own, reconcile=reconcile)
        if seen.began or seen.over:
            log.warning("clock.alarms", began=seen.began, over=seen.over)
    with house.store.begin() as tx:
        beats.beat(tx, beats.WATCH, now)
        beats.advance(tx, now)


PARTS: Mapping[str, Part] = {
    beats.CLOCK: ask,
    beats.LADDER: climb,
    beats.SENDER: send,
    beats.WATCH: watch,
}


def _beat(house: House, name: str, now: datetime) -> None:
    with house.store.begin() as tx:
        beats.beat(tx, name, now)


def run_part(name: str, house: House, worker: sending.Worker) -> bool:
    """Run one part; a fault is logged and shows by the part's missing beat. Whether all was well.

    A database that is away is tried again next time.
    """
    try:
        PARTS[name](house, worker)
    except StoreUnavailable as fault:
        log.error("clock.store_unavailable", part=name, fault=type(fault.__cause__).__name__)
        return False
    except Exception:  # whatever it is: the other parts go on, and its silence is an alarm
        log.exception("clock.part_failed", part=name)
        return False
    return True


def pass_once(house: House, worker: sending.Worker) -> bool:
    """One pass: every part in turn. Whether all was well."""
    return all([run_part(name, house, worker) for name in PARTS])


def call_dead_man(house: House, worker: sending.Worker, call: Callable[[], str]) -> bool:
    """Call the dead-man's switch, but only while nothing that is due is late."""
    now = worker.now()
    try:
        with house.store.begin() as tx:
            mine = beats.claim(tx, "dead-man-try", now, TRY_CALL_AGAIN)
            last = beats.last(tx, "dead-man")
        fresh = last is not None and timedelta() <= now - last < CALL_EVERY
        if not mine or fresh or not watching.sending_is_healthy(house, now):
            return False
        if fault := call():
            log.error("clock.dead_man_not_called", fault=fault)
            return False
        _beat(house, "dead-man", now)
    except StoreUnavailable:
        return False  # silence is what it listens for
    return True


def run_clock(house: House, config: Config) -> None:
    """Tick until the process is told to stop; the parts that run then are finished."""
    worker = worker_of(config)
    with suppress(StoreUnavailable), house.store.begin() as tx:
        others = [name for name in beats.PARTS if name != beats.CLOCK]
        beats.start(tx, others, worker.now())  # a part that never once works is late too
    scheduler = BlockingScheduler(timezone=UTC)
    now = datetime.now(UTC)
    for name in PARTS:
        # Whoever looks at what the others did lets them do it first.
        first = now + timedelta(seconds=TICK_SECONDS * (name == beats.WATCH))
        _every_tick(scheduler, first, run_part, name, house, worker)
    if config.dead_man_url:
        url = config.dead_man_url
        _every_tick(scheduler, now, call_dead_man, house, worker, lambda: dead_man.call(url))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: scheduler.shutdown(wait=False))
    scheduler.start()


def _every_tick(
    scheduler: BlockingScheduler, first: datetime, job: Callable[..., object], *given: object
) -> None:
    scheduler.add_job(
        job,
        "interval",
        given,
        seconds=TICK_SECONDS,
        next_run_time=first,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
