"""A message goes out once, or it is said that it did not; nothing in it is anybody's health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests import tables, willow
from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.domain.person import Channel, Contact, Patient, PatientStatus
from webapp.journeys import checking_in, prompting, recording, sending, watching
from webapp.journeys.house import House
from webapp.store import messages, patients
from webapp.store.messages import MessageState, OutgoingMessage


@dataclass
class Post:
    """A channel that keeps what it is given and answers as it is told."""

    answers: Callable[[Letter], Fate] = lambda _: Fate.SENT
    given: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> Outcome:
        self.given.append(letter)
        return Outcome(self.answers(letter), "said so")

    def close(self) -> None:
        pass


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def rosa(house: House, clock_now: datetime) -> Iterator[Patient]:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM, willow.ADA)
    who = willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    yield who


def send(house: House, post: Post, now: datetime, name: str = "one") -> int:
    worker = sending.Worker(name, {Channel.EMAIL: lambda: post}, lambda: now)
    return sending.send_waiting(house, worker)


def message_of(house: House, who: Patient) -> OutgoingMessage:
    with house.store.read() as tx:
        (message,) = messages.of_patient(tx, who.clinic_id, who.id)
    return message


def test_a_message_is_sent_once_with_a_link_that_works(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    assert send(house, post, clock_now) == 1
    assert send(house, post, clock_now) == 0
    (letter,) = post.given
    assert message_of(house, rosa).state is MessageState.SENT
    link = next(word for word in letter.text.split() if "/check-in/" in word)
    token = link.rstrip(".").rsplit("/", 1)[1]
    assert checking_in.open_day(house, token, clock_now).holder.patient.id == rosa.id


def test_a_letter_says_nothing_about_health_and_only_the_name_she_chose(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    send(house, post, clock_now)
    (letter,) = post.given
    words = (letter.subject + letter.text).lower()
    for forbidden in ("diaz", "pain", "mastectomy", "breast", "surgery", "tablet", "opioid", "nrs"):
        assert forbidden not in words
    assert "Rosa" in letter.text


def test_what_certainly_did_not_go_out_is_tried_again_later(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    post.answers = lambda _: Fate.REFUSED_FOR_NOW
    send(house, post, clock_now)
    assert message_of(house, rosa).state is MessageState.QUEUED
    assert send(house, post, clock_now) == 0, "it was tried again at once"
    post.answers = lambda _: Fate.SENT
    send(house, post, clock_now + timedelta(hours=1))
    assert message_of(house, rosa).state is MessageState.SENT
    assert len(post.given) == 2


def test_what_is_refused_for_now_is_given_up_when_its_day_closes(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    post.answers = lambda _: Fate.REFUSED_FOR_NOW
    for hours in range(30):
        send(house, post, clock_now + timedelta(hours=hours))
    assert message_of(house, rosa).state in (MessageState.FAILED, MessageState.QUEUED)
    tries = len(post.given)
    assert tries <= recording.MOST_ATTEMPTS
    with house.store.begin() as tx:
        messages.expire(tx, clock_now + timedelta(days=2))
    send(house, post, clock_now + timedelta(days=2))
    assert len(post.given) == tries


@pytest.mark.parametrize(
    ("fate", "state"), [(Fate.UNSURE, MessageState.UNSURE), (Fate.REFUSED, MessageState.FAILED)]
)
def test_what_may_have_gone_out_or_never_will_is_never_sent_again(
    house: House, rosa: Patient, post: Post, clock_now: datetime, fate: Fate, state: MessageState
) -> None:
    post.answers = lambda _: fate
    send(house, post, clock_now)
    for hours in range(1, 6):
        later = clock_now + timedelta(hours=hours)
        with house.store.begin() as tx:
            messages.doubt_abandoned(tx, later)
        send(house, post, later)
    assert message_of(house, rosa).state is state
    assert len(post.given) == 1


def test_a_sender_killed_half_way_leaves_an_unsure_message_that_is_seen_and_not_resent(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    def die(_: Letter) -> Fate:
        raise KeyboardInterrupt

    post.answers = die
    with pytest.raises(KeyboardInterrupt):
        send(house, post, clock_now)
    assert message_of(house, rosa).state is MessageState.SENDING
    post.answers = lambda _: Fate.SENT
    later = clock_now + sending.CLAIM_FOR
    prompting.tick(house, later)
    send(house, post, later, "two")
    left = message_of(house, rosa)
    assert left.state is MessageState.UNSURE and left.fault
    assert len(post.given) == 1
    assert any("may not have gone out" in one.what for one in watching.troubles(house, later))


def test_a_channel_that_is_not_set_up_is_said_and_not_tried_for_ever(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    sending.send_waiting(house, sending.Worker("one", {}, lambda: clock_now))
    left = message_of(house, rosa)
    assert (left.state, left.fault) == (MessageState.FAILED, "the channel email is not set up")


def test_whoever_stopped_after_the_message_was_queued_gets_nothing(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    with house.store.begin() as tx:
        stopped = replace(rosa, status=PatientStatus.STOPPED)
        patients.change(tx, stopped, next_due_at=None)
    send(house, post, clock_now)
    assert post.given == []


def test_a_message_past_its_use_is_not_sent_late(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    closes = message_of(house, rosa).not_after
    assert send(house, post, closes) == 0
    assert post.given == []


def test_nobody_without_an_address_stops_the_others(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    nowhere = willow.patient(clock_now.date() - timedelta(days=2))
    willow.admit(house, nowhere, clock_now, Contact("No Address"))
    prompting.tick(house, clock_now)
    send(house, post, clock_now)
    assert message_of(house, nowhere).state is MessageState.FAILED
    assert message_of(house, rosa).state is MessageState.SENT


def test_a_clinic_whose_number_nobody_has_set_yet_writes_all_the_same(
    house: House, clock_now: datetime, post: Post
) -> None:
    """The first patient of a new database brings a clinic without a number."""
    bare = replace(willow.WILLOW, phone="", after_hours_phone="")
    willow.open_clinic(house, clock_now, bare)
    who = willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    send(house, post, clock_now)
    assert message_of(house, who).state is MessageState.SENT
    assert "your clinic" in post.given[0].text


def test_a_letter_that_cannot_be_written_keeps_no_other_waiting(
    house: House, rosa: Patient, post: Post, clock_now: datetime
) -> None:
    other = willow.patient_on_day(house, 2, clock_now)
    prompting.tick(house, clock_now)
    spoilt = "UPDATE message SET purpose = 'no-such' WHERE patient_id = :who"
    tables.execute(house.store, spoilt, who=rosa.id)
    send(house, post, clock_now)
    assert message_of(house, rosa).state is MessageState.FAILED
    assert message_of(house, other).state is MessageState.SENT


def test_waiting_grows_and_is_capped() -> None:
    waits = [recording.wait_before(attempts) for attempts in range(12)]
    assert waits[0] < waits[3] < waits[6]
    assert max(waits) <= timedelta(minutes=36)
