"""The clock: a process of its own that ticks. Any number of them is harmless.

May import: apscheduler (in memory, never a shared job store), delivery, journeys.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler  # type: ignore[import-untyped]

from webapp.config import Config
from webapp.delivery.channel import Sender
from webapp.delivery.smtp import SmtpSender
from webapp.domain.person import Channel
from webapp.journeys import conversing, prompting, sending
from webapp.journeys.house import House
from webapp.store.engine import StoreUnavailable

TICK_SECONDS = 15
log = structlog.get_logger()


def senders_of(config: Config) -> dict[Channel, Callable[[], Sender]]:
    """The channels that this installation has set up."""
    return {Channel.EMAIL: lambda: SmtpSender(config.smtp_url, config.mail_from)}


def worker_of(config: Config) -> sending.Worker:
    """This process as a sender, with a name of its own."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    return sending.Worker(name, senders_of(config), lambda: datetime.now(UTC))


def pass_once(house: House, worker: sending.Worker) -> None:
    """One pass: queue, remind, close, send. A database that is away is tried again next time."""
    try:
        done = prompting.tick(house, worker.now())
        conversing.forget_old_words(house, worker.now())
        tried = sending.send_waiting(house, worker)
    except StoreUnavailable as fault:
        log.error("clock.store_unavailable", fault=type(fault.__cause__).__name__)
        return
    if any((done.queued, done.reminded, done.closed, tried)):
        log.info("clock.pass", queued=done.queued, closed=done.closed, tried=tried)


def run_clock(house: House, config: Config) -> None:
    """Tick until the process is told to stop; the pass that runs then is finished."""
    worker = worker_of(config)
    scheduler = BlockingScheduler(timezone=UTC)
    scheduler.add_job(
        pass_once,
        "interval",
        (house, worker),
        seconds=TICK_SECONDS,
        next_run_time=datetime.now(UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: scheduler.shutdown(wait=False))
    scheduler.start()
