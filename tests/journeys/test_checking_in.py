"""A check-in is stored once, with everything that follows from it, and answered the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tests import tables, willow
from webapp.domain.checkin import SleepTrouble
from webapp.domain.person import Patient
from webapp.domain.review import EventKind, FlagState
from webapp.journeys import checking_in, prompting
from webapp.journeys.checking_in import DayClosed, LinkUnknown, Receipt, SubmissionReused
from webapp.journeys.house import House
from webapp.store import audits, checkins, flags, links, messages, prompts
from webapp.store.engine import AlreadyThere, StoreUnavailable
from webapp.store.messages import MessageState
from webapp.store.prompts import PromptState

WRITTEN = ("check_in", "flag", "flag_event", "message", "audit")


@pytest.fixture
def rosa(house: House, clock_now: datetime) -> Patient:
    """A patient on day 3, asked today, in a clinic with two staff and a stranger beside her."""
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM, willow.ADA)
    willow.patient_on_day(house, 5, clock_now)
    who = willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    return who


@pytest.fixture
def token(house: House, rosa: Patient, clock_now: datetime) -> str:
    return willow.link_of(house, rosa, clock_now)


def stored(house: House, who: Patient) -> tuple[checkins.StoredCheckIn, ...]:
    with house.store.read() as tx:
        return checkins.versions(tx, who.id)


def flags_of(house: House, who: Patient) -> dict[str, Any]:
    with house.store.read() as tx:
        return {flag.rule: flag for flag in flags.of_patient(tx, who.clinic_id, who.id)}


def at_once(times: int, step: Callable[[int], Receipt]) -> list[Receipt]:
    """The same step in so many threads, all let go at the same moment."""
    gate, got, faults = threading.Barrier(times), [], []

    def run(number: int) -> None:
        gate.wait()
        try:
            got.append(step(number))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    return got


def test_answers_are_kept_as_they_were_given(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    given = willow.answers(tablets=1.5, sleep_trouble=SleepTrouble.A_LOT, note="Sore — but ok")
    answered = clock_now - timedelta(minutes=3)
    sent = willow.submission(answered, given)
    checking_in.submit(house, token, sent, now=clock_now)
    (kept,) = stored(house, rosa)
    assert replace(kept.answers, note=given.note) == given
    with house.store.read() as tx:
        assert checkins.open_note(links.follow(tx, token).seal, kept) == given.note
    assert (kept.local_day, kept.pod, kept.version) == (clock_now.date(), 3, 1)
    assert (kept.answered_at, kept.received_at, kept.late) == (answered, clock_now, False)


def test_what_was_not_answered_stays_unanswered(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    only_pain = replace(willow.answers(), tablets=None, wakes=None, sleep_trouble=None)
    sent = willow.submission(clock_now, replace(only_pain, effects=None))
    checking_in.submit(house, token, sent, now=clock_now)
    kept = stored(house, rosa)[0].answers
    assert (kept.tablets, kept.wakes, kept.sleep_trouble, kept.effects) == (None,) * 4


def test_the_same_submission_twenty_times_at_once_is_stored_once_and_answered_the_same(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    sent = willow.submission(clock_now, willow.answers(nrs_avg=8))
    got = at_once(20, lambda _: checking_in.submit(house, token, sent, now=clock_now))
    assert len(stored(house, rosa)) == 1
    assert all(one.body == got[0].body for one in got)
    assert sum(not one.repeated for one in got) == 1


def test_different_submissions_at_once_are_all_kept_as_versions(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    def send(number: int) -> Receipt:
        sent = willow.submission(clock_now, willow.answers(nrs_avg=number))
        return checking_in.submit(house, token, sent, now=clock_now)

    at_once(6, send)
    kept = stored(house, rosa)
    assert [one.version for one in kept] == [1, 2, 3, 4, 5, 6]
    assert {one.answers.nrs_avg for one in kept} == set(range(6))


def test_a_page_that_sends_the_same_answers_again_stores_nothing_and_going_back_to_old_ones_does(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    for tablets in (1, 1, 2, 2, 1):
        sent = willow.submission(clock_now, willow.answers(tablets=tablets))
        checking_in.submit(house, token, sent, now=clock_now)
    assert [one.answers.tablets for one in stored(house, rosa)] == [1, 2, 1]


def test_a_submission_id_with_other_answers_is_refused(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    first = willow.submission(clock_now)
    checking_in.submit(house, token, first, now=clock_now)
    for other in (willow.answers(tablets=3), willow.answers(note="another word")):
        with pytest.raises(SubmissionReused):
            checking_in.submit(house, token, replace(first, answers=other), now=clock_now)
    assert len(stored(house, rosa)) == 1


def test_a_replay_is_answered_the_same_even_after_the_day_has_closed(
    house: House, token: str, clock_now: datetime
) -> None:
    sent = willow.submission(clock_now, willow.answers(nrs_avg=8))
    first = checking_in.submit(house, token, sent, now=clock_now)
    again = checking_in.submit(house, token, sent, now=clock_now + timedelta(days=9))
    assert again.repeated and again.body == first.body


def test_a_correction_is_a_second_version_and_its_flags_stay_open_with_a_word_on_them(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    bad = willow.submission(clock_now, willow.answers(nrs_avg=9, nrs_worst=9))
    checking_in.submit(house, token, bad, now=clock_now)
    raised = flags_of(house, rosa)
    assert raised
    later = clock_now + timedelta(minutes=5)
    for pain in (2, 1):
        sent = willow.submission(later, willow.answers(nrs_avg=pain))
        checking_in.submit(house, token, sent, now=later)
    assert [one.answers.nrs_avg for one in stored(house, rosa)] == [9, 2, 1]
    with house.store.read() as tx:
        happened = flags.events(tx, rosa.clinic_id, rosa.id)
    for rule, flag in flags_of(house, rosa).items():
        assert flag.state is FlagState.OPEN, f"{rule} was closed by the patient"
        kinds = [event.kind for event in happened[flag.id]]
        assert kinds == [EventKind.OPENED, EventKind.CORRECTED]


def test_a_finished_day_can_be_changed_until_the_next_prompt_and_then_no_more(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    checking_in.submit(house, token, willow.submission(clock_now), now=clock_now)
    prompt = datetime.combine(clock_now.date() + timedelta(days=1), time(9), UTC)
    just_before = prompt - timedelta(seconds=1)
    changed = willow.submission(just_before, willow.answers(tablets=1))
    checking_in.submit(house, token, changed, now=just_before)
    assert checking_in.open_day(house, token, just_before).answered
    with pytest.raises(DayClosed):
        checking_in.submit(house, token, willow.submission(prompt), now=prompt)
    with pytest.raises(DayClosed):
        checking_in.open_day(house, token, prompt)
    assert len(stored(house, rosa)) == 2


@pytest.mark.parametrize(("late_by", "taken"), [(timedelta(hours=71), True), (None, False)])
def test_what_a_phone_without_network_kept_is_taken_for_three_days_and_marked_late(
    house: House, rosa: Patient, token: str, clock_now: datetime, late_by: timedelta, taken: bool
) -> None:
    sent = willow.submission(clock_now)
    closes = checking_in.open_day(house, token, clock_now).window.changes_close_at
    if taken:
        checking_in.submit(house, token, sent, now=closes + late_by)
        assert [(one.late, one.answered_at) for one in stored(house, rosa)] == [(True, clock_now)]
    else:
        too_late = closes + checking_in.LATE_ALLOWANCE + timedelta(seconds=1)
        with pytest.raises(DayClosed):
            checking_in.submit(house, token, sent, now=too_late)
        assert stored(house, rosa) == ()


def test_a_device_that_says_it_answered_in_the_future_opens_nothing(
    house: House, token: str, clock_now: datetime
) -> None:
    later = clock_now + timedelta(days=2)
    with pytest.raises(DayClosed):
        checking_in.submit(house, token, willow.submission(later + timedelta(days=1)), now=later)


def test_a_day_that_has_not_begun_takes_nothing(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    token = willow.link_of(house, rosa, clock_now, clock_now.date() + timedelta(days=1))
    with pytest.raises(DayClosed):
        checking_in.open_day(house, token, clock_now)
    with pytest.raises(DayClosed):
        checking_in.submit(house, token, willow.submission(clock_now), now=clock_now)


@pytest.mark.parametrize("token", ["", "x", "a" * 22, "\x00", "\ud800" * 22])
def test_a_link_that_was_never_made_opens_nothing(
    house: House, rosa: Patient, clock_now: datetime, token: str
) -> None:
    with pytest.raises(LinkUnknown):
        checking_in.open_day(house, token, clock_now)
    with pytest.raises(LinkUnknown):
        checking_in.submit(house, token, willow.submission(clock_now), now=clock_now)


def test_a_revoked_link_takes_nothing(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    with house.store.begin() as tx:
        links.revoke(tx, rosa.id, clock_now)
    with pytest.raises(DayClosed):
        checking_in.submit(house, token, willow.submission(clock_now), now=clock_now)


def test_opening_a_link_changes_no_row_of_any_table(
    house: House, token: str, clock_now: datetime
) -> None:
    before = tables.fingerprint(house.store)
    for _ in range(3):
        checking_in.open_day(house, token, clock_now)
    assert tables.fingerprint(house.store) == before


@pytest.mark.parametrize(
    "step",
    [
        (checkins, "add"),
        (flags, "add"),
        (messages, "queue"),
        (prompts, "settle"),
        (audits, "record"),
    ],
)
def test_a_failure_at_any_step_leaves_nothing_at_all(
    house: House,
    token: str,
    clock_now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    step: tuple[Any, str],
) -> None:
    before = tables.fingerprint(house.store)
    module, name = step
    real = getattr(module, name)

    def fails_after_its_work(*given: Any, **named: Any) -> Any:
        real(*given, **named)
        raise RuntimeError("the machine stopped here")

    monkeypatch.setattr(module, name, fails_after_its_work)
    bad = willow.submission(clock_now, willow.answers(nrs_avg=9))
    with pytest.raises(RuntimeError):
        checking_in.submit(house, token, bad, now=clock_now)
    assert tables.fingerprint(house.store) == before
    monkeypatch.undo()
    checking_in.submit(house, token, bad, now=clock_now)
    assert all(tables.count(house.store, table) for table in WRITTEN)


def test_answering_settles_the_prompt_and_calls_off_what_was_to_be_sent(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    checking_in.submit(house, token, willow.submission(clock_now), now=clock_now)
    until = clock_now + timedelta(minutes=1)
    with house.store.begin() as tx:
        states = [one.state for one in prompts.of_patient(tx, rosa.id)]
        claimed = messages.claim(tx, "a worker", clock_now, until=until, limit=10)
    assert states == [PromptState.ANSWERED]
    assert rosa.id not in {one.patient_id for one in claimed}
    prompting.tick(house, clock_now)
    with house.store.read() as tx:
        sent = [one.state for one in messages.of_patient(tx, rosa.clinic_id, rosa.id)]
    assert sent == [MessageState.CANCELLED]


def test_every_sending_leaves_an_audit_row_with_old_and_new_values(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    checking_in.submit(house, token, willow.submission(clock_now), now=clock_now)
    corrected = willow.submission(clock_now, willow.answers(tablets=2, note="I miscounted"))
    checking_in.submit(house, token, corrected, now=clock_now)
    with house.store.read() as tx:
        lines = audits.lines_of_patient(tx, rosa.clinic_id, rosa.id)
        assert audits.fault_in_chain(tx, rosa.clinic_id) is None
    sent, correction = lines[-2:]
    assert (sent.action, correction.action) == ("check-in.send", "check-in.correct")
    assert sent.values["old"] is None and sent.values["new"]["tablets"] == 0
    assert (correction.values["old"]["tablets"], correction.values["new"]["tablets"]) == (0, 2)
    assert correction.actor == f"patient:{rosa.id}"


def test_an_earlier_day_is_judged_without_the_later_ones(
    house: House, rosa: Patient, token: str, clock_now: datetime
) -> None:
    """A late delivery of yesterday is not compared with today."""
    checking_in.submit(house, token, willow.submission(clock_now), now=clock_now)
    yesterday = clock_now - timedelta(days=1)
    old_link = willow.link_of(house, rosa, yesterday)
    calm = willow.submission(yesterday, willow.answers(nrs_avg=2))
    receipt = checking_in.submit(house, old_link, calm, now=clock_now)
    assert receipt.body["pod"] == 2
    assert [one.pod for one in stored(house, rosa)] == [2, 3]


@pytest.mark.parametrize(
    ("table", "column"), [("check_in", "pod"), ("flag_event", "kind"), ("audit", "action")]
)
@pytest.mark.parametrize(
    "change", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"]
)
def test_the_database_itself_refuses_to_change_what_was_reported(
    house: House, token: str, clock_now: datetime, table: str, column: str, change: str
) -> None:
    urgent = willow.submission(clock_now, willow.answers(nrs_avg=9, nrs_worst=9))
    checking_in.submit(house, token, urgent, now=clock_now)
    statement = change.format(table=table, column=column)
    before = tables.count(house.store, table)
    with pytest.raises((StoreUnavailable, AlreadyThere)), house.store.begin() as tx:
        tx.connection.exec_driver_sql(statement)
    assert tables.count(house.store, table) == before > 0
