"""A patient answers by text message: heard once, read back, and stored on her yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from tests import tables, willow
from tests.journeys.test_sending import Post
from webapp.domain.chat import Kind, Reply
from webapp.domain.person import Channel, Contact, Patient, PatientStatus
from webapp.domain.topic import TopicId
from webapp.journeys import prompting, sending, texting
from webapp.journeys.house import House
from webapp.journeys.replying import Inbound
from webapp.store import checkins, flags, histories, patients
from webapp.store.checkins import StoredCheckIn

MOBILE = "+16175550123"
HEALTH = ("pain", "tablet", "sleep", "dolor", "surgery", "oxy", "breath", "chest")


class Chat:
    """An engine that understands what a test tells it to."""

    def __init__(self) -> None:
        self.knows: dict[str, Reply] = {}

    def __call__(self, house: House, words: str, lang: str) -> Reply:
        return self.knows.get(words, Reply(Kind.DECLINE, lang))


class Phone:
    """Her telephone: it texts, and keeps what it gets."""

    def __init__(self, house: House, who: Patient, now: datetime) -> None:
        self.house, self.who, self.now, self.chat = house, who, now, Chat()
        self.post, self._sent = Post(), 0
        self.worker = sending.Worker("one", {Channel.SMS: lambda: self.post}, lambda: self.now)

    def texts(self, words: str, ref: str = "", number: str = MOBILE) -> list[str]:
        """Send a text; what comes back."""
        self._sent += 1
        inbound = Inbound("twilio", ref or f"SM{self._sent}", number, words)
        texting.hear(self.house, inbound, now=self.now, ask=self.chat)
        return self.gets()

    def gets(self) -> list[str]:
        self.post.given.clear()
        sending.send_waiting(self.house, self.worker)
        return [letter.sms for letter in self.post.given]

    def stored(self) -> list[StoredCheckIn]:
        with self.house.store.read() as tx:
            return [
                found
                for one in histories.in_brief(tx, self.who.id)
                if (found := checkins.load(tx, self.who.id, one.id)) is not None
            ]

    def status(self) -> PatientStatus:
        with self.house.store.read() as tx:
            found = patients.load(tx, self.who.clinic_id, self.who.id)
        assert found is not None
        return found.status

    def flags(self) -> list[str]:
        with self.house.store.read() as tx:
            return [flag.rule for flag in flags.open_of_patient(tx, self.who.id)]


@pytest.fixture
def phone(house: House, clock_now: datetime) -> Phone:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM, willow.ADA)
    who = willow.patient(clock_now.date() - timedelta(days=3), channel=Channel.SMS)
    willow.admit(house, who, clock_now, Contact("Rosa Diaz", "Rosa", "", MOBILE))
    made = Phone(house, who, clock_now)
    prompting.tick(house, clock_now)
    made.gets()
    return made


@pytest.mark.parametrize(
    "words", ["4 2 1", "4,2,1", " 4  2  1. ", "p4 t2 s1", "P4T2S1", "P:4 T:2 S:1", "٤ ٢ ١"]
)
def test_the_whole_check_in_is_one_text_read_back_and_stored_on_a_yes(
    phone: Phone, words: str
) -> None:
    (asked,) = phone.texts(words)
    assert "you wrote 4 2 1" in asked and "YES" in asked
    assert phone.stored() == [], "it was stored before she said yes"
    (thanked,) = phone.texts("Yes!")
    assert "thank you" in thanked
    (stored,) = phone.stored()
    given = stored.answers
    assert (given.nrs_avg, given.tablets, given.sleep_trouble) == (4, 2, "a little")
    assert (given.nrs_worst, given.wakes, given.effects) == (None, None, None)
    assert stored.source == "sms"


def test_nothing_that_is_answered_says_a_word_about_health(phone: Phone) -> None:
    said = [
        *phone.texts("p4 t2 s1"),
        *phone.texts("yes"),
        *phone.texts("4 2"),
        *phone.texts("help"),
    ]
    assert len(said) == 4
    for text in said:
        assert not any(word in text.lower() for word in HEALTH), text
        assert "Rosa" not in text and "Diaz" not in text


def test_another_text_corrects_what_was_read(phone: Phone) -> None:
    phone.texts("4 2 1")
    (asked,) = phone.texts("5 2 1")
    assert "5 2 1" in asked
    phone.chat.knows["no, tablets 3"] = Reply(Kind.CHECK_IN, "en", values={"tablets": 3.0})
    (asked,) = phone.texts("no, tablets 3")
    assert "5 3 1" in asked
    phone.texts("YES")
    (stored,) = phone.stored()
    assert (stored.answers.nrs_avg, stored.answers.tablets) == (5, 3)


def test_after_a_yes_new_numbers_are_a_new_version(phone: Phone) -> None:
    for words in ("4 2 1", "yes", "6 2 1", "yes"):
        phone.texts(words)
    assert sorted((one.version, one.answers.nrs_avg) for one in phone.stored()) == [(1, 4), (2, 6)]


def test_a_no_lets_it_go_and_gives_her_the_page(phone: Phone) -> None:
    phone.texts("4 2 1")
    (answer,) = phone.texts("No")
    assert "/check-in/" in answer
    phone.texts("yes")
    assert phone.stored() == []


def test_words_are_read_as_the_chat_reads_them(phone: Phone) -> None:
    values: Mapping[str, float | str] = {"pain": 4.0, "tablets": 2.0, "wakes": 1.0}
    phone.chat.knows["pain 4, took two, woke once"] = Reply(Kind.CHECK_IN, "en", values=values)
    (asked,) = phone.texts("pain 4, took two, woke once")
    assert "4 2 1" in asked
    phone.texts("yes")
    assert phone.stored()[0].answers.wakes == 1


@pytest.mark.parametrize("words", ["11 2 1", "4 2 7", "what?", "4 2 1 9", "-4 2 1"])
def test_what_cannot_be_read_is_asked_on_her_page_and_never_guessed(
    phone: Phone, words: str
) -> None:
    (answer,) = phone.texts(words)
    assert "/check-in/" in answer
    assert tables.count(phone.house.store, "text_draft") == 0


def test_danger_is_answered_first_and_flagged(phone: Phone) -> None:
    phone.texts("4 2 1")
    phone.chat.knows["cant breathe"] = Reply(
        Kind.URGENT, "en", TopicId("chest-pain"), rules=("R01-breathing-chest",)
    )
    (answer,) = phone.texts("cant breathe")
    assert answer.startswith("Call 911 now.")
    assert not any(word in answer.lower() for word in HEALTH)
    assert phone.flags() == ["R01-breathing-chest"]
    phone.texts("yes")
    assert len(phone.stored()) == 1, "the danger made her numbers forgotten"


def test_danger_is_heard_although_she_stopped(phone: Phone) -> None:
    phone.texts("STOP")
    phone.chat.knows["cant breathe"] = Reply(
        Kind.URGENT, "en", TopicId("chest-pain"), rules=("R01-breathing-chest",)
    )
    (answer,) = phone.texts("cant breathe")
    assert answer.startswith("Call 911 now.")
    assert phone.flags() == ["R01-breathing-chest"]
    assert phone.texts("hello?") == []


def test_whom_to_call_is_said_although_she_stops_at_the_same_moment(phone: Phone) -> None:
    phone.chat.knows["cant breathe"] = Reply(
        Kind.URGENT, "en", TopicId("chest-pain"), rules=("R01-breathing-chest",)
    )
    for ref, words in (("SMa", "cant breathe"), ("SMb", "stop")):
        inbound = Inbound("twilio", ref, MOBILE, words)
        texting.hear(phone.house, inbound, now=phone.now, ask=phone.chat)
    assert any(text.startswith("Call 911 now.") for text in phone.gets())


def test_numbers_that_are_urgent_are_answered_with_whom_to_call(phone: Phone) -> None:
    phone.texts("10 2 1")
    (answer,) = phone.texts("yes")
    assert "555 0100" in answer and "call" in answer.lower()
    assert phone.flags() != []


def test_what_was_read_and_never_denied_is_stored_all_the_same(phone: Phone) -> None:
    phone.texts("4 2 1")
    texting.store_unconfirmed(phone.house, phone.now + timedelta(minutes=5))
    assert phone.stored() == []
    phone.now += texting.CONFIRM_WITHIN
    texting.store_unconfirmed(phone.house, phone.now)
    texting.store_unconfirmed(phone.house, phone.now)
    assert len(phone.stored()) == 1
    assert "thank you" in phone.gets()[0]


def test_the_same_text_handed_over_twice_counts_once(phone: Phone) -> None:
    assert len(phone.texts("4 2 1", ref="SMx")) == 1
    assert phone.texts("4 2 1", ref="SMx") == []
    assert len(phone.texts("yes", ref="SMy")) == 1
    assert phone.texts("yes", ref="SMy") == []
    assert len(phone.stored()) == 1


STOPS = [
    *("stop", "STOP", "Stop.", "quit", "end", "revoke", "opt out", "opt-out", "cancel"),
    *("unsubscribe", "STOPP", "arrêt", "please stop", "Stop please!", "stop now, thanks"),
    *("alto", "Cancelar", "no más", "por favor pare", "توقف", "إيقاف", "stopall"),
    *(
        "please quit texting",
        "Please stop texting me.",
        "no more messages",
        "take me off this list",
    ),
    *("I don't want these messages", "dejen de escribirme", "no quiero más mensajes"),
    *("لا ترسلوا لي شيئا", "do not text me again"),
]


@pytest.mark.parametrize("words", STOPS)
def test_stop_is_obeyed_at_once_and_confirmed_once(phone: Phone, words: str) -> None:
    (confirmed,) = phone.texts(words)
    assert phone.status() is PatientStatus.STOPPED
    assert "not write again" in confirmed
    assert phone.texts("stop") == [], "it was confirmed twice"
    phone.now += timedelta(days=1)
    prompting.tick(phone.house, phone.now)
    assert phone.gets() == [], "she was asked after she had said stop"


@pytest.mark.parametrize("words", ["my bleeding won't stop", "the end of the day was 4", "I quit"])
def test_a_stop_within_other_words_is_no_stop(phone: Phone, words: str) -> None:
    phone.texts(words)
    assert phone.status() is PatientStatus.ACTIVE


def test_start_brings_her_back(phone: Phone) -> None:
    phone.texts("stop")
    (answer,) = phone.texts("START")
    assert phone.status() is PatientStatus.ACTIVE
    assert "again" in answer
    assert len(phone.texts("4 2 1")) == 1


def test_a_stranger_is_not_answered_and_is_counted(phone: Phone) -> None:
    assert phone.texts("4 2 1", number="+16175550777") == []
    assert phone.texts("stop", number="+16175550777") == []
    rows = tables.rows(phone.house.store)["provider_event"]
    assert len([row for row in rows if not row[-1]]) == 2


def test_a_number_that_was_stored_before_fingerprints_is_found(phone: Phone) -> None:
    tables.execute(phone.house.store, "UPDATE patient_secret SET mobile_mark = NULL")
    assert len(phone.texts("4 2 1")) == 1


def test_two_machines_that_answer_each_other_stop(phone: Phone) -> None:
    answers = [len(phone.texts("what?")) for _ in range(40)]
    assert sum(answers) <= 30
    assert answers[-1] == 0


def test_her_numbers_wait_sealed(phone: Phone) -> None:
    phone.texts("4 2 1")
    kept = repr(tables.rows(phone.house.store)["text_draft"])
    assert "pain" not in kept and "tablets" not in kept
