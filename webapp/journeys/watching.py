"""Watching: whether the site can do its work now, and what is wrong in order of harm.

It asks for outcomes, and for the beats of every part of the clock. May import: domain, library,
store and this room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.alarm import Alarm, AlarmKind, AlarmLines, alarms_in
from webapp.domain.ladder import PAGED_IN_TIME
from webapp.domain.person import ClinicId
from webapp.journeys import alarming
from webapp.journeys.house import House
from webapp.store import alarms, audits, beats, clinics, disk, migrate, outcomes, pagings
from webapp.store.engine import Store, StoreUnavailable, Transaction, sqlite_module, wal_is_safe

Unavailable = StoreUnavailable  # what a page that only reads meets when the database is away
CLOCK_MAY_BE_BEHIND = timedelta(seconds=60)
LEAST_DISK = 0.1  # of what there is (reliability.md, monitoring contract)
LOST_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with this installation, and its remedy."""

    what: str
    remedy: str


def why_not_ready(house: House, now: datetime) -> list[str]:
    """Why this site should get no traffic; empty if it should."""
    try:
        with house.store.read() as tx:
            if not migrate.schema_is_current(tx):
                return ["the database has another schema than this program"]
            wrong = clock_alarms(tx, house.library.alarms, now)
        # A time that went back is told elsewhere: without traffic nobody could answer at all.
        late = [_late_words(one) for one in wrong if one.kind is AlarmKind.CLOCK_FAILING]
        disk.probe_write(house.store)
    except StoreUnavailable:
        return ["the database does not answer"]
    except disk.ReadOnly:
        return ["the database takes no writes", *late]
    return [*late, *_disk_words(house.store)]


def _late_words(alarm: Alarm) -> str:
    if alarm.about == beats.CLOCK:
        return "no clock has beaten in the last 3 minutes"
    return f"the clock's part {alarm.about} has not beaten in the last 3 minutes"


def _disk_words(store: Store) -> list[str]:
    free = disk.free_share(store)
    return [] if free is None or free >= LEAST_DISK else ["less than a tenth of the disk is free"]


def clock_alarms(tx: Transaction, lines: AlarmLines, now: datetime) -> tuple[Alarm, ...]:
    """What is wrong with the clock itself: a part that is silent, or time that went back."""
    return tuple(_clock_alarms(beats.every(tx), lines, now))


def _clock_alarms(found: dict[str, datetime], lines: AlarmLines, now: datetime) -> Iterator[Alarm]:
    latest = max(
        (found[name] for name in (*beats.PARTS, beats.LATEST) if name in found), default=now
    )
    if latest - now > CLOCK_MAY_BE_BEHIND:
        yield Alarm(AlarmKind.CLOCK_WRONG, figures={"since": latest.isoformat(timespec="seconds")})
    if beats.CLOCK not in found:
        yield Alarm(AlarmKind.CLOCK_FAILING, beats.CLOCK)
    for name in beats.PARTS:
        if name in found and now - found[name] > lines.clock_silent:
            since = found[name].isoformat(timespec="seconds")
            yield Alarm(AlarmKind.CLOCK_FAILING, name, {"since": since})


def stopped_since(house: House, now: datetime) -> datetime | None:
    """Since when the clock, or a part of it, does nothing: for the banner. None while it works."""
    with house.store.read() as tx:
        found = beats.every(tx)
    wrong = list(_clock_alarms(found, house.library.alarms, now))
    failing = [one for one in wrong if one.kind is AlarmKind.CLOCK_FAILING]
    return min((found.get(one.about, now) for one in failing), default=None)


def sending_is_healthy(house: House, now: datetime) -> bool:
    """Whether nothing that is due is late: only then may the dead-man's switch be called."""
    lines = house.library.alarms
    with house.store.read() as tx:
        waiting = list(outcomes.oldest_unsent(tx).values())
        unasked = outcomes.oldest_unasked(tx, now - lines.unsent)
        wrong = clock_alarms(tx, lines, now)
        climbing_late = pagings.count_overdue(tx, now - lines.unsent)
        told = _of_sending(tx)
    late = [at for at in waiting if now - at > lines.unsent]
    return not (late or unasked or wrong or climbing_late or told)


def _of_sending(tx: Transaction) -> bool:
    """Whether an alarm about sending is going on in any clinic; a flag that waits is none."""
    return any(
        one.kind is not AlarmKind.UNTAKEN and one.kind is not AlarmKind.BOUNCES
        for clinic in clinics.every(tx)
        for one in alarms.going_on(tx, clinic.id)
    )


def count_alarms(house: House, clinic_id: ClinicId) -> int:
    """How many alarms of a clinic are going on."""
    with house.store.read() as tx:
        return len(alarms.going_on(tx, clinic_id))


def troubles(house: House, now: datetime) -> list[Trouble]:
    """What is wrong, the most harmful first."""
    try:
        with house.store.read() as tx:
            found = [*_of_the_clock(house, tx, now), *_of_clinics(house, tx, now)]
        disk.probe_write(house.store)
    except StoreUnavailable as fault:
        return [Trouble(f"The database does not answer: {fault}.", "Check THAW_DATABASE_URL.")]
    except disk.ReadOnly:
        found = [Trouble("The database takes no writes.", "Free the disk, or let it be written.")]
    return [*found, *_of_the_machine(house)]


def _of_the_clock(house: House, tx: Transaction, now: datetime) -> Iterator[Trouble]:
    for alarm in clock_alarms(tx, house.library.alarms, now):
        since = f" (since {alarm.figures['since']})" if alarm.figures else " (never)"
        if alarm.kind is AlarmKind.CLOCK_WRONG:
            what = f"This machine's time is behind the record{since}."
            yield Trouble(what, "Set its time right, by NTP.")
        elif alarm.about == beats.CLOCK:
            yield Trouble(f"No clock is running{since}.", "Start `thaw clock`.")
        else:
            what = f"The clock's part {alarm.about} does nothing{since}."
            yield Trouble(what, "Look at the log of `thaw clock`.")


def _of_clinics(house: House, tx: Transaction, now: datetime) -> Iterator[Trouble]:
    everybody = clinics.every(tx)
    for clinic in everybody:
        if fault := audits.fault_in_chain(tx, clinic.id):
            what = f"The audit trail of {clinic.name} does not verify: {fault}."
            yield Trouble(what, "Keep the database as it is, and compare it with a backup.")
    lines = house.library.alarms
    for clinic_id, seen in alarming.outcomes_of(house, tx, everybody, now).items():
        for alarm in alarms_in(seen, lines, now):
            yield _trouble(house, clinic_id, alarm)
    lost = sum(outcomes.lost_since(tx, now - LOST_WITHIN).values())
    if lost:
        what = f"{lost} messages of the last day failed, or may not have gone out."
        yield Trouble(what, "The delivery page shows whose; ring those who were not reached.")
    if late := pagings.count_late(tx, now - LOST_WITHIN, PAGED_IN_TIME):
        what = f"{late} pages of the last day went out late."
        yield Trouble(what, "Let a second `thaw clock` run, on another machine if there is one.")


def _trouble(house: House, clinic_id: str, alarm: Alarm) -> Trouble:
    words = house.library.alarm_words[alarm.kind]
    told = ", ".join(f"{name} {value}" for name, value in alarm.figures.items())
    about = f"{clinic_id}, {alarm.about}" if alarm.about else clinic_id
    return Trouble(f"{words.what['en']} ({about}; {told})", words.remedy["en"])


def _of_the_machine(house: House) -> Iterator[Trouble]:
    if words := _disk_words(house.store):
        yield Trouble(f"{words[0].capitalize()}.", "Make room before writes are refused.")
    if not house.operator.email:
        what = "No operator is named: a flag that nobody takes would end nowhere."
        yield Trouble(what, "Set THAW_OPERATOR_EMAIL.")
    version = sqlite_module().sqlite_version_info
    if house.store.engine.dialect.name == "sqlite" and not wal_is_safe(version):
        what = "This SQLite can corrupt a write-ahead log; a slower journal is used."
        yield Trouble(what, "Upgrade.")
