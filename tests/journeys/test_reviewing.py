"""What the inbox promises: the gravest first, nothing lost, nobody else's, one owner at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.factories import CALM, SORE, URGENT, place
from webapp.domain.flag import Severity
from webapp.domain.review import EventKind, FlagState, Outcome
from webapp.journeys import prompting, recovering, reviewing
from webapp.journeys.desk import NotHere
from webapp.journeys.recovering import DayStatus
from webapp.journeys.reviewing import TakenAlready
from webapp.store import audits, flags


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


@pytest.fixture
def breathless(harbor):
    """A patient with an urgent flag of today; gives the flag."""
    harbor.report(harbor.enrol(), **URGENT)
    return reviewing.inbox(harbor.desk).lines[0].flag


def rules(found):
    return [line.flag.rule for line in found.lines]


def test_an_empty_inbox_is_empty_and_one_page_long(harbor):
    found = reviewing.inbox(harbor.desk)
    assert (found.lines, found.silent, found.pages, sum(found.counts.values())) == ((), (), 1, 0)


def test_a_calm_answer_raises_nothing(harbor):
    harbor.report(harbor.enrol(), **CALM)
    assert reviewing.inbox(harbor.desk).lines == ()


def test_the_gravest_come_first_and_among_equals_the_nearest_target(harbor):
    sore, early, late = (harbor.enrol(name) for name in ("Sore", "Early", "Late"))
    harbor.report(sore, days_ago=1, **SORE)
    harbor.report(late, **URGENT)
    harbor.report(early, at=harbor.now - timedelta(hours=2), **URGENT)
    harbor.report(sore, **SORE)
    found = reviewing.inbox(harbor.desk)
    assert [line.contact.name for line in found.lines[:2]] == ["Early", "Late"]
    ranks = [line.flag.severity.rank for line in found.lines]
    assert ranks == sorted(ranks)
    assert {line.contact.name for line in found.lines[2:]} == {"Sore"}
    assert found.counts[Severity.URGENT] == 2


def test_a_line_shows_the_day_the_days_before_and_what_the_patient_was_told(harbor):
    patient = harbor.enrol(days_ago=4)
    for days_ago, pain in ((3, 1), (2, 2), (1, 3)):
        harbor.report(patient, days_ago=days_ago, **{**CALM, "nrs_avg": pain, "nrs_worst": 4})
    harbor.report(patient, **URGENT)
    line = reviewing.inbox(harbor.desk).lines[0]
    assert line.today.effects == ("breathless",)
    assert [(pod, answers.nrs_avg) for pod, answers in line.previous] == [(3, 3), (2, 2)]
    assert line.flag.told.startswith(f"{line.flag.advice}@en#")
    assert line.told_title == harbor.house.library.topics[line.flag.advice].english.title


def test_acknowledging_takes_the_flag_and_keeps_it_in_the_inbox(harbor, breathless):
    reviewing.acknowledge(harbor.desk, breathless.id)
    (line,) = reviewing.inbox(harbor.desk_of(harbor.ada)).lines
    assert line.flag.state is FlagState.ACKNOWLEDGED
    assert (line.last_by.name, line.last_step.at) == ("Sam Okafor", harbor.now)


def test_closing_takes_it_out_and_keeps_outcome_and_note(harbor, breathless):
    note = "Rang her: breathing is easy again."
    reviewing.close(harbor.desk, breathless.id, outcome=Outcome.PHONED, note=note)
    assert reviewing.inbox(harbor.desk).lines == ()
    found = recovering.recovery(harbor.desk, breathless.patient_id)
    (closed,) = found.closed_flags
    last = closed.events[-1]
    assert (last.kind, last.outcome, last.note) == (EventKind.CLOSED, Outcome.PHONED, note)


def test_a_second_clinician_is_told_by_name_who_was_first(harbor, breathless):
    reviewing.acknowledge(harbor.desk, breathless.id)
    later = harbor.desk_of(harbor.ada, harbor.now + timedelta(minutes=5))
    with pytest.raises(TakenAlready) as told:
        reviewing.acknowledge(later, breathless.id)
    assert (told.value.by.name, told.value.at) == ("Sam Okafor", harbor.now)


def test_a_note_in_between_does_not_hide_who_took_the_flag(harbor, breathless):
    reviewing.acknowledge(harbor.desk, breathless.id)
    reviewing.add_note(harbor.desk_of(harbor.ada), breathless.id, "I know her, ask me.")
    with pytest.raises(TakenAlready) as told:
        reviewing.acknowledge(harbor.desk_of(harbor.ada), breathless.id)
    assert told.value.by.name == "Sam Okafor"
    assert reviewing.line_of(harbor.desk, breathless.id).last_by.name == "Sam Okafor"


def test_a_closed_flag_cannot_be_closed_again_but_takes_a_note(harbor, breathless):
    reviewing.close(harbor.desk, breathless.id, outcome=Outcome.PHONED)
    with pytest.raises(TakenAlready):
        reviewing.close(harbor.desk_of(harbor.ada), breathless.id, outcome=Outcome.SEEN)
    reviewing.add_note(harbor.desk, breathless.id, "Wrote to her surgeon.")
    found = recovering.recovery(harbor.desk, breathless.patient_id)
    assert [event.kind for event in found.events[breathless.id]] == [
        EventKind.OPENED,
        EventKind.CLOSED,
        EventKind.NOTED,
    ]


def test_of_two_clinicians_at_the_same_moment_exactly_one_takes_the_flag(harbor, breathless):
    ready, outcome = threading.Barrier(2), {}

    def take(person):
        ready.wait()
        try:
            reviewing.acknowledge(harbor.desk_of(person), breathless.id)
            outcome[person.name] = "took it"
        except TakenAlready as taken:
            outcome[person.name] = taken.by.name

    threads = [threading.Thread(target=take, args=[one]) for one in (harbor.sam, harbor.ada)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    (winner,) = [name for name, what in outcome.items() if what == "took it"]
    (loser,) = [name for name in outcome if name != winner]
    assert outcome[loser] == winner
    with harbor.house.store.read() as tx:
        happened = flags.events(tx, harbor.clinic.id, breathless.patient_id)[breathless.id]
    assert [event.kind for event in happened] == [EventKind.OPENED, EventKind.ACKNOWLEDGED]


def test_every_step_leaves_exactly_one_audit_row_with_old_and_new(harbor, breathless):
    def deeds():
        with harbor.house.store.read() as tx:
            return audits.lines_of_patient(tx, harbor.clinic.id, breathless.patient_id)

    before = len(deeds())
    reviewing.acknowledge(harbor.desk, breathless.id)
    reviewing.add_note(harbor.desk, breathless.id, "hm")
    reviewing.close(harbor.desk, breathless.id, outcome=Outcome.SEEN)
    new = deeds()[before:]
    assert [line.action for line in new] == ["flag.acknowledge", "flag.note", "flag.close"]
    assert {line.actor for line in new} == {f"staff:{harbor.sam.id}"}
    assert (new[0].values["old"], new[0].values["new"]) == ("open", "acknowledged")


def test_another_clinic_sees_nothing_and_can_do_nothing(harbor, breathless):
    stranger = place(harbor.house, harbor.now, "Other Clinic").desk
    assert reviewing.inbox(stranger).lines == ()
    assert recovering.roster(stranger) == ()
    steps = (
        lambda: reviewing.acknowledge(stranger, breathless.id),
        lambda: reviewing.close(stranger, breathless.id, outcome=Outcome.SEEN),
        lambda: reviewing.add_note(stranger, breathless.id, "hello"),
        lambda: reviewing.line_of(stranger, breathless.id),
        lambda: recovering.recovery(stranger, breathless.patient_id),
    )
    for step in steps:
        with pytest.raises(NotHere):
            step()
    assert reviewing.line_of(harbor.desk, breathless.id).flag.state is FlagState.OPEN


def live_on(harbor, days):
    """The clock runs each hour for some days; gives a desk at the end of them."""
    for hour in range(1, days * 24 + 1):
        prompting.tick(harbor.house, harbor.now + timedelta(hours=hour))
    return harbor.desk_of(harbor.sam, harbor.now + timedelta(days=days))


def test_who_stops_answering_is_found_in_one_list_or_the_other(harbor):
    patient = harbor.enrol()
    prompting.tick(harbor.house, harbor.now)
    harbor.report(patient, **CALM)
    desk = live_on(harbor, 4)
    found = reviewing.inbox(desk)
    named = {line.patient.id for line in (*found.lines, *found.silent)}
    assert patient in named
    for line in found.lines:
        reviewing.close(desk, line.flag.id, outcome=Outcome.NOT_REACHED)
    (silent,) = reviewing.inbox(desk).silent
    assert silent.patient.id == patient
    assert silent.missed >= harbor.house.library.silence_after
    assert silent.last_answered == harbor.now.date()


def test_a_missed_day_is_shown_as_missed_and_a_corrected_one_as_corrected(harbor):
    patient = harbor.enrol(days_ago=1)
    prompting.tick(harbor.house, harbor.now)
    harbor.report(patient, **CALM, note="slept on my side")
    harbor.report(patient, **{**CALM, "nrs_avg": 2}, note="slept on my back")
    found = recovering.recovery(live_on(harbor, 3), patient)
    by_pod = {day.pod: day for day in found.days}
    assert by_pod[1].status is DayStatus.ANSWERED
    assert (by_pod[1].versions, by_pod[1].note) == (2, "slept on my back")
    assert by_pod[2].status is DayStatus.MISSED
    assert by_pod[2].check_in is None
    assert [sent.purpose for sent in by_pod[2].sendings] == ["check-in", "reminder"]


def test_looking_at_a_patient_is_written_down(harbor, breathless):
    recovering.recovery(harbor.desk, breathless.patient_id)
    deeds = recovering.recovery(harbor.desk, breathless.patient_id).deeds
    assert [line.action for line in deeds[:2]] == ["patient.view", "patient.view"]


def test_the_list_finds_a_patient_by_any_part_of_the_name(harbor):
    for name in ("Rosa Maria Lopez", "Grace Hopper"):
        harbor.enrol(name)
    assert len(recovering.roster(harbor.desk)) == 2
    (found,) = recovering.roster(harbor.desk, "lop ROSA")
    assert found.contact.name == "Rosa Maria Lopez"
    assert recovering.roster(harbor.desk, "zz") == ()
