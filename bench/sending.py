"""P9: letters go to a mail server, beside the same number from a bare smtplib loop.

May import: webapp and the rest of bench.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bench.enrolled import Place, make_due
from bench.queueing import queue_all
from bench.race import Race, Verdict, cost_of
from webapp.delivery.hand_books import open_bookcase
from webapp.delivery.smtp import SmtpSender
from webapp.domain.person import Channel
from webapp.journeys import sending

LEAST = 0.6  # times the rate of the bare loop
BOOKS = Path(__file__).resolve().parent.parent / "var" / "bench" / "hand-books"


def worker_for(url: str, now: datetime) -> sending.Worker:
    """A sender of the clock's, to this mail server."""
    senders = {Channel.EMAIL: lambda: SmtpSender(url, "Bench <bench@example.org>")}
    return sending.Worker("bench", senders, lambda: now, open_bookcase(BOOKS))


def sending_to(place: Place, url: str, letters: int, rounds: int) -> Iterator[Verdict]:
    """To the mail server of benchmarks.md, each letter once."""
    yield in_turns(place, url, letters, rounds).verdict("P9 sending", LEAST)
    many, sent = letters * (rounds + 1), _sent(place)
    yield Verdict(f"each sent and recorded once: {sent:,}", sent == many)


def in_turns(place: Place, url: str, letters: int, rounds: int) -> Race:
    """So many letters by the bare loop and by ours, round after round."""
    race, worker = Race(letters), replace(worker_for(url, place.now), now=place.time)
    for number in range(rounds + 1):
        place.now += timedelta(minutes=1)
        plain = cost_of(lambda: _by_smtplib(url, letters))
        make_due(place, letters)
        queue_all(place)
        ours = cost_of(lambda: sending.send_waiting(place.house, worker))
        if number:  # the first warms it up
            race.plain.append(plain)
            race.ours.append(ours)
    return race


def _by_smtplib(url: str, letters: int) -> None:
    """The floor: one connection, one letter after the other, nothing kept."""
    with smtplib.SMTP("127.0.0.1", int(url.rpartition(":")[2])) as server:
        for number in range(letters):
            name = f"<plain{number}@example.org>"
            words = (
                f"From: a@example.org\r\nMessage-ID: {name}\r\nSubject: x\r\n\r\n{'word ' * 120}"
            )
            server.sendmail("bench@example.org", "b@example.org", words)


def _sent(place: Place) -> int:
    with place.house.store.read() as tx:
        query = "SELECT count(*) FROM message WHERE state = 'sent' AND attempts = 1"
        own = f"{query} AND patient_id IS NOT NULL AND id NOT LIKE 'p%'"
        return int(tx.execute(text(own)).scalar_one())
