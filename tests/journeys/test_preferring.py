"""She may pause, stop, be asked later, and choose when and how: done at once, said once, kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests import tables, willow
from tests.journeys.test_sending import Post
from webapp.domain.person import Channel, Contact, Patient, PatientStatus
from webapp.domain.preference import preferences_of
from webapp.journeys import (
    checking_in,
    choosing,
    foreseeing,
    noticing,
    preferring,
    prompting,
    sending,
)
from webapp.journeys.checking_in import LinkUnknown
from webapp.journeys.desk import Desk
from webapp.journeys.house import House
from webapp.journeys.preferring import How, NoAddress, TooLate
from webapp.journeys.virtual_time import Watch, clock_pass, next_moment
from webapp.store import audits, choices, messages, patients, prompts
from webapp.store.messages import MessageState
from webapp.store.prompts import PromptState

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
PAGE = How("page")
NIGHT = {"quiet_from": time(21), "quiet_until": time(8)}
Change = Callable[[House, Patient, datetime], object]


@pytest.fixture
def rosa(house: House) -> Patient:
    """Asked each day at nine, with quiet nights; enrolled the evening before her first day."""
    willow.open_clinic(house, NINE, willow.WILLOW, willow.SAM, willow.ADA)
    evening = NINE - timedelta(hours=14)
    contact = Contact("Rosa Diaz", "Rosa", "rosa@patients.example", "+14155550123")
    return willow.admit(house, willow.patient(evening.date(), **NIGHT), evening, contact)


def now_is(house: House, who: Patient) -> Patient:
    with house.store.read() as tx:
        found = patients.load(tx, who.clinic_id, who.id)
    assert found is not None
    return found


def sent_to(house: House, who: Patient) -> list[tuple[str, str]]:
    with house.store.read() as tx:
        found = messages.of_patient(tx, who.clinic_id, who.id)
    return [(one.purpose, one.state.value) for one in found]


def run(house: House, post: Post, start: datetime, end: datetime) -> None:
    """A clock that passes whenever it has something to do."""
    watch = Watch(start)
    worker = sending.Worker("one", {Channel.EMAIL: lambda: post}, watch)
    clock_pass(house, worker)
    for _ in range(200):
        moment = next_moment(house)
        if moment is None or moment >= end:
            return
        watch.go_to(moment)
        clock_pass(house, worker)
    raise AssertionError("the clock does not come to rest")


def days_asked(house: House, who: Patient) -> list[date]:
    with house.store.read() as tx:
        found = messages.of_patient(tx, who.clinic_id, who.id)
    done = [one for one in found if one.purpose == "check-in" and one.state is MessageState.SENT]
    return [one.local_day for one in done if one.local_day]


def deeds(house: House, who: Patient) -> list[tuple[str, str]]:
    with house.store.read() as tx:
        lines = audits.lines_of_patient(tx, who.clinic_id, who.id)
    return [(line.actor.partition(":")[0], line.action) for line in lines]


def test_a_stop_is_obeyed_confirmed_once_and_the_clinic_reads_it(house: House, rosa: Patient):
    post = Post()
    run(house, post, NINE, TEN)
    for _ in range(3):
        preferring.stop(house, rosa, how=How("email"), now=TEN)
    run(house, post, TEN, TEN + timedelta(days=4))
    assert sent_to(house, rosa) == [("check-in", "sent"), ("stopped", "sent")]
    assert now_is(house, rosa).status is PatientStatus.STOPPED
    assert deeds(house, rosa).count(("patient", "patient.stop")) == 1
    (told,) = noticing.unhandled(Desk(house, willow.SAM, TEN))
    assert (told.notice.kind, told.patient.id) == ("stopped", rosa.id)
    noticing.handle(Desk(house, willow.SAM, TEN), told.notice.id)
    assert noticing.unhandled(Desk(house, willow.SAM, TEN)) == ()


def test_after_a_stop_her_daily_links_are_dead_and_she_may_still_start_again(
    house: House, rosa: Patient
):
    daily = willow.link_of(house, rosa, NINE)
    with house.store.begin() as tx:
        lasting = choices.tokens_of(tx, [rosa.id])[rosa.id]
    assert lasting
    choosing.stop_by_message(house, lasting, NINE)
    with pytest.raises(checking_in.DayClosed):
        checking_in.open_day(house, daily, NINE)
    with pytest.raises(LinkUnknown):
        choosing.open_choices(house, daily, NINE)
    preferring.resume(house, choosing.who_chooses(house, lasting), how=PAGE, now=TEN)
    run(house, Post(), TEN, TEN + timedelta(days=2))
    assert days_asked(house, rosa) == [date(2026, 11, n) for n in (20, 21, 22)]


def test_when_her_clinic_stops_her_no_link_starts_her_again(house: House, rosa: Patient):
    with house.store.begin() as tx:
        lasting = choices.tokens_of(tx, [rosa.id])[rosa.id]
    preferring.stop(house, rosa, how=How("page", "staff:sam"), now=NINE)
    with pytest.raises(LinkUnknown):
        choosing.open_choices(house, str(lasting), NINE)
    assert sent_to(house, rosa) == []
    assert noticing.unhandled(Desk(house, willow.SAM, TEN)) == ()


def test_a_pause_until_a_day_ends_by_itself_on_that_day(house: House, rosa: Patient):
    run(house, Post(), NINE, TEN)
    until = NINE.date() + timedelta(days=3)
    preferring.pause(house, rosa, until=until, how=PAGE, now=TEN)
    run(house, Post(), TEN, NINE + timedelta(days=5))
    assert days_asked(house, rosa) == [NINE.date() + timedelta(days=n) for n in (0, 3, 4)]
    assert now_is(house, rosa).status is PatientStatus.ACTIVE
    assert ("clock", "patient.resume") in deeds(house, rosa)


def test_a_clock_that_slept_over_the_end_of_a_pause_goes_on(house: House, rosa: Patient):
    preferring.pause(house, rosa, until=date(2026, 11, 22), how=PAGE, now=NINE)
    run(house, Post(), NINE + timedelta(days=9), NINE + timedelta(days=10, hours=1))
    assert days_asked(house, rosa) == [date(2026, 11, 29), date(2026, 11, 30)]


def test_a_pause_without_a_day_lasts_until_she_resumes(house: House, rosa: Patient):
    preferring.pause(house, rosa, how=PAGE, now=NINE)
    run(house, Post(), NINE, NINE + timedelta(days=3))
    assert days_asked(house, rosa) == []
    preferring.resume(house, rosa, how=PAGE, now=NINE + timedelta(days=3, hours=1))
    run(house, Post(), NINE + timedelta(days=3, hours=1), NINE + timedelta(days=4))
    assert days_asked(house, rosa) == [date(2026, 11, 23)]


def test_a_pause_that_was_a_slip_costs_her_nothing_of_the_day(house: House, rosa: Patient):
    prompting.tick(house, NINE)  # queued, and not sent yet
    preferring.pause(house, rosa, how=PAGE, now=NINE)
    preferring.resume(house, rosa, how=PAGE, now=NINE)
    run(house, Post(), NINE, TEN)
    assert days_asked(house, rosa) == [NINE.date()]
    with house.store.read() as tx:
        assert [one.state for one in prompts.of_patient(tx, rosa.id)] == [PromptState.DUE]


def test_later_today_asks_then_and_does_not_remind_as_well(house: House, rosa: Patient):
    post = Post()
    run(house, post, NINE, TEN)
    with house.store.read() as tx:
        times = preferring.times_left(house, tx, rosa, TEN)
    assert [at.hour for at in times] == list(range(11, 21))  # quiet from nine in the evening
    preferring.later_today(house, rosa, times[-1], how=PAGE, now=TEN)
    run(house, post, TEN, NINE + timedelta(hours=23))
    assert sent_to(house, rosa) == [("check-in", "sent"), ("later", "sent")]


def test_later_today_before_she_was_asked_moves_the_day(house: House, rosa: Patient):
    early = NINE - timedelta(hours=2)
    at = datetime(2026, 11, 20, 18, tzinfo=UTC)
    preferring.later_today(house, rosa, at, how=PAGE, now=early)
    lines = list(foreseeing.due_lines(house, early, NINE + timedelta(hours=20)))
    assert [(line.at, line.purpose) for line in lines] == [(at, "later")]
    run(house, Post(), early, NINE + timedelta(hours=23))
    assert sent_to(house, rosa) == [("later", "sent")]


@pytest.mark.parametrize("hour", [9, 22, 23])
def test_later_today_is_never_over_and_never_quiet(house: House, rosa: Patient, hour: int):
    with pytest.raises(TooLate):
        at = datetime(2026, 11, 20, hour, tzinfo=UTC)
        preferring.later_today(house, rosa, at, how=PAGE, now=TEN)


def test_who_has_answered_is_offered_no_later(house: House, rosa: Patient):
    token = willow.link_of(house, rosa, NINE)
    checking_in.submit(house, token, willow.submission(NINE), now=NINE)
    with house.store.read() as tx:
        assert preferring.times_left(house, tx, rosa, TEN) == ()


def test_a_prompt_that_is_late_waits_for_the_end_of_the_night(house: House, rosa: Patient):
    wanted = replace(preferences_of(rosa), prompt_time=time(20, 30))
    preferring.change(house, rosa, wanted, how=PAGE, now=NINE)
    night = datetime(2026, 11, 20, 22, tzinfo=UTC)
    run(house, Post(), night, night + timedelta(hours=12))
    with house.store.read() as tx:
        found = messages.of_patient(tx, rosa.clinic_id, rosa.id)
    assert [one.settled_at for one in found] == [datetime(2026, 11, 21, 8, tzinfo=UTC)]


def test_what_was_queued_in_time_and_claimed_at_night_waits_too(house: House, rosa: Patient):
    prompting.tick(house, NINE)
    night = datetime(2026, 11, 20, 23, tzinfo=UTC)
    post = Post()
    watch = Watch(night)
    worker = sending.Worker("one", {Channel.EMAIL: lambda: post}, watch)
    for at in (night, night, night + timedelta(hours=8)):
        watch.go_to(at)
        sending.send_waiting(house, worker)
    assert post.given == []
    watch.go_to(datetime(2026, 11, 21, 8, tzinfo=UTC))
    sending.send_waiting(house, worker)
    assert len(post.given) == 1


CHANGES: dict[str, Change] = {
    "an earlier time": lambda house, who, now: preferring.change(
        house, who, replace(preferences_of(who), prompt_time=time(8, 30)), how=PAGE, now=now
    ),
    "a later time": lambda house, who, now: preferring.change(
        house, who, replace(preferences_of(who), prompt_time=time(18)), how=PAGE, now=now
    ),
    "a zone in the west": lambda house, who, now: preferring.change(
        house, who, replace(preferences_of(who), timezone="Pacific/Honolulu"), how=PAGE, now=now
    ),
    "a zone in the east": lambda house, who, now: preferring.change(
        house, who, replace(preferences_of(who), timezone="Pacific/Kiritimati"), how=PAGE, now=now
    ),
    "quiet until noon": lambda house, who, now: preferring.change(
        house, who, replace(preferences_of(who), quiet_until=time(12)), how=PAGE, now=now
    ),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("sent_before", [True, False], ids=["asked today", "not asked yet"])
def test_a_change_in_mid_course_asks_each_local_day_once(
    house: House, rosa: Patient, name: str, sent_before: bool
):
    post, changed = Post(), TEN if sent_before else NINE - timedelta(hours=1)
    run(house, post, NINE - timedelta(hours=2), changed)
    before = days_asked(house, rosa)
    CHANGES[name](house, now_is(house, rosa), changed)
    run(house, post, changed, NINE + timedelta(days=4))
    asked = days_asked(house, rosa)
    assert asked[: len(before)] == before
    assert len(set(asked)) == len(asked)
    first, last = min(asked), max(asked)
    assert asked == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert len(asked) >= 4


def test_a_change_makes_anew_only_what_has_not_gone_out(house: House, rosa: Patient):
    prompting.tick(house, NINE)
    before = tables.count(house.store, "message")
    wanted = replace(preferences_of(rosa), prompt_time=time(18))
    preferring.change(house, rosa, wanted, how=PAGE, now=NINE + timedelta(minutes=1))
    assert (before, tables.count(house.store, "message")) == (1, 0)
    run(house, Post(), NINE, NINE + timedelta(hours=12))
    with house.store.read() as tx:
        (prompt,) = prompts.of_patient(tx, rosa.id)
    assert prompt.due_at == datetime(2026, 11, 20, 18, tzinfo=UTC)


def test_a_channel_is_only_one_that_she_has_an_address_for(house: House, rosa: Patient):
    wanted = replace(preferences_of(rosa), channel=Channel.SMS)
    with pytest.raises(NoAddress):  # nothing here sends text messages
        preferring.change(house, rosa, wanted, how=PAGE, now=NINE)
    house = replace(house, channels=frozenset(Channel))
    assert preferring.change(house, rosa, wanted, how=PAGE, now=NINE).channel is Channel.SMS
    assert [purpose for purpose, _ in sent_to(house, rosa)] == ["choices"]
    other = willow.patient_on_day(house, 3, NINE)
    with pytest.raises(NoAddress):
        preferring.change(
            house, other, replace(preferences_of(other), channel=Channel.SMS), how=PAGE, now=NINE
        )


def test_somebody_else_who_got_it_stops_all_that_goes_there(house: House, rosa: Patient):
    daily = willow.link_of(house, rosa, NINE)
    choosing.not_me(house, daily, TEN)
    run(house, Post(), TEN, TEN + timedelta(days=2))
    assert days_asked(house, rosa) == []
    with pytest.raises(LinkUnknown):
        choosing.not_me(house, daily, TEN)
    (told,) = noticing.unhandled(Desk(house, willow.SAM, TEN))
    assert told.notice.kind == "not-me"
    assert ("patient", "patient.not-me") in deeds(house, rosa)


def test_every_message_leads_to_the_same_page_and_its_link_is_nowhere_plain(
    house: House, rosa: Patient
):
    post = Post()
    run(house, post, NINE, NINE + timedelta(days=1, hours=1))
    links = {word for one in post.given for word in one.text.split() if "/choices/" in word}
    assert len(post.given) > 2
    assert len(links) == 1
    assert links.pop().rsplit("/", 1)[1] not in repr(tables.rows(house.store))


def test_two_who_change_her_at_once_both_leave_their_change(house: House, rosa: Patient):
    """The page of each was opened before the other pressed its button."""
    preferring.pause(house, rosa, how=PAGE, now=NINE)
    wanted = replace(preferences_of(rosa), prompt_time=time(18))
    preferring.change(house, rosa, wanted, how=PAGE, now=NINE)
    found = now_is(house, rosa)
    assert (found.status, found.prompt_time) == (PatientStatus.PAUSED, time(18))
