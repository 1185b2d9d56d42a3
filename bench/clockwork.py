"""The clock under measurement: P7 an idle pass, P8 queueing what is due, P9 sending it.

Each row is a ratio to something bare in the same run: the same rows changed by plain SQL, the
same letters sent by plain smtplib. May import: webapp, bench, tests.faults.post_office.
"""

from __future__ import annotations

import argparse
import smtplib
import sys
import tempfile
import time as watch
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

from sqlalchemy import text

from bench.calibration import NOISY, calibrate
from tests.faults.post_office import PostOffice, post_office
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
    Origin,
    Patient,
    PatientId,
    PatientStatus,
)
from webapp.journeys import governing, prompting, sending
from webapp.journeys.house import House
from webapp.store import patients

HERE = Path(__file__).resolve().parent.parent
CLINICS = 10
DUE = 100
STEP = timedelta(minutes=11)  # between passes: every part of the clock has its chore again
DAY_OF_DUE = 3  # postoperative day of those who are due
LONG_AGO = 400  # days since the procedure of those who are enrolled and not asked any more


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


@dataclass(frozen=True)
class Verdict:
    """One promise with the figure it is about."""

    words: str
    kept: bool

    def __str__(self) -> str:
        return f"{'kept  ' if self.kept else 'BROKEN'}  {self.words}"


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
        post_office(Path(where)) as office,
    ):
        said = [*_measure(Path(where), office, scales, asked.rounds, asked.letters)]
    print("", *said, sep="\n")
    return int(any(not one.kept for one in said))


def _measure(
    folder: Path, office: PostOffice, scales: tuple[int, ...], rounds: int, letters: int
) -> Iterator[Verdict]:
    alone, beside = calibrate()
    noisy = "  (noisy: the second core was not ours)" if beside > NOISY * alone else ""
    print(f"calibration loop {alone:.0f} ms, beside a twin {beside:.0f}{noisy}")
    yield from _sending(_place(folder / "sending", 1000, office), office, letters, rounds)
    yield from _queueing(_place(folder / "queueing", 1000, office), letters, rounds)
    yield from _passes([_place(folder / f"p{n}", n, office) for n in scales], office, rounds)


def _place(folder: Path, enrolled: int, office: PostOffice) -> Place:
    print(f"Enrolling {enrolled:,} patients ...", file=sys.stderr)
    settings = {"THAW_DATA_DIR": str(folder), "THAW_SMTP_URL": office.url}
    house = open_house(load_config(settings))
    now = datetime.now(UTC).replace(hour=12, minute=0)
    for number in range(CLINICS):
        hours = tuple(OpeningHours(day, time(0), time(23)) for day in range(7))
        name = ClinicId(f"bench{number}")
        clinic = Clinic(name, f"Bench {number}", "US", "UTC", "0", "0", hours)
        governing.add_clinic(house, clinic, now=now)
    _enrol_in_bulk(house, enrolled, now)
    pass_once(house, _worker(office, now))
    return Place(enrolled, house, now)


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"


def _enrol_in_bulk(house: House, many: int, now: datetime) -> None:
    """Patients who were asked a year ago, each with a prompt, a message and a link of then."""
    given = {"many": many, "clinics": CLINICS, "long_ago": LONG_AGO, "day": "2025-11-01"}
    with house.store.engine.begin() as connection:
        _one_by_hand(connection, now)
        for table in ("patient", "prompt", "message"):
            connection.execute(text(_copies_of(connection, table)), given)
    with house.store.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _one_by_hand(connection: object, now: datetime) -> None:
    """One patient with a prompt and a message: every other is a copy of her."""
    from sqlalchemy import insert

    from webapp.store.schema import MessageRow, PatientRow, PromptRow

    old = now - timedelta(days=LONG_AGO)
    who = _patient(old.date(), 0)
    row = {name: getattr(who, name) for name in Patient.__slots__}
    connection.execute(  # type: ignore[attr-defined]
        insert(PatientRow), {**row, "id": "p0", "next_due_at": None, "enrolled_at": old}
    )
    prompt = {
        "id": "p0", "patient_id": "p0", "clinic_id": who.clinic_id, "local_day": old.date(),
        "pod": 3, "due_at": old, "remind_at": None, "closes_at": old, "state": "answered",
        "settled_at": old, "later": False,
    }  # fmt: skip
    connection.execute(insert(PromptRow), prompt)  # type: ignore[attr-defined]
    message = {
        "id": "p0", "clinic_id": who.clinic_id, "patient_id": "p0", "prompt_id": "p0",
        "local_day": old.date(), "purpose": "check-in", "channel": "email", "dedupe": "p0",
        "state": "sent", "queued_at": old, "try_at": old, "not_after": old, "attempts": 1,
        "settled_at": old,
    }  # fmt: skip
    connection.execute(insert(MessageRow), message)  # type: ignore[attr-defined]


_COPIED = {
    "id": "'p' || i", "patient_id": "'p' || i", "prompt_id": "'p' || i", "dedupe": "'p' || i",
    "clinic_id": "'bench' || (i % :clinics)",
}  # fmt: skip


def _copies_of(connection: object, table: str) -> str:
    rows = connection.execute(text(f"SELECT * FROM {table} LIMIT 1"))  # type: ignore[attr-defined]
    names = list(rows.keys())
    copied = {**_COPIED, "id": "'p' || i"}
    values = ", ".join(copied.get(name, name) for name in names)
    return (
        f"{_NUMBERS} INSERT INTO {table} ({', '.join(names)}) "
        f"SELECT {values} FROM n, {table} AS first WHERE first.id = 'p0' "
        "AND :long_ago > 0 AND :day <> '' AND :clinics > 0"
    )


def _patient(procedure: date, clinic: int) -> Patient:
    return Patient(
        id=PatientId(str(uuid4())),
        clinic_id=ClinicId(f"bench{clinic}"),
        pathway="mastectomy",
        procedure_date=procedure,
        timezone="UTC",
        language="en",
        channel=Channel.EMAIL,
        prompt_time=time(9),
        status=PatientStatus.ACTIVE,
        origin=Origin.ENROLLED,
        label_max=8,
    )


def _make_due(place: Place, many: int) -> None:
    """So many more patients whose prompt is due now: they were enrolled this morning."""
    day = place.now.date() - timedelta(days=DAY_OF_DUE)
    with place.house.store.begin() as tx:
        for number in range(many):
            who = _patient(day, number % CLINICS)
            contact = Contact("Bench Patient", "Bench", f"{who.id}@example.org")
            patients.add(tx, who, contact, next_due_at=place.now, now=place.now)


def _worker(office: PostOffice, now: datetime) -> sending.Worker:
    senders = {Channel.EMAIL: lambda: SmtpSender(office.url, "Bench <bench@example.org>")}
    books = open_bookcase(HERE / "var" / "bench" / "hand-books")
    return sending.Worker("bench", senders, lambda: now, books)


def _cost(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall milliseconds of this process."""
    cpu, wall = watch.process_time(), watch.perf_counter()
    work()
    return 1000 * (watch.process_time() - cpu), 1000 * (watch.perf_counter() - wall)


def _passes(places: list[Place], office: PostOffice, rounds: int) -> Iterator[Verdict]:
    for number in range(rounds + 1):
        for place in places:
            place.now += STEP
            _make_due(place, DUE)
            cpu, _ = _cost(lambda at=place: pass_once(at.house, _worker(office, at.now)))
            idle, wall = _cost(lambda at=place: prompting.tick(at.house, at.now))
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


@dataclass
class Race:
    """The same work done barely and by us, in turn: how many a second, and the CPU of each."""

    many: int  # a turn
    plain: list[tuple[float, float]] = field(default_factory=list)  # CPU and wall ms
    ours: list[tuple[float, float]] = field(default_factory=list)

    def verdict(self, words: str, least: float) -> Verdict:
        """By wall time, which is what was promised; CPU time beside it, for a busy machine."""
        for name, turns in (("bare", self.plain), ("ours", self.ours)):
            cpu, wall = (median(one[place] for one in turns) for place in (0, 1))
            each = 1000 * cpu / self.many
            print(f"{words}: {name} {1000 * self.many / wall:,.0f}/s, {each:.0f} us of CPU each")
        by_cpu, by_wall = (
            median(one[place] for one in self.plain) / median(one[place] for one in self.ours)
            for place in (0, 1)
        )
        said = f"{words}: {by_wall:.2f}x the bare loop (least {least}x), by CPU {by_cpu:.2f}x"
        return Verdict(said, by_wall >= least)


def _queueing(place: Place, due: int, rounds: int) -> Iterator[Verdict]:
    race = Race(due)
    for number in range(rounds + 1):
        for times, work in ((race.plain, _plainly), (race.ours, _queue_all)):
            place.now += timedelta(minutes=1)
            _make_due(place, due)
            cost = _cost(lambda do=work: do(place))
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


def _sending(place: Place, office: PostOffice, letters: int, rounds: int) -> Iterator[Verdict]:
    race, worker = Race(letters), _worker(office, place.now)
    for number in range(rounds + 1):
        place.now += timedelta(minutes=1)
        plain = _cost(lambda: _by_smtplib(office, letters))
        _make_due(place, letters)
        _queue_all(place)
        ours = _cost(lambda: sending.send_waiting(place.house, replace(worker, now=place.time)))
        if number:  # the first warms it up
            race.plain.append(plain)
            race.ours.append(ours)
    yield race.verdict("P9 sending", 0.6)
    many, sent = letters * (rounds + 1), _sent(place)
    yield Verdict(f"each sent and recorded once: {sent:,}", sent == many)


def _by_smtplib(office: PostOffice, letters: int) -> None:
    """The floor: one connection, one letter after the other, nothing kept."""
    port = int(office.url.rpartition(":")[2])
    with smtplib.SMTP("127.0.0.1", port) as server:
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
