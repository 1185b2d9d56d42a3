"""Simulating: many invented patients live through many days by the real code, in seconds.

They are enrolled, prompted, reminded, answer, move, pause and stop through the same journeys as
everybody; only the watch is virtual, and letters are kept instead of sent. May import: domain,
library, store, delivery's protocol and this room. The house that it is given must be an empty one.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from webapp.delivery.channel import Letter
from webapp.domain.flag import Severity
from webapp.domain.person import Clinic, ClinicId, Patient, PatientId
from webapp.domain.preference import preferences_of
from webapp.domain.schedule import QuietHours, local_day, quiet_of
from webapp.domain.simulated import (
    Act,
    Owed,
    Person,
    Reply,
    Spell,
    is_quiet,
    people,
    reply_of,
)
from webapp.journeys import checking_in, enrolling, governing, preferring, prompting
from webapp.journeys.checking_in import DayClosed, Submission
from webapp.journeys.enrolling import Enroller
from webapp.journeys.house import House
from webapp.journeys.preferring import How, TooLate
from webapp.journeys.virtual_time import Watch, clock_pass, next_moment, recording_worker
from webapp.store import flags, patients

ASKING = frozenset({"check-in", "later", "reminder"})
_HERSELF = How("page")
_PAUSED_FOR = timedelta(days=3)
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Scenario:
    """How many, how long, from when, by what chance, and where."""

    patients: int
    days: int
    start: date
    seed: int
    zones: tuple[str, ...]


@dataclass
class Figures:
    """What came of it. A prompt that was owed and not sent is missed."""

    patients: int
    days: int
    due: int = 0
    sent: int = 0
    reminded: int = 0
    answered: int = 0
    missed: int = 0
    doubled: int = 0
    in_quiet_hours: int = 0
    flags: dict[str, int] = field(default_factory=dict)


@dataclass
class _Life:
    """One simulated patient and what happened to her."""

    person: Person
    id: PatientId
    clinic_id: ClinicId
    timezone: str
    quiet: QuietHours
    owed: Owed = field(default_factory=Owed)
    letters: Counter[tuple[str, date]] = field(default_factory=Counter)
    answered: set[date] = field(default_factory=set)
    answering: set[date] = field(default_factory=set)
    too_many: int = 0
    in_quiet_hours: int = 0
    wants_later: bool = False


def simulate(house: House, scenario: Scenario) -> Figures:
    """Live through a scenario; the house must be empty. The same scenario, the same figures."""
    return _Simulation(house, scenario).run()


class _Simulation:
    """A scenario while it is lived through."""

    def __init__(self, house: House, scenario: Scenario) -> None:
        self._house, self._scenario = house, scenario
        start = datetime.combine(scenario.start, time(), UTC)
        self._end = start + timedelta(days=scenario.days)
        self._watch = Watch(start)
        self._worker = recording_worker(self._watch, self._arrived)
        self._lives: dict[PatientId, _Life] = {}
        self._order = count()
        self._ahead: list[tuple[datetime, int, Callable[[], None]]] = []

    def run(self) -> Figures:
        clinic = self._open_clinic()
        known = people(
            self._house.library.cohorts,
            self._scenario.patients,
            self._scenario.days,
            zones=self._scenario.zones,
            seed=self._scenario.seed,
        )
        for person in known:
            self._enrol(clinic, person)
        while self._step():
            pass
        return self._count(clinic)

    def _step(self) -> bool:
        """The next thing that somebody does, or the next pass of the clock; False at the end."""
        clock = next_moment(self._house) or self._end
        mine = self._ahead[0][0] if self._ahead else self._end
        if min(clock, mine) >= self._end:
            return False
        self._watch.go_to(min(clock, mine))
        if mine <= clock:
            heapq.heappop(self._ahead)[2]()
        else:
            clock_pass(self._house, self._worker)
        return True

    def _at(self, moment: datetime, what: Callable[[], None]) -> None:
        heapq.heappush(self._ahead, (moment, next(self._order), what))

    def _open_clinic(self) -> Clinic:
        clinic = Clinic(ClinicId("simulated"), "Simulated Clinic", "US", "UTC", "555 0100", "", ())
        governing.add_clinic(self._house, clinic, now=self._watch.now)
        return clinic

    def _enrol(self, clinic: Clinic, person: Person) -> None:
        here = local_day(self._watch.now, person.timezone)
        row = {
            "name": person.recovery.name,
            "email": f"patient-{person.number}@simulated.invalid",
            "procedure_date": str(here - timedelta(days=person.before)),
            "pathway": person.recovery.pathway,
            "timezone": person.timezone,
            "language": person.recovery.language,
            "prompt_time": f"{person.prompt_time:%H:%M}",
            "quiet_from": f"{person.quiet.start:%H:%M}",
            "quiet_until": f"{person.quiet.end:%H:%M}",
            "mg_per_tablet": person.recovery.setup.mg_per_tablet,
            "label_max": person.recovery.setup.label_max,
            "pump_on": "yes" if person.recovery.setup.pump_on else "no",
            "baseline_nrs": person.recovery.setup.baseline_nrs,
        }
        enroller = Enroller("command", "command")
        found = enrolling.enrol(self._house, enroller, clinic, row, now=self._watch.now)
        life = _Life(person, found, clinic.id, person.timezone, person.quiet)
        self._lives[found] = life
        self._owe(life)
        for day, act in person.acts:
            noon = datetime.combine(self._scenario.start + timedelta(days=day), _NOON, UTC)
            self._at(noon, lambda act=act: self._act(life, act))  # type: ignore[misc]

    def _patient(self, life: _Life) -> Patient:
        with self._house.store.read() as tx:
            found = patients.load(tx, life.clinic_id, life.id)
        if found is None:
            raise LookupError(life.id)
        return found

    def _owe(self, life: _Life, *, asked: bool = True) -> None:
        """From now on she is asked as she is stored; or not at all."""
        timetable = prompting.timetable_for(self._house, self._patient(life)) if asked else None
        life.owed.spells.append(Spell(self._watch.now, timetable))

    def _act(self, life: _Life, act: Act) -> None:
        """She does something about our messages."""
        patient, now = self._patient(life), self._watch.now
        if act is Act.MOVE:
            wanted = replace(preferences_of(patient), timezone=life.person.moves_to)
            moved = preferring.change(self._house, patient, wanted, how=_HERSELF, now=now)
            life.timezone, life.quiet = moved.timezone, quiet_of(moved) or life.quiet
            self._owe(life)
        elif act is Act.PAUSE:
            until = local_day(now + _PAUSED_FOR, life.timezone)
            preferring.pause(self._house, patient, until=until, how=_HERSELF, now=now)
            self._owe(life, asked=False)
            self._at(
                datetime.combine(until, time(), ZoneInfo(life.timezone)).astimezone(UTC),
                lambda: self._owe(life),
            )
        elif act is Act.STOP:
            preferring.stop(self._house, patient, how=_HERSELF, now=now)
            self._owe(life, asked=False)
        else:
            life.wants_later = True

    def _arrived(self, letter: Letter) -> None:
        """A letter is there: note it, and let her decide what to do about it."""
        purpose, _, rest = letter.topic.partition(":")
        if purpose not in ASKING:
            return
        patient, _, about = rest.partition(":")
        life, day = self._lives[PatientId(patient)], date.fromisoformat(about[:10])
        life.letters[purpose, day] += 1
        life.too_many += day in life.answered
        wall = self._watch.now.astimezone(ZoneInfo(life.timezone)).time()
        life.in_quiet_hours += is_quiet(wall, life.quiet)
        if life.wants_later and purpose == "check-in":
            life.wants_later = False
            self._at(self._watch.now, lambda: self._put_off(life))
            return
        self._decide(life, purpose, day, letter.link.rsplit("/", 1)[-1])

    def _put_off(self, life: _Life) -> None:
        patient, now = self._patient(life), self._watch.now
        with self._house.store.read() as tx:
            times = preferring.times_left(self._house, tx, patient, now)
        try:
            if times:
                preferring.later_today(self._house, patient, times[-1], how=_HERSELF, now=now)
        except TooLate:
            pass

    def _decide(self, life: _Life, purpose: str, day: date, token: str) -> None:
        pod = (day - self._procedure(life)).days
        reply = reply_of(life.person, self._scenario.seed, pod)
        waits = purpose == "check-in" and reply is not None and reply.to_reminder
        if reply is None or waits or day in life.answering:
            return
        life.answering.add(day)
        at = self._watch.now + reply.after
        self._at(at, lambda: self._answer(life, day, token, reply))

    def _procedure(self, life: _Life) -> date:
        start = datetime.combine(self._scenario.start, time(), UTC)
        here = local_day(start, life.person.timezone)
        return here - timedelta(days=life.person.before)

    def _answer(self, life: _Life, day: date, token: str, reply: Reply) -> None:
        now = self._watch.now
        name = f"simulated-{life.person.number}-{day}"
        try:
            sent = Submission(name, reply.answers, now, "page")
            checking_in.submit(self._house, token, sent, now=now)
        except DayClosed:
            return  # she moved or stopped meanwhile
        life.answered.add(day)

    def _count(self, clinic: Clinic) -> Figures:
        found = Figures(self._scenario.patients, self._scenario.days)
        for life in self._lives.values():
            _add(found, life, self._end)
        with self._house.store.read() as tx:
            counted = flags.count_raised(tx, clinic.id)
        found.flags = {one.value: counted.get(one, 0) for one in Severity}
        return found


def _add(found: Figures, life: _Life, end: datetime) -> None:
    owed, either = life.owed.days(end)
    asked = {day for purpose, day in life.letters if purpose in ("check-in", "later")}
    unowed = asked - owed - either
    found.due += len(owed | (asked & either))
    found.sent += len(asked)
    found.reminded += sum(purpose == "reminder" for purpose, _ in life.letters)
    found.answered += len(life.answered)
    found.missed += len(owed - asked)
    found.doubled += sum(many - 1 for many in life.letters.values()) + life.too_many + len(unowed)
    found.in_quiet_hours += life.in_quiet_hours
