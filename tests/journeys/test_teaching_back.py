"""What did not come across of the reading reaches her clinic before the day; nobody else's does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import place
from tests.tables import fingerprint
from webapp.journeys import linking, preparing, recovering
from webapp.journeys.marking_read import Proof
from webapp.journeys.teaching_back import (
    Clarity,
    Given,
    NoSuchQuestion,
    answer,
    ideas_of,
    unclear_before_the_day,
)
from webapp.store import audits, diaries, messages, patients

ASKED = "mastectomy"
QUESTION = "no-promise"
RIGHT, WRONG = "often-little", "none-at-all"


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


@pytest.fixture
def rosa(harbor):
    """Her procedure is in five days."""
    return harbor.enrol(days_ago=0, procedure_date=str(harbor.now.date() + timedelta(days=5)))


def link_of(harbor, who):
    day = harbor.now.date() + timedelta(days=6)
    made = linking.make_link(harbor.house, who, day, now=harbor.now)
    return made.address.rsplit("/", 1)[1]


def say(harbor, proof, choice, *, again=False, question=QUESTION, pathway=ASKED):
    given = Given(pathway, question, choice, again)
    return answer(harbor.house, proof, given, now=harbor.now)


def clarity(harbor, who):
    with harbor.house.store.read() as tx:
        patient = patients.load(tx, harbor.clinic.id, who)
    return {one.question.id: one.clarity for one in ideas_of(harbor.desk, patient)}


def test_an_idea_that_did_not_come_across_is_on_her_page_and_on_the_clinics_list(harbor, rosa):
    proof = Proof(link=link_of(harbor, rosa))
    heard = say(harbor, proof, WRONG)
    assert (heard.understood, heard.clinic) == (False, harbor.clinic)
    assert clarity(harbor, rosa)[QUESTION] is Clarity.UNCLEAR
    (one,) = unclear_before_the_day(harbor.desk)
    assert (one.patient.id, [idea.id for idea in one.ideas]) == (rosa, [QUESTION])


def test_other_words_that_helped_are_told_apart_from_the_first(harbor, rosa):
    proof = Proof(link=link_of(harbor, rosa))
    say(harbor, proof, WRONG)
    say(harbor, proof, RIGHT, again=True)
    say(harbor, proof, "two-days", question="two-clocks")
    found = clarity(harbor, rosa)
    assert found[QUESTION] is Clarity.CLEAR_AFTER_OTHER_WORDS
    assert found["two-clocks"] is Clarity.CLEAR
    assert found["tell-them-first"] is Clarity.NOT_ASKED
    assert unclear_before_the_day(harbor.desk) == ()


def test_of_somebody_unknown_nothing_is_stored(harbor, rosa):
    before = fingerprint(harbor.house.store)
    for proof in (Proof(), Proof(link="nonsense"), Proof(link="A" * 43, diary="x")):
        assert say(harbor, proof, WRONG).clinic is None
    assert fingerprint(harbor.house.store) == before


def test_an_open_diary_speaks_for_her_as_well(harbor, rosa):
    with harbor.house.store.begin() as tx:
        diary = diaries.start(tx, rosa, harbor.now, harbor.now + timedelta(minutes=30))
    assert say(harbor, Proof(diary=diary), WRONG).clinic == harbor.clinic


def test_the_trail_tells_her_choice_only_under_her_own_key(harbor, rosa):
    say(harbor, Proof(link=link_of(harbor, rosa)), WRONG)
    with harbor.house.store.read() as tx:
        lines = audits.lines_of_patient(tx, harbor.clinic.id, rosa)
    (deed,) = [line for line in lines if line.action == "teach-back.answer"]
    assert QUESTION not in f"{deed.subject} {deed.actor}"
    assert deed.values == {"new": {"question": QUESTION, "choice": WRONG}}


def test_questions_of_another_treatment_are_not_hers(harbor, rosa):
    proof = Proof(link=link_of(harbor, rosa))
    assert say(harbor, proof, "surely", question="may-not-help", pathway="knee").clinic is None
    assert clarity(harbor, rosa) == {}


def test_once_the_day_is_over_nobody_is_on_the_list(harbor, rosa):
    say(harbor, Proof(link=link_of(harbor, rosa)), WRONG)
    later = harbor.desk_of(harbor.sam, harbor.now + timedelta(days=6))
    assert unclear_before_the_day(later) == ()


def test_another_clinic_sees_nothing_of_it(harbor, rosa, house, clock_now):
    say(harbor, Proof(link=link_of(harbor, rosa)), WRONG)
    other = place(house, clock_now, "Other Clinic")
    assert unclear_before_the_day(other.desk) == ()
    patient = recovering.recovery(harbor.desk, rosa).patient
    assert ideas_of(other.desk, patient) == ()


@pytest.mark.parametrize(
    ("pathway", "question", "choice"),
    [("ankle", QUESTION, RIGHT), (ASKED, "no-such", RIGHT), (ASKED, QUESTION, "no-such")],
)
def test_what_nobody_asked_is_not_an_answer(harbor, pathway, question, choice):
    with pytest.raises(NoSuchQuestion):
        say(harbor, Proof(), choice, question=question, pathway=pathway)


def sent_before(harbor, who):
    with harbor.house.store.read() as tx:
        found = messages.of_patient(tx, harbor.clinic.id, who)
    return [one for one in found if one.purpose == preparing.PURPOSE]


def test_whoever_is_enrolled_before_her_day_is_sent_the_reading_once(harbor, rosa):
    (message,) = sent_before(harbor, rosa)
    assert message.local_day == harbor.now.date() + timedelta(days=6)
    assert message.not_after == harbor.now + timedelta(days=5)


def test_after_the_day_there_is_nothing_to_prepare(harbor):
    assert sent_before(harbor, harbor.enrol(days_ago=3)) == []
