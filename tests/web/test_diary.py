"""Her own record: a link is not enough, a code to her own address is, and for half an hour only."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import Place, place
from tests.people import later
from tests.tables import rows
from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.domain.person import Channel, PatientId
from webapp.journeys import caring, linking, sending
from webapp.journeys.sending import Worker

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOTE = "my arm felt heavy"


class PostBox:
    """A sender that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return Outcome(Fate.SENT, "kept")

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def here(house) -> Place:
    return place(house, NOW)


@pytest.fixture
def patient(here) -> PatientId:
    found = here.enrol(days_ago=3)
    here.report(found, days_ago=1, nrs_avg=4, nrs_worst=6, tablets=2, note=NOTE)
    return found


def link_of(here: Place, patient: PatientId) -> str:
    made = linking.make_link(here.house, patient, None, now=NOW)
    return made.address.removeprefix(here.house.public_url)


def letters(here: Place, now: datetime = NOW) -> list[Letter]:
    box = PostBox()
    sending.send_waiting(here.house, Worker("w", {Channel.EMAIL: lambda: box}, lambda: now))
    return [letter for letter in box.letters if "code" in letter.subject]


def ask(client: FlaskClient, here: Place, patient: PatientId) -> str:
    """Follow a link, ask for a code, and read it in the letter."""
    assert client.get(link_of(here, patient)).status_code == 303
    assert client.post("/en/diary/code").status_code == 303
    (letter,) = letters(here)
    return re.search(r"^(\d{6})$", letter.text, re.MULTILINE)[1]


def opened(client: FlaskClient) -> bool:
    page = client.get("/en/diary").text
    return "My pain" in page and NOTE in page


def test_a_daily_link_alone_reads_nothing(client, here, patient):
    client.get(link_of(here, patient))
    page = client.get("/en/diary").text
    assert NOTE not in page
    assert "Send me a code" in page


def test_the_code_that_was_sent_opens_her_own_record(client, here, patient):
    code = ask(client, here, patient)
    answer = client.post("/en/diary", data={"code": f" {code[:3]} {code[3:]} "})
    assert answer.location == "/en/diary"
    assert opened(client)


def test_the_letter_says_nothing_about_health_and_holds_no_link(client, here, patient):
    client.get(link_of(here, patient))
    client.post("/en/diary/code")
    (letter,) = letters(here)
    assert "http" not in letter.text
    assert not re.search(r"\d{6}", letter.subject)


def test_a_code_works_only_in_the_browser_that_asked(app, client, here, patient):
    code = ask(client, here, patient)
    assert app.test_client().post("/en/diary", data={"code": code}).status_code == 422
    assert client.post("/en/diary", data={"code": code}).status_code == 303


def test_a_code_works_once(client, here, patient):
    code = ask(client, here, patient)
    asked = client.get_cookie("thaw-diary-asked").value
    client.post("/en/diary", data={"code": code})
    client.set_cookie("thaw-diary-asked", asked)
    assert client.post("/en/diary", data={"code": code}).status_code == 422


def test_a_code_dies_after_ten_minutes(client, here, patient, clock):
    code = ask(client, here, patient)
    clock.move_to(later(NOW, minutes=10))
    assert client.post("/en/diary", data={"code": code}).status_code == 422


def test_five_wrong_tries_spend_a_code(client, here, patient):
    code = ask(client, here, patient)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert client.post("/en/diary", data={"code": wrong}).status_code == 422
    assert client.post("/en/diary", data={"code": code}).status_code == 422


def test_she_is_sent_five_codes_a_day_at_most(client, here, patient):
    client.get(link_of(here, patient))
    found = [client.post("/en/diary/code").status_code for _ in range(7)]
    assert found == [303] * 5 + [429] * 2
    assert len(letters(here)) == 5


def test_a_letter_that_was_delayed_brings_a_code_that_still_works(client, here, patient, clock):
    client.get(link_of(here, patient))
    client.post("/en/diary/code")
    soon = later(NOW, minutes=9)
    code = re.search(r"^(\d{6})$", letters(here, soon)[0].text, re.MULTILINE)[1]
    clock.move_to(later(NOW, minutes=15))
    assert client.post("/en/diary", data={"code": code}).status_code == 303


def test_her_record_closes_by_itself_after_half_an_hour(client, here, patient, clock):
    client.post("/en/diary", data={"code": ask(client, here, patient)})
    token = client.get_cookie("thaw-diary").value
    clock.move_to(later(NOW, minutes=29))
    assert opened(client)
    clock.move_to(later(NOW, minutes=30))
    client.set_cookie("thaw-diary", token)  # a browser that keeps it longer than it was told
    assert not opened(client)


@pytest.mark.parametrize("form", [{}, {"phone": "forget"}])
def test_closing_it_ends_it_on_the_server_too(client, here, patient, form):
    client.post("/en/diary", data={"code": ask(client, here, patient)})
    token = client.get_cookie("thaw-diary").value
    client.post("/en/diary/leave", data=form)
    client.set_cookie("thaw-diary", token)
    assert not opened(client)


def test_forgetting_the_phone_forgets_the_link_as_well(client, here, patient):
    client.post("/en/diary", data={"code": ask(client, here, patient)})
    client.post("/en/diary/leave", data={"phone": "forget"})
    assert client.get_cookie("thaw-check-in") is None
    assert client.get_cookie("thaw-diary") is None


def test_nobody_reads_anothers_record(app, here, patient):
    stranger = here.enrol("Lily Other", days_ago=3)
    client = app.test_client()
    client.post("/en/diary", data={"code": ask(client, here, stranger)})
    page = client.get("/en/diary").text
    assert "My own record" in page
    assert NOTE not in page


def test_a_pasted_link_asks_for_a_code_too(client, here, patient):
    answer = client.post("/en/diary/code", data={"link": link_of(here, patient)})
    assert answer.status_code == 303


def test_an_unknown_link_sends_nothing(client, here):
    assert client.post("/en/diary/code", data={"link": "x" * 22}).status_code == 404
    assert letters(here) == []


def test_after_a_stop_neither_link_nor_open_record_works(client, here, patient):
    client.post("/en/diary", data={"code": ask(client, here, patient)})
    assert opened(client)
    caring.stop(here.desk, patient)
    assert not opened(client)
    assert client.post("/en/diary/code").status_code == 404


def test_neither_code_nor_token_is_kept_in_the_database(client, here, patient):
    code = ask(client, here, patient)
    client.post("/en/diary", data={"code": code})
    token = client.get_cookie("thaw-diary").value
    kept = repr(rows(here.house.store))
    assert token not in kept
    assert f"'{code}'" not in kept


def test_a_day_without_an_answer_is_shown_as_one(client, here, patient):
    here.report(patient, days_ago=2, note="only words")
    client.post("/en/diary", data={"code": ask(client, here, patient)})
    assert "no answer" in client.get("/en/diary").text
