"""The chat's page: act-now words first, stored words only, and nothing lost on the way."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests import people, tables
from tests.factories import place
from webapp.domain.chat import Kind, Reply
from webapp.domain.topic import TopicId
from webapp.domain.turn import MOST_LETTERS
from webapp.journeys import conversing, linking, reviewing
from webapp.store import clinics
from webapp.web.asking.desk import ENGINE

LANGUAGES = ("en", "es", "ar")


def given(kind, topic=None, alternatives=(), rules=(), values=None):
    """What the chat's engine would say."""
    return Reply(Kind(kind), "en", topic, alternatives, rules, values or {})


BREATHLESS = given("urgent", "short-of-breath", rules=("R01-breathing-chest",))
NUMB = given("answer", "numbness")
CHOICES = given("choose", alternatives=("numbness", "protect-numb-skin", "short-of-breath"))
NUMBERS = given("checkin", values={"pain": 4.0, "tablets": 2.5, "sleep_trouble": "a little"})


@pytest.fixture
def moment():
    """The pages ask the real clock."""
    return datetime.now(UTC)


@pytest.fixture
def harbor(house, moment):
    return place(house, moment)


@pytest.fixture
def engine(app):
    """Make the engine give this reply to everything."""

    def gives(reply):
        app.extensions[ENGINE] = lambda *_: reply

    return gives


@pytest.fixture
def ask(client, harbor, engine):
    """Ask something of an engine that gives this reply."""

    def ask(reply, words="why is my chest numb", lang="en", **headers):
        engine(reply)
        return client.post(f"/{lang}/ask", data={"words": words}, headers=headers)

    return ask


@pytest.fixture
def rosa(client, harbor, house, moment):
    """A patient whose browser holds her link of today."""
    patient = harbor.enrol()
    made = linking.make_link(house, patient, None, now=moment)
    client.get(made.address.split(house.public_url)[1])
    return patient


def turn_of(answer):
    return re.search(r'name="turn" value="([^"]+)"', answer.text)[1]


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_first_that_it_is_a_program_and_whom_to_call(client, harbor, lang):
    answer = client.get(f"/{lang}/ask")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    first = answer.text.index('class="lead"')
    assert first < answer.text.index("<textarea")
    assert "911" in answer.text[first : first + 400]


def test_opening_the_page_writes_nothing(client, harbor, house):
    before = tables.fingerprint(house.store)
    client.get("/en/ask")
    assert tables.fingerprint(house.store) == before


def test_urgent_words_are_answered_with_what_to_do_now_before_anything_else(ask):
    answer = ask(BREATHLESS, "I cant breathe")
    main = answer.text[answer.text.index("<main") :]
    assert main.index("Call 911 now") < main.index("I cant breathe") < main.index("<textarea")
    assert main.index("Call 911 now") < main.index("<h1") + 200
    assert "wait for a reply" not in main.replace("Do not wait for a reply", "")


def test_numbers_to_ring_are_those_of_the_clinics_country(ask, harbor, house):
    with house.store.begin() as tx:
        clinics.change(tx, replace(harbor.clinic, country="GB"))
    assert 'href="tel:999"' in ask(BREATHLESS).text


def test_somebody_in_despair_is_shown_the_crisis_line_first(ask):
    answer = ask(given("urgent", "suicidal-thoughts", rules=("R05-self-harm",)))
    assert 'href="tel:988"' in answer.text[: answer.text.index("Do not wait for an answer here")]


def test_a_known_patient_is_told_that_her_team_has_been_told(ask, rosa, harbor):
    assert "Your team has been told" in ask(BREATHLESS).text
    assert len(reviewing.inbox(harbor.desk).lines) == 1


def test_a_stranger_is_not_told_that_anybody_knows(ask):
    assert "Your team has been told" not in ask(BREATHLESS).text


def test_the_passage_is_shown_character_for_character_with_its_standing(ask, library):
    answer = ask(NUMB)
    words = library.topics[TopicId("numbness")].english
    assert "{" not in words.passage.html
    assert words.passage.html in answer.text
    assert words.name in answer.text
    assert "Draft: not yet approved by a clinician" in answer.text
    assert 'href="/en/topics/numbness"' in answer.text


def test_what_she_wrote_is_shown_as_words_and_never_as_a_page(ask):
    answer = ask(NUMB, "<b>numb</b><script>alert(1)</script>")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_choices_are_buttons_and_the_one_taken_is_answered(client, ask):
    offered = ask(CHOICES)
    assert offered.text.count('name="topic" value="') == 4  # three, and none of these
    turn = turn_of(offered)
    taken = client.post("/en/ask/choice", data={"turn": turn, "topic": "numbness"})
    assert "numbness@en#" in taken.text
    assert client.post("/en/ask/choice", data={"turn": turn, "topic": "x"}).status_code == 404


def test_none_of_the_choices_leads_to_people(client, ask, harbor):
    turn = turn_of(ask(CHOICES))
    answer = client.post("/en/ask/choice", data={"turn": turn, "topic": "none"})
    assert harbor.clinic.phone in answer.text
    assert "I do not have the answer" in answer.text


def test_numbers_are_read_back_in_words_and_nothing_is_stored_yet(ask, house, rosa):
    answer = ask(NUMBERS, "4, took two and a half")
    assert "4 out of 10" in answer.text
    assert "A little" in answer.text
    assert "Shall I send this" in answer.text
    assert tables.count(house.store, "check_in") == 0


def numbers_in(answer):
    form = answer.text[answer.text.index('class="numbers"') :]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_a_yes_from_a_browser_with_todays_link_stores_it_once(client, ask, house, rosa):
    fields = numbers_in(ask(NUMBERS))
    for _ in range(2):
        answer = client.post("/en/ask/numbers", data={**fields, "send": "yes"})
    assert tables.count(house.store, "check_in") == 1 or answer.status_code == 200
    kept = tables.rows(house.store)["check_in"]
    assert [row for row in kept if 4.0 in row and 2.5 in row and "chat" in row]


def test_a_yes_leads_to_the_advice(client, ask, rosa):
    answer = client.post("/en/ask/numbers", data={**numbers_in(ask(NUMBERS)), "send": "yes"})
    assert (answer.status_code, answer.location) == (303, "/en/check-in/thanks")
    assert client.get(answer.location).status_code == 200


def test_a_yes_without_a_link_says_how_to_send_it(client, ask, house):
    answer = client.post("/en/ask/numbers", data={**numbers_in(ask(NUMBERS)), "send": "yes"})
    assert "open the link in the newest message" in answer.text
    assert tables.count(house.store, "check_in") == 0


def test_a_no_stores_nothing(client, ask, house, rosa):
    answer = client.post("/en/ask/numbers", data={**numbers_in(ask(NUMBERS)), "send": "no"})
    assert "Nothing was sent" in answer.text
    assert tables.count(house.store, "check_in") == 0


def test_a_doubtful_number_is_asked_about_before_it_is_sent(client, ask, house, rosa):
    doubtful = given("checkin", values={"pain": 4.0, "tablets": 40.0})
    answer = client.post("/en/ask/numbers", data={**numbers_in(ask(doubtful)), "send": "yes"})
    assert answer.status_code == 200
    assert tables.count(house.store, "check_in") == 0


def test_what_nobody_can_answer_leads_to_people_and_topics(ask, harbor):
    answer = ask(given("decline"), "who won the match")
    assert "outside what I can help with" in answer.text
    assert harbor.clinic.phone in answer.text
    assert 'href="/en/topics/"' in answer.text


def test_a_question_that_is_too_long_stays_in_the_box(ask):
    words = "word " * MOST_LETTERS
    answer = ask(NUMB, words)
    assert answer.status_code == 422
    assert words.strip() in answer.text
    assert "maxlength" not in answer.text, "a browser must not cut what is pasted"


def test_an_empty_question_is_asked_for_kindly(ask):
    answer = ask(NUMB, "  ")
    assert (answer.status_code, "Please write a question first" in answer.text) == (422, True)


def test_too_many_questions_are_put_off_with_the_words_kept(client, ask, monkeypatch):
    monkeypatch.setattr(conversing, "MOST_A_MINUTE", 0)
    answer = ask(NUMB, "still here")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "still here" in answer.text
    assert "911" in answer.text


def test_a_chat_that_is_off_says_so_and_leaves_the_check_in_alone(client, ask, house, harbor, rosa):
    with house.store.begin() as tx:
        clinics.change(tx, replace(harbor.clinic, chat_on=False))
    for answer in (client.get("/en/ask"), ask(NUMB)):
        assert "switched the chat off" in answer.text
        assert harbor.clinic.phone in answer.text
        assert "<textarea" not in answer.text
    assert client.get("/en/check-in").status_code == 200
    assert client.get("/en/ask/check-in").location == "/en/check-in"


def test_an_answer_that_missed_offers_what_else_it_could_be(client, ask):
    turn = turn_of(ask(replace(NUMB, alternatives=("protect-numb-skin",))))
    answer = client.post("/en/ask/feedback", data={"turn": turn, "feedback": "no-answer"})
    assert "Did you mean one of these?" in answer.text
    meant = {"turn": turn_of(answer), "topic": "protect-numb-skin"}
    assert "protect-numb-skin@en#" in client.post("/en/ask/choice", data=meant).text


def test_thumbs_are_kept_and_thanked_for(client, ask, house):
    turn = turn_of(ask(NUMB))
    for said in ("up", "down", "no-answer"):
        answer = client.post("/en/ask/feedback", data={"turn": turn, "feedback": said})
        assert "Thank you" in answer.text
        assert said in repr(tables.rows(house.store)["chat_turn"])
    assert client.post("/en/ask/feedback", data={"turn": turn}).status_code == 400
    wrong = client.post("/en/ask/feedback", data={"turn": "x", "feedback": "up"})
    assert wrong.status_code == 404


def test_whoever_has_not_called_is_told_to_once_more(client, ask):
    turn = turn_of(ask(BREATHLESS))
    answer = client.post("/en/ask/called", data={"turn": turn, "called": "no"})
    assert "Please call now" in answer.text
    assert 'href="tel:911"' in answer.text


def test_our_script_gets_the_turn_without_the_page(ask):
    answer = ask(NUMB, **{"X-Thaw-Turn": "1"})
    assert answer.text.strip().startswith("<article")
    assert "<html" not in answer.text


def test_an_answer_opened_again_leads_back_to_the_form(client, harbor):
    for step in ("choice", "feedback", "called", "numbers"):
        assert client.get(f"/es/ask/{step}").location == "/es/ask"


class TestTalking:
    """The check-in, question by question."""

    ANSWERS = (
        {"nrs_avg": "3"},
        {"nrs_worst": "5"},
        {"tablets": "1.5", "go": "next"},
        {"sleep_trouble": "a little"},
        {"wakes": "1", "go": "next"},
        {"effects": "none", "go": "next"},
        {"go": "skip"},
        {"note": "a bit sore", "go": "next"},
    )

    @staticmethod
    def state(answer):
        found: dict[str, list[str]] = {}
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text):
            found.setdefault(name, []).append(value)
        return found

    def walk(self, client, steps):
        answer = client.get("/en/ask/check-in")
        for step in steps:
            answer = client.post("/en/ask/check-in", data={**self.state(answer), **step})
        return answer

    def test_it_asks_everything_that_the_form_asks_and_stores_it_at_the_end(
        self, client, harbor, house, rosa
    ):
        end = self.walk(client, self.ANSWERS)
        assert "Is this right?" in end.text
        assert tables.count(house.store, "check_in") == 0
        sent = client.post("/en/ask/check-in", data={**self.state(end), "go": "send"})
        assert (sent.status_code, sent.location) == (303, "/en/check-in/thanks")
        (row,) = tables.rows(house.store)["check_in"]
        assert {3.0, 5.0, 1.5, 1.0, "a little", "chat"} <= {
            one for one in row if isinstance(one, (float, str))
        }

    def test_what_is_missing_is_asked_about_once(self, client, house, rosa):
        end = self.walk(client, [{"go": "skip"}] * 3 + list(self.ANSWERS[3:]))
        asked = client.post("/en/ask/check-in", data={**self.state(end), "go": "send"})
        assert (asked.status_code, "May we ask once more?" in asked.text) == (422, True)
        sent = client.post("/en/ask/check-in", data={**self.state(asked), "go": "send"})
        assert sent.status_code == 303
        assert tables.count(house.store, "check_in") == 1

    def test_nothing_at_all_is_not_sent(self, client, house, rosa):
        end = self.walk(client, [{"go": "skip"}] * len(self.ANSWERS))
        answer = client.post("/en/ask/check-in", data={**self.state(end), "go": "send"})
        again = client.post("/en/ask/check-in", data={**self.state(answer), "go": "send"})
        assert again.status_code == 422
        assert tables.count(house.store, "check_in") == 0

    def test_one_can_go_back_and_change_an_answer(self, client, rosa):
        end = self.walk(client, self.ANSWERS)
        change = {**self.state(end), "go": "change:nrs_worst"}
        asked = client.post("/en/ask/check-in", data=change)
        assert "at its worst" in asked.text
        end = client.post("/en/ask/check-in", data={**self.state(asked), "nrs_worst": "9"})
        assert "9 out of 10" in end.text
        back = client.post("/en/ask/check-in", data={**self.state(end), "go": "back"})
        assert "a bit sore" in back.text

    def test_what_cannot_be_read_is_asked_again_with_what_was_typed(self, client, rosa):
        answer = self.walk(client, [*self.ANSWERS[:2], {"tablets": "lots", "go": "next"}])
        assert answer.status_code == 422
        assert 'value="lots"' in answer.text

    def test_a_danger_sign_is_answered_at_once(self, client, rosa):
        steps = [*self.ANSWERS[:5], {"effects": "breathless", "go": "next"}]
        assert "call for help" in self.walk(client, steps).text

    def test_without_a_link_it_says_how_to_open_one(self, client, harbor):
        assert "Open your check-in" in client.get("/en/ask/check-in").text


class TestQuestions:
    """What the clinic's content author sees."""

    @pytest.fixture
    def sam(self, app, harbor, moment):
        member = people.member(app.extensions["thaw"], harbor.clinic.id, "lee", moment)
        return people.browser(app, member, moment)

    def test_a_question_without_an_answer_is_listed_until_it_is_handled(self, ask, sam, house):
        ask(given("decline"), "may I fly next week")
        ask(NUMB, "why numb")
        listed = sam.get("/clinic/questions")
        assert "may I fly next week" in listed.text
        assert "why numb" not in listed.text
        path = re.search(r'action="(/clinic/questions/[^"]+)"', listed.text)[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', listed.text)[1]
        assert sam.post(path, data={"csrf_token": token}).status_code == 303
        assert "may I fly" not in sam.get("/clinic/questions").text

    def test_an_answer_that_did_not_help_is_listed_with_what_was_shown(self, client, ask, sam):
        turn = turn_of(ask(NUMB, "how long is it numb"))
        client.post("/en/ask/feedback", data={"turn": turn, "feedback": "down"})
        listed = text_of(sam.get("/clinic/questions"))
        assert "how long is it numb" in listed
        assert "It did not help" in listed
        assert "numbness@en#1" in listed

    def test_outcomes_are_counted(self, ask, sam):
        for _ in range(3):
            ask(NUMB)
        assert "3 Answered" in text_of(sam.get("/clinic/questions"))

    def test_strangers_are_sent_to_sign_in(self, client, harbor):
        assert "/clinic/sign-in" in client.get("/clinic/questions").location
