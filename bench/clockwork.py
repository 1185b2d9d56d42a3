"""The clock under measurement: P7 an idle pass, P8 queueing what is due, P9 sending it.

Each row is a ratio to something bare in the same run: the same rows changed by plain SQL, the
same letters sent by plain smtplib, to the mail server of benchmarks.md and to one that hardly does
anything. May import: webapp, bench, tests.faults.post_office.
"""

from __future__ import annotations

import argparse
import smtplib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text

from bench.calibration import NOISY, calibrate
from bench.enrolled import CLINICS, enrol_in_bulk, patient_of
from bench.race import Race, Verdict, cost_of
from bench.sink import sink
from tests.faults.post_office import post_office
from webapp.assemble import open_house
from webapp.clock import pass_once
from webapp.config import load_config
from webapp.delivery.hand_books import open_bookcase
from webapp.delivery.smtp import SmtpSender
from webapp.domain.person import (
    Channel,
    Clinic,
    ClinicId,
    Contact,
    OpeningHours,
)
from webapp.journeys import governing, prompting, sending
from webapp.journeys.house import House
from webapp.store import patients

HERE = Path(__file__).resolve().parent.parent
DUE = 100
STEP = timedelta(minutes=11)  # between passes: every part of the clock has its chore again
DAY_OF_DUE = 3  # postoperative day of those who are due


@dataclass
class Place:
    """One database with so many patients enrolled, and what passes over it cost."""

    enrolled: int
    house: House
    now: datetime
    cpu_ms: list[float] = field(default_factory=list)
    idle_ms: list[float] = field(default_factory=list)  # CPU
    idle_wall_ms: list[float] = field(default_factory=list)

    def time(self) -> datetime:
        """What its watch says."""
        return self.now


def main(given: list[str] | None = None) -> int:
    """Measure, print, and say 1 if a promise is broken."""
    words = argparse.ArgumentParser(prog="python -m bench --only clock", description=__doc__)
    words.add_argument("--scales", default="1000,10000,100000,1000000", help="patients enrolled")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--letters", type=int, default=1000)
    asked = words.parse_args(given)
    scales = tuple(int(scale) for scale in asked.scales.split(","))
    folder = HERE / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="clock-", dir=folder) as where,
        sink() as usual,
        post_office(Path(where)) as office,
    ):
        said = [*_measure(Path(where), (usual, office.url), scales, asked.rounds, asked.letters)]
    print("", *said, sep="\n")
    return int(any(not one.kept for one in said))


def _measure(
    folder: Path, urls: tuple[str, str], scales: tuple[int, ...], rounds: int, letters: int
) -> Iterator[Verdict]:
    alone, beside = calibrate()
    noisy = "  (noisy: the second core was not ours)" if beside > NOISY * alone else ""
    print(f"calibration loop {alone:.0f} ms, beside a twin {beside:.0f}{noisy}")
    usual, bare = urls
    place = _place(folder / "sending", 1000)
    yield from _sending(place, usual, letters, rounds)
    yield from _queueing(_place(folder / "queueing", 1000), letters, rounds)
    yield from _passes([_place(folder / f"p{n}", n) for n in scales], bare, rounds)
    _send_in_turns(place, bare, letters, rounds).tell("P9, to a server that hardly does anything")


def _place(folder: Path, enrolled: int) -> Place:
    print(f"Enrolling {enrolled:,} patients ...", file=sys.stderr)
    house = open_house(load_config({"THAW_DATA_DIR": str(folder)}))
    now = datetime.now(UTC).replace(hour=12, minute=0)
    for number in range(CLINICS):
        hours = tuple(OpeningHours(day, time(0), time(23)) for day in range(7))
        name = ClinicId(f"bench{number}")
        clinic = Clinic(name, f"Bench {number}", "US", "UTC", "0", "0", hours)
        governing.add_clinic(house, clinic, now=now)
    enrol_in_bulk(house, enrolled, now)
    return Place(enrolled, house, now)


def _make_due(place: Place, many: int) -> None:
    """So many more patients whose prompt is due now: they were enrolled this morning."""
    day = place.now.date() - timedelta(days=DAY_OF_DUE)
    with place.house.store.begin() as tx:
        for number in range(many):
            who = patient_of(day, number % CLINICS)
            contact = Contact("Bench Patient", "Bench", f"{who.id}@example.org")
            patients.add(tx, who, contact, next_due_at=place.now, now=place.now)


def _worker(url: str, now: datetime) -> sending.Worker:
    senders = {Channel.EMAIL: lambda: SmtpSender(url, "Bench <bench@example.org>")}
    books = open_bookcase(HERE / "var" / "bench" / "hand-books")
    return sending.Worker("bench", senders, lambda: now, books)


def _passes(places: list[Place], url: str, rounds: int) -> Iterator[Verdict]:
    for number in range(rounds + 1):
        for place in places:
            place.now += STEP
            _make_due(place, DUE)
            cpu, _ = cost_of(lambda at=place: pass_once(at.house, _worker(url, at.now)))
            idle, wall = cost_of(lambda at=place: prompting.tick(at.house, at.now))
            if number:  # the first warms it up
                place.cpu_ms.append(cpu)
                place.idle_ms.append(idle)
                place.idle_wall_ms.append(wall)
    head = f"{'enrolled':>12}{'pass with 100 due, CPU ms':>28}{'[range]':>18}"
    print(f"\n{head}{'idle CPU ms (wall)':>26}")
    for place in places:
        spread = f"{min(place.cpu_ms):.0f}-{max(place.cpu_ms):.0f}"
        cost = median(place.cpu_ms)
        idle = f"{median(place.idle_ms):.2f} ({median(place.idle_wall_ms):.1f})"
        print(f"{place.enrolled:>12,}{cost:>28.0f}{spread:>18}{idle:>26}")
    few, most = places[0], places[-1]
    ratio = max(median(one.cpu_ms) for one in places) / min(median(one.cpu_ms) for one in places)
    yield Verdict(f"a pass costs the same at every scale: {ratio:.2f}x (most 1.5x)", ratio <= 1.5)
    idle = median(most.idle_ms)
    grown = idle / median(few.idle_ms)
    words = f"P7 an idle tick over {most.enrolled:,}: {idle:.2f} ms of CPU (most 2), {grown:.1f}x"
    yield Verdict(f"{words} that over few (most 4x)", idle <= 2 and grown <= 4)


_PLAIN = (
    """INSERT INTO prompt (id, patient_id, clinic_id, local_day, pod, due_at, remind_at, closes_at,
    state, later) SELECT lower(hex(randomblob(16))), id, clinic_id, :day, 3, next_due_at,
    next_due_at, :closes, 'due', 0 FROM patient WHERE next_due_at <= :now ON CONFLICT DO NOTHING""",
    """INSERT INTO message (id, clinic_id, patient_id, prompt_id, local_day, purpose, channel,
    dedupe, state, queued_at, try_at, not_after, attempts)
    SELECT lower(hex(randomblob(16))), a.clinic_id, a.id, b.id, :day, 'check-in', a.channel,
    'check-in:' || a.id || ':' || :day || '\\:email', 'queued', :now, :now, :closes, 0
    FROM patient a JOIN prompt b ON b.patient_id = a.id AND b.local_day = :day
    WHERE a.next_due_at <= :now ON CONFLICT DO NOTHING""",
    "UPDATE patient SET next_due_at = :next WHERE next_due_at <= :now",
)


def _plainly(place: Place) -> None:
    """The same rows, by plain SQL in one transaction: what a loop in the database costs."""
    at, day = place.now.replace(tzinfo=None), timedelta(days=1)
    given = {
        "day": str(at.date()),
        "now": str(at),
        "closes": str(at + day),
        "next": str(at + day),
    }
    with place.house.store.engine.begin() as connection:
        for statement in _PLAIN:
            names = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), names)


def _queue_all(place: Place) -> None:
    prompting.queue_all_due(place.house, place.now)


def _queueing(place: Place, due: int, rounds: int) -> Iterator[Verdict]:
    race = Race(due)
    for number in range(rounds + 1):
        for times, work in ((race.plain, _plainly), (race.ours, _queue_all)):
            place.now += timedelta(minutes=1)
            _make_due(place, due)
            cost = cost_of(lambda do=work: do(place))
            if number:  # the first warms it up
                times.append(cost)
            _forget(place)
    yield race.verdict("P8 queueing what is due", 0.4)


def _forget(place: Place) -> None:
    """Let nobody of this round be due, or be sent to, in the next."""
    with place.house.store.engine.begin() as connection:
        connection.execute(text("UPDATE patient SET next_due_at = NULL"))
        connection.execute(text("UPDATE message SET state = 'cancelled' WHERE state = 'queued'"))
        connection.execute(text("UPDATE prompt SET state = 'cancelled' WHERE state = 'due'"))


def _sending(place: Place, url: str, letters: int, rounds: int) -> Iterator[Verdict]:
    yield _send_in_turns(place, url, letters, rounds).verdict("P9 sending", 0.6)
    many, sent = letters * (rounds + 1), _sent(place)
    yield Verdict(f"each sent and recorded once: {sent:,}", sent == many)


def _send_in_turns(place: Place, url: str, letters: int, rounds: int) -> Race:
    race, worker = Race(letters), replace(_worker(url, place.now), now=place.time)
    for number in range(rounds + 1):
        place.now += timedelta(minutes=1)
        plain = cost_of(lambda: _by_smtplib(url, letters))
        _make_due(place, letters)
        _queue_all(place)
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
        return int(
            tx.execute(
                text(f"{query} AND patient_id IS NOT NULL AND id NOT LIKE 'p%'")
            ).scalar_one()
        )


if __name__ == "__main__":
    sys.exit(main())
