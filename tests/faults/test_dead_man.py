"""F15: whatever stops the sending is told within five minutes, over two roads at least.

A virtual clock; the real parts of the clock run against the test's own database. A road is a way
on which somebody learns of it: an outside poller of /readyz, the banner of the clinic's pages, an
e-mail, the outside switch that is no longer called, the figures of /metrics. The quiet days must
be quiet: `THAW_TEST_QUIET_DAYS=7` runs all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Connection, event
from structlog.testing import capture_logs

from tests import willow
from webapp import clock
from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.domain.alarm import AlarmKind
from webapp.domain.person import Channel, Contact
from webapp.journeys import measuring, prompting, sending, watching
from webapp.journeys.house import House, Operator
from webapp.store import alarms, beats
from webapp.store.engine import StoreUnavailable

QUIET_HOURS = 24 * int(os.environ.get("THAW_TEST_QUIET_DAYS", "0")) or 3
BEGAN = datetime(2026, 11, 18, 8, 50, tzinfo=UTC)
FAILS_AT = timedelta(minutes=15)  # 09:05: the morning's prompts have just gone
TOLD_WITHIN = timedelta(minutes=5)
TICK = timedelta(seconds=30)
QUIET_TICK = timedelta(minutes=1)  # while nothing is wrong; every alarm takes longer than that


@dataclass
class Provider:
    """A mail server that takes everything, or refuses our password."""

    refuses: bool = False
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> Outcome:
        if self.refuses:
            return Outcome(Fate.REFUSED, "401")
        self.letters.append(letter)
        return Outcome(Fate.SENT, "ok")

    def close(self) -> None:
        pass


class World:
    """A clinic with patients, its clock, and those who would notice."""

    def __init__(self, house: House) -> None:
        self.house = replace(house, operator=Operator("operator@example.org"))
        self.now = BEGAN
        self.provider = Provider()
        self.worker = sending.Worker("w", {Channel.EMAIL: lambda: self.provider}, lambda: self.now)
        self.parts = dict(clock.PARTS)
        self.called: list[datetime] = []
        willow.open_clinic(self.house, BEGAN - timedelta(days=9), willow.WILLOW, willow.SAM)
        procedure = BEGAN.date() - timedelta(days=2)
        for number in range(8):  # four at nine, and one more each minute after the failure
            at = time(9) if number < 4 else time(9, 2 + number)
            contact = Contact("Rosa", "", f"rosa{number}@example.org")
            who = willow.patient(procedure, prompt_time=at)
            willow.admit(self.house, who, BEGAN, contact)

    def tick(self) -> None:
        """One pass of every part that runs, and the call to the switch."""
        for name in self.parts:
            clock.run_part(name, self.house, self.worker)
        clock.call_dead_man(self.house, self.worker, self._call)

    def _call(self) -> str:
        self.called.append(self.now)
        return ""

    def run(self, spell: timedelta) -> None:
        end = self.now + spell
        while self.now < end:
            self.now += QUIET_TICK
            self.tick()

    def roads(self) -> set[str]:
        """On which roads somebody learns at this moment that something is wrong."""
        told = {
            "readyz": bool(watching.why_not_ready(self.house, self.now)),
            "mail": any("when this begins" in one.text for one in self.provider.letters),
        }
        try:
            told["banner"] = watching.stopped_since(self.house, self.now) is not None
            told["switch"] = not watching.sending_is_healthy(self.house, self.now)
            told["page"] = watching.count_alarms(self.house, willow.WILLOW.id) > 0
            told["metrics"] = speaks(measuring.vitals(self.house, self.now))
        except StoreUnavailable:
            told["banner"] = told["metrics"] = told["switch"] = True  # an error page tells too
        return {road for road, speaking in told.items() if speaking}


def speaks(found: measuring.Vitals) -> bool:
    """Whether the alarm lines of docs/operating.md would fire on these figures."""
    late = any(found.beats.get(name, 0) > 180 for name in beats.PARTS)
    failing = any(share > 0.5 for share in found.error_share.values())
    return late or failing or bool(found.alarms) or found.oldest_unsent > 600


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    with capture_logs():
        yield


Failure = Callable[[World, pytest.MonkeyPatch], object]


def killed(world: World, _patch: pytest.MonkeyPatch) -> None:
    world.parts = {}


def loops_in_sending(_world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sending, "send_waiting", _raises)


def loops_in_asking(_world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prompting, "tick", _raises)


def _raises(*_: object) -> int:
    raise RuntimeError("again and again")


def refused_by_the_provider(world: World, _patch: pytest.MonkeyPatch) -> None:
    world.provider.refuses = True


def queue_paused(world: World, _patch: pytest.MonkeyPatch) -> None:
    del world.parts[beats.SENDER]


def clock_goes_back_a_day(world: World, _patch: pytest.MonkeyPatch) -> None:
    world.now -= timedelta(days=1)


@contextmanager
def database_read_only(world: World) -> Iterator[None]:
    engine = world.house.store.engine
    closed = "SET TRANSACTION READ ONLY"
    if engine.dialect.name == "sqlite":
        closed = "PRAGMA query_only=ON"

    def close_it(connection: Connection) -> None:
        connection.exec_driver_sql(closed)

    event.listen(engine, "begin", close_it)
    yield
    event.remove(engine, "begin", close_it)
    engine.dispose()


@contextmanager
def lock_that_nobody_gives_back(world: World) -> Iterator[None]:
    engine = world.house.store.engine
    other = engine.connect()
    if engine.dialect.name == "postgresql":
        other.exec_driver_sql("LOCK TABLE message IN ACCESS EXCLUSIVE MODE")
        hurry = "SET LOCAL lock_timeout = 100"
    else:
        other.exec_driver_sql("SELECT 1")  # its BEGIN IMMEDIATE holds the one write lock
        hurry = "PRAGMA busy_timeout = 100"

    def give_up_sooner(connection: Connection) -> None:
        """Whoever meets the lock waits a tenth of a real second, not five."""
        connection.exec_driver_sql(hurry)

    event.listen(engine, "begin", give_up_sooner, insert=True)
    yield
    event.remove(engine, "begin", give_up_sooner)
    other.rollback()
    other.close()
    engine.dispose()


FAILURES: dict[str, Failure] = {
    "killed or stopped": killed,  # a process that stands still does what a dead one does
    "exception loop in sending": loops_in_sending,
    "exception loop in asking": loops_in_asking,
    "provider says 401": refused_by_the_provider,
    "queue paused": queue_paused,
    "clock goes back a day": clock_goes_back_a_day,
    "database read-only": lambda world, _: database_read_only(world),
    "stale lock": lambda world, _: lock_that_nobody_gives_back(world),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_stops_the_sending_is_told_in_five_minutes_on_two_roads(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    world = World(house)
    world.run(FAILS_AT)
    assert world.roads() == set(), "a false alarm before anything was wrong"
    assert len(world.called) == 1, "the switch is called in a healthy hour"
    with ExitStack() as stack:
        broken = FAILURES[name](world, monkeypatch)
        stack.enter_context(broken or nullcontext())  # type: ignore[arg-type]
        failed, heard = world.now, set[str]()
        while world.now - failed < TOLD_WITHIN and len(heard) < 2:
            world.now += TICK
            world.tick()
            heard = world.roads()
    took = (world.now - failed).total_seconds()
    print(f"F15 {name}: told after {took:.0f} s on {', '.join(sorted(heard))}")
    assert len(heard) >= 2 and world.now - failed <= TOLD_WITHIN


def test_quiet_days_are_quiet(house: House) -> None:
    world = World(house)
    end, looks = BEGAN + timedelta(hours=QUIET_HOURS), 0
    while world.now < end:
        world.now += QUIET_TICK
        world.tick()
        if world.now.minute % 10 == 0:
            looks += 1
            assert world.roads() == set(), f"a false alarm at {world.now}"
    with house.store.read() as tx:
        assert alarms.lately(tx, willow.WILLOW.id, BEGAN) == ()
    assert len(world.called) >= QUIET_HOURS - 1
    print(f"F15 quiet: {QUIET_HOURS} h, {looks} looks, 0 alarms, {len(world.called)} calls")


def test_a_clock_that_comes_back_tells_of_the_time_it_was_away(house: House) -> None:
    world = World(house)
    world.run(FAILS_AT)
    world.now += timedelta(minutes=20)
    world.run(timedelta(minutes=2))
    told = [one for one in world.provider.letters if "Prompting had stopped" in one.subject]
    assert len(told) == 1 and "2026-11-18 09:05" in told[0].text
    assert told[0].to == willow.SAM.email
    with house.store.read() as tx:
        kinds = {one.kind for one in alarms.lately(tx, willow.WILLOW.id, BEGAN)}
    assert kinds == {AlarmKind.CLOCK_STOPPED}


def test_the_switch_is_not_called_while_a_due_prompt_is_late(house: House) -> None:
    """The negative control of the switch: the clock lives, and what is due does not go out."""
    world = World(house)
    del world.parts[beats.SENDER]
    world.run(timedelta(minutes=75))
    assert [at for at in world.called if at > BEGAN + timedelta(minutes=45)] == []
