"""Whoever is due is asked once a day, reminded once, and her silence is noticed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from tests import tables, willow
from webapp.domain.person import Patient, PatientStatus
from webapp.journeys import checking_in, foreseeing, linking, prompting
from webapp.journeys.house import House
from webapp.journeys.linking import NoLink
from webapp.store import beats, messages, patients, prompts
from webapp.store.messages import MessageState
from webapp.store.prompts import PromptState

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def rosa(house: House) -> Patient:
    """Asked each day at nine; enrolled the evening before her first day."""
    willow.open_clinic(house, NINE, willow.WILLOW, willow.SAM)
    evening = NINE - timedelta(hours=14)
    return willow.admit(house, willow.patient(evening.date()), evening)


def purposes(house: House, who: Patient) -> list[str]:
    with house.store.read() as tx:
        return [one.purpose for one in messages.of_patient(tx, who.clinic_id, who.id)]


def states(house: House, who: Patient) -> list[PromptState]:
    with house.store.read() as tx:
        return [one.state for one in prompts.of_patient(tx, who.id)]


def test_nobody_is_asked_before_her_time(house: House, rosa: Patient) -> None:
    prompting.tick(house, NINE - timedelta(seconds=1))
    assert purposes(house, rosa) == []
    prompting.tick(house, NINE)
    assert purposes(house, rosa) == ["check-in"]


def test_any_number_of_ticks_ask_once_a_day(house: House, rosa: Patient) -> None:
    for minutes in range(0, 60 * 24 * 3, 30):
        prompting.tick(house, NINE + timedelta(minutes=minutes))
    assert len(states(house, rosa)) == 3
    assert purposes(house, rosa).count("check-in") == 3
    assert purposes(house, rosa).count("reminder") == 3


def test_many_clocks_at_once_ask_once(house: House, rosa: Patient) -> None:
    for _ in range(20):
        willow.admit(house, willow.patient(NINE.date() - timedelta(days=1)), NINE)
    gate, faults = threading.Barrier(4), []

    def run() -> None:
        gate.wait()
        try:
            for _ in range(3):
                prompting.tick(house, NINE)
        except Exception as fault:
            faults.append(fault)

    clocks = [threading.Thread(target=run) for _ in range(4)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()
    assert faults == []
    assert tables.count(house.store, "prompt") == tables.count(house.store, "message") == 21


def test_who_has_answered_is_not_reminded(house: House, rosa: Patient) -> None:
    prompting.tick(house, NINE)
    token = willow.link_of(house, rosa, NINE)
    checking_in.submit(house, token, willow.submission(NINE), now=NINE)
    for hours in range(24):
        prompting.tick(house, NINE + timedelta(hours=hours))
    assert "reminder" not in purposes(house, rosa)
    assert states(house, rosa) == [PromptState.ANSWERED]


def test_who_answered_before_she_was_asked_is_not_asked(house: House, rosa: Patient) -> None:
    early = NINE - timedelta(hours=2)
    token = willow.link_of(house, rosa, early)
    checking_in.submit(house, token, willow.submission(early), now=early)
    prompting.tick(house, NINE)
    assert purposes(house, rosa) == []
    assert states(house, rosa) == [PromptState.ANSWERED]


@pytest.mark.parametrize("status", [PatientStatus.PAUSED, PatientStatus.STOPPED])
def test_who_paused_or_stopped_gets_nothing(
    house: House, rosa: Patient, status: PatientStatus
) -> None:
    with house.store.begin() as tx:
        patients.change(tx, replace(rosa, status=status), next_due_at=NINE)
    for hours in range(0, 48, 3):
        prompting.tick(house, NINE + timedelta(hours=hours))
    assert purposes(house, rosa) == []


def test_a_clock_that_slept_four_days_sends_no_old_prompts(house: House, rosa: Patient) -> None:
    prompting.tick(house, NINE + timedelta(days=4, minutes=5))
    with house.store.read() as tx:
        sent = messages.of_patient(tx, rosa.clinic_id, rosa.id)
    assert [one.local_day for one in sent] == [(NINE + timedelta(days=4)).date()]


def test_a_prompt_that_waited_too_long_in_the_outbox_expires(house: House, rosa: Patient) -> None:
    prompting.tick(house, NINE)
    prompting.tick(house, NINE + timedelta(days=1))
    with house.store.read() as tx:
        first, *_ = messages.of_patient(tx, rosa.clinic_id, rosa.id)
    assert first.state is MessageState.EXPIRED


def test_a_day_without_an_answer_is_missed_and_audited(house: House, rosa: Patient) -> None:
    prompting.tick(house, NINE)
    done = prompting.tick(house, NINE + timedelta(days=1))
    assert done.closed == 1
    assert states(house, rosa)[0] is PromptState.MISSED


def test_a_failed_tick_leaves_no_beat(
    house: House, rosa: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(prompting, "close_days", fails)
    with pytest.raises(RuntimeError):
        prompting.tick(house, NINE)
    with house.store.read() as tx:
        assert beats.last(tx, beats.CLOCK) is None


def test_what_would_be_due_is_listed_in_order_and_writes_nothing(
    house: House, rosa: Patient
) -> None:
    tokyo = willow.patient(NINE.date(), timezone="Asia/Tokyo", prompt_time=time(8, 30))
    willow.admit(house, tokyo, NINE)
    before = tables.fingerprint(house.store)
    lines = list(foreseeing.due_lines(house, NINE, NINE + timedelta(days=2)))
    assert tables.fingerprint(house.store) == before
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    hers = [line for line in lines if line.patient == tokyo.id]
    assert [line.at.isoformat() for line in hers] == [
        "2026-11-21T08:30:00+09:00",
        "2026-11-22T08:30:00+09:00",
    ]
    assert [line.pod for line in hers] == [1, 2]


def test_a_link_by_hand_is_for_the_patients_own_day(house: House, rosa: Patient) -> None:
    made = linking.make_link(house, rosa.id, None, now=NINE)
    token = made.address.rsplit("/", 1)[1]
    assert made.day == NINE.date()
    assert checking_in.open_day(house, token, NINE).holder.patient.id == rosa.id


def test_no_link_is_made_for_nobody_or_before_the_procedure(house: House, rosa: Patient) -> None:
    with pytest.raises(NoLink, match="no patient"):
        linking.make_link(house, "nobody", None, now=NINE)
    with pytest.raises(NoLink, match="before the procedure"):
        linking.make_link(house, rosa.id, NINE.date() - timedelta(days=9), now=NINE)


def test_an_old_link_never_opens_a_new_day_it_only_sends_one_to_her_own_address(
    house: House, rosa: Patient
) -> None:
    old = willow.link_of(house, rosa, NINE)
    later = NINE + timedelta(days=2)
    for _ in range(3):
        linking.send_today(house, old, now=later)
    assert purposes(house, rosa) == ["today-link"], "asking again sent it again"
    assert linking.send_today(house, "x" * 22, now=later) is None
