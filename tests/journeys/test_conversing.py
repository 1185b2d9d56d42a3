"""The chat: danger reaches a human, words stay sealed, nothing waits for the store."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import tables
from tests.factories import CALM, place
from webapp.domain.chat import Kind, Reply
from webapp.domain.checkin import Answers
from webapp.domain.flag import Severity
from webapp.domain.review import EventKind, FlagState, Outcome
from webapp.domain.turn import MOST_LETTERS, Feedback, TurnOutcome
from webapp.journeys import (
    caring,
    checking_in,
    conversing,
    following_up,
    linking,
    listening,
    reviewing,
)
from webapp.journeys.checking_in import Submission
from webapp.journeys.conversing import NotOffered, SwitchedOff, TooMany
from webapp.journeys.desk import NotHere
from webapp.journeys.recognising import Keys
from webapp.store import clinics, turns
from webapp.store.engine import StoreUnavailable


def given(kind, topic=None, alternatives=(), rules=(), values=None):
    """What the chat's engine would say."""
    return Reply(Kind(kind), "en", topic, alternatives, rules, values or {})


BREATHLESS = given("urgent", "short-of-breath", rules=("R01-breathing-chest",))
CRISIS = given("urgent", "suicidal-thoughts", rules=("R05-self-harm",))
NUMB = given("answer", "numbness")
CHOICES = given("choose", alternatives=("numbness", "protect-numb-skin"))
NUMBERS = given("checkin", values={"pain": 4.0, "tablets": 2.0})
DECLINED = given("decline")
HERE = Keys("en", "198.51.100.7")


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


@pytest.fixture
def rosa(harbor):
    return harbor.enrol()


@pytest.fixture
def hers(house, rosa, clock_now):
    """The keys of a browser that holds Rosa's link of today."""
    made = linking.make_link(house, rosa, None, now=clock_now)
    return replace(HERE, link=made.address.rsplit("/", 1)[1])


@pytest.fixture
def say(house, clock_now):
    """Say something to an engine that gives this reply."""

    def say(reply, keys=HERE, words="words that only she knows", now=None):
        return conversing.say(house, keys, words, ask=lambda *_: reply, now=now or clock_now)

    return say


def open_flags(harbor):
    return reviewing.inbox(harbor.desk).lines


def test_urgent_words_of_a_known_patient_raise_a_flag_named_after_the_turn(
    house, say, hers, rosa, clock_now, harbor
):
    said = say(BREATHLESS, hers)
    (line,) = open_flags(harbor)
    assert said.kept and said.turn.outcome is TurnOutcome.URGENT_FLAGGED
    assert said.turn.flags == (line.flag.id,)
    assert (line.flag.raised_by, line.flag.rule) == (
        f"chat:{said.turn.id}",
        "R01-breathing-chest",
    )
    assert (line.flag.patient_id, line.flag.pod) == (rosa, 3)
    assert tables.count(house.store, "message") == 2, "each clinician is told"


def test_the_same_words_again_the_same_day_fold_into_the_open_flag(
    house, say, hers, clock_now, harbor
):
    first, second = say(BREATHLESS, hers), say(BREATHLESS, hers)
    assert len(open_flags(harbor)) == 1
    assert second.turn.outcome is TurnOutcome.URGENT_SEEN_AGAIN
    assert second.turn.flags == first.turn.flags


def test_urgent_words_of_a_stranger_are_kept_and_raise_no_flag(house, say, harbor, clock_now):
    said = say(BREATHLESS)
    assert (said.turn.outcome, said.turn.patient_id) == (TurnOutcome.URGENT_TOLD, None)
    assert open_flags(harbor) == ()


def test_crisis_words_have_an_outcome_of_their_own(house, say, hers, clock_now, harbor):
    assert say(CRISIS).turn.outcome is TurnOutcome.CRISIS_TOLD
    assert say(CRISIS, hers).turn.outcome is TurnOutcome.CRISIS_FLAGGED
    assert [line.flag.rule for line in open_flags(harbor)] == ["R05-self-harm"]


def test_a_rule_that_needs_numbers_nobody_knows_is_flagged_all_the_same(
    house, say, hers, clock_now, harbor
):
    say(given("urgent", rules=("R12-sedative-mix",)), hers)
    assert [line.flag.rule for line in open_flags(harbor)] == ["R12-sedative-mix"]


@pytest.mark.parametrize(
    ("topic", "rule"),
    [("short-of-breath", "R01-breathing-chest"), (None, "R28-data-or-unclear")],
)
def test_words_that_only_sound_dangerous_are_flagged_as_urgent_too(say, hers, harbor, topic, rule):
    say(given("urgent", topic), hers)
    assert [(line.flag.rule, line.flag.severity) for line in open_flags(harbor)] == [
        (rule, Severity.URGENT)
    ]


def test_a_check_in_corrected_later_does_not_take_back_what_the_chat_was_told(
    house, say, hers, clock_now, harbor
):
    say(BREATHLESS, hers)
    for pain in (2, 1):
        said = Answers(**{**CALM, "nrs_avg": pain})
        sent = Submission(str(pain) * 8, said, clock_now, "page")
        checking_in.submit(house, hers.link, sent, now=clock_now)
    (line,) = open_flags(harbor)
    assert line.last_kind is EventKind.OPENED


def test_a_link_that_was_taken_back_makes_nobody_known(house, say, hers, rosa, clock_now, harbor):
    caring.stop(harbor.desk, rosa)
    assert say(BREATHLESS, hers).turn.patient_id is None


def test_act_now_words_are_given_even_if_the_store_is_away(house, say, harbor, monkeypatch):
    def away(*_, **__):
        raise StoreUnavailable("gone")

    monkeypatch.setattr(turns, "add", away)
    said = say(BREATHLESS)
    assert (said.kept, said.turn.kind) == (False, "urgent")


def test_the_turn_its_flag_and_its_audit_row_come_together_or_not_at_all(
    house, say, hers, monkeypatch, clock_now, harbor
):
    before = tables.count(house.store, "audit")
    with monkeypatch.context() as broken:
        broken.setattr(conversing.audits, "record", _fails)
        assert not say(BREATHLESS, hers).kept
    assert tables.count(house.store, "chat_turn") == 0
    assert open_flags(harbor) == ()
    say(BREATHLESS, hers)
    assert tables.count(house.store, "audit") == before + 1


def _fails(*_, **__):
    raise StoreUnavailable("gone")


def test_words_are_sealed_and_a_strangers_open_for_her_clinic_only(house, say, harbor, clock_now):
    place(house, clock_now, "Birch")
    alone = say(DECLINED)
    assert alone.turn.clinic_id is None, "with two clinics nobody knows whose visitor she is"
    assert "only she knows" not in repr(tables.rows(house.store)["chat_turn"])


def test_a_patients_words_go_with_her_key(house, say, hers, rosa, clock_now, harbor):
    say(DECLINED, hers)
    desk = harbor.desk
    assert [one.words for one in listening.listen(desk).questions] == ["words that only she knows"]
    tables.execute(
        house.store,
        "UPDATE patient_secret SET wrapped_key = NULL WHERE patient_id = :id",
        id=rosa,
    )
    assert [one.words for one in listening.listen(desk).questions] == [""]


def test_words_are_destroyed_after_ninety_days_and_the_outcome_stays(house, say, harbor, clock_now):
    say(DECLINED)
    later = clock_now + conversing.WORDS_KEPT_FOR + timedelta(days=1)
    say(NUMB, now=later)
    kept = tables.rows(house.store)["chat_turn"]
    assert len(kept) == 2
    with house.store.read() as tx:
        counts = turns.tally(tx, harbor.clinic.id, clock_now)
        old = turns.unanswered(tx, harbor.clinic.id, clock_now, 9)
    assert counts[TurnOutcome.DECLINED] == 1
    assert [one.words for one in old] == [""]


def test_the_list_holds_what_was_not_answered_and_what_did_not_help(house, say, harbor, clock_now):
    say(DECLINED, words="may I fly")
    say(NUMB, words="why numb")
    bad = say(NUMB, words="not this").turn
    conversing.rate(house, bad.id, Feedback.NO_ANSWER, now=clock_now)
    heard = listening.listen(harbor.desk)
    assert {one.words for one in heard.questions} == {"may I fly", "not this"}
    assert heard.tally.counts == {TurnOutcome.DECLINED: 1, TurnOutcome.ANSWERED: 2}


def test_a_question_is_handled_once_and_only_by_its_own_clinic(house, say, harbor, clock_now):
    turn = say(DECLINED).turn
    stranger = place(house, clock_now, "Birch").sam
    with pytest.raises(NotHere):
        listening.handle(harbor.desk_of(stranger), turn.id)
    desk = harbor.desk
    before = tables.count(house.store, "audit")
    listening.handle(desk, turn.id)
    listening.handle(desk, turn.id)
    assert listening.listen(desk).questions == ()
    assert tables.count(house.store, "audit") == before + 1


def test_another_clinic_hears_nothing_of_it(house, say, hers, clock_now):
    birch = place(house, clock_now, "Birch")
    say(DECLINED, hers)
    heard = listening.listen(birch.desk)
    assert (heard.questions, heard.tally.total) == ((), 0)


def test_more_than_sixty_questions_a_minute_are_refused_but_never_urgent_ones(
    house, say, hers, clock_now, harbor
):
    for _ in range(conversing.MOST_A_MINUTE):
        say(NUMB)
    with pytest.raises(TooMany):
        say(NUMB)
    assert not say(BREATHLESS).kept, "told to act now, but not kept for a stranger"
    assert say(BREATHLESS, hers).kept
    assert len(open_flags(harbor)) == 1
    assert say(NUMB, replace(HERE, address="203.0.113.9")).kept
    assert say(NUMB, now=clock_now + timedelta(minutes=1)).kept


def test_addresses_are_not_stored(house, say, harbor):
    say(NUMB)
    assert HERE.address not in repr(tables.rows(house.store))


def test_a_chat_that_is_switched_off_answers_nobody(house, say, harbor, hers):
    with house.store.begin() as tx:
        clinics.change(tx, replace(harbor.clinic, chat_on=False))
    for keys in (HERE, hers):
        with pytest.raises(SwitchedOff):
            say(NUMB, keys)
    assert tables.count(house.store, "chat_turn") == 0


def test_a_question_that_is_too_long_is_kept_for_the_author_unless_it_is_urgent(say, harbor):
    long = "a" * (MOST_LETTERS + 1)
    assert say(NUMB, words=long).turn.outcome is TurnOutcome.TOO_LONG
    assert say(BREATHLESS, words=long).turn.kind == "urgent"


def test_numbers_are_read_back_to_anybody_and_offered_to_whom_we_know(say, hers):
    assert say(NUMBERS).turn.outcome is TurnOutcome.READ_BACK_ONLY
    assert say(NUMBERS, hers).turn.outcome is TurnOutcome.READ_BACK


def test_only_what_was_offered_can_be_chosen(house, say, harbor, clock_now):
    offered = say(CHOICES).turn
    said = conversing.choose(house, HERE, offered.id, "numbness", now=clock_now)
    english = house.library.topics["numbness"].english
    assert (said.turn.outcome, said.turn.passage) == (TurnOutcome.CHOSEN, english.name)
    for turn_id, topic in ((offered.id, "scars"), ("no such turn", "numbness")):
        with pytest.raises(NotOffered):
            conversing.choose(house, HERE, turn_id, topic, now=clock_now)


def test_whether_she_has_called_is_noted_once_and_the_flag_stays_open(
    house, say, hers, clock_now, harbor
):
    turn = say(BREATHLESS, hers).turn
    following_up.say_called(house, turn.id, called=False, now=clock_now)
    following_up.say_called(house, turn.id, called=True, now=clock_now)
    (line,) = open_flags(harbor)
    assert (line.flag.state, line.last_kind) == (FlagState.OPEN, EventKind.NOTED)
    with house.store.read() as tx:
        assert turns.by_id(tx, turn.id).called is False
    assert tables.count(house.store, "flag_event") == 2


def test_two_at_one_flag_at_once_lose_nothing(house, say, hers, clock_now, harbor):
    """A nurse closes the flag while the patient says that she has called."""
    turn = say(BREATHLESS, hers).turn
    desk = harbor.desk
    steps = (
        lambda: reviewing.close(desk, turn.flags[0], outcome=Outcome.PHONED),
        lambda: following_up.say_called(house, turn.id, called=True, now=clock_now),
    )
    threads = [threading.Thread(target=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tables.count(house.store, "flag_event") == 3
    assert open_flags(harbor) == ()


def test_nobody_is_asked_whether_she_called_about_a_calm_answer(house, say, harbor, clock_now):
    assert following_up.say_called(house, say(NUMB).turn.id, called=True, now=clock_now) is None
    assert following_up.say_called(house, "no such turn", called=True, now=clock_now) is None


def test_words_older_than_they_are_kept_for_are_destroyed_without_anybody_asking(
    house, say, clock_now
):
    say(DECLINED)
    a_day_before = clock_now + conversing.WORDS_KEPT_FOR - timedelta(days=1)
    assert conversing.forget_old_words(house, a_day_before) == 0
    assert conversing.forget_old_words(house, a_day_before + timedelta(days=2)) == 1
    assert conversing.forget_old_words(house, a_day_before + timedelta(days=3)) == 0
