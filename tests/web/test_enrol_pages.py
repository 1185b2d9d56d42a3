"""Enrolling by form, the sheet to take home, and a link by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from markupsafe import escape

from tests.factories import Place, place
from tests.people import browser, member, with_token
from tests.tables import count
from webapp.domain.person import PatientId
from webapp.journeys import caring

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TYPED = {
    "name": "Rosa Ñandú",
    "procedure_date": "2026-11-20",
    "pathway": "mastectomy",
    "timezone": "America/Los_Angeles",
    "language": "es",
    "email": "rosa@example.org",
    "channel": "email",
    "prompt_time": "09:30",
    "mg_per_tablet": "5",
}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def here(house) -> Place:
    return place(house, NOW)


@pytest.fixture
def client(app, here) -> FlaskClient:
    return browser(app, member(here.house, here.clinic.id, "nora", NOW), NOW)


def send(client: FlaskClient, **typed: str):
    return client.post(
        "/clinic/enrol", data=with_token(client, "/clinic/enrol", **{**TYPED, **typed})
    )


def test_the_form_starts_with_what_is_usual_here(client):
    page = client.get("/clinic/enrol").text
    assert 'name="timezone" value="UTC"' in page
    assert 'name="prompt_time" value="09:00"' in page
    assert '<option value="mastectomy" selected' not in page  # a pathway is always chosen


def test_an_enrolled_patient_gets_a_sheet_in_her_own_language(client, here):
    answer = send(client)
    assert answer.status_code == 303
    sheet = client.get(answer.location).text
    assert '<html lang="es"' in sheet
    assert "sábado, 21 de noviembre de 2026" in sheet
    assert here.clinic.phone in sheet
    assert "911" in sheet
    assert "9:30" in sheet


def test_the_sheet_says_nothing_of_why_she_is_asked(client):
    sheet = client.get(send(client, language="en").location).text
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", sheet, flags=re.DOTALL).lower()
    for word in ("mastectomy", "breast", "surgery", "pain", "oxycodone", "tablet", "procedure"):
        assert word not in words, word


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_whoever_is_asked_by_text_message_takes_home_what_the_numbers_mean(client, here, language):
    by_text = {"language": language, "channel": "sms", "mobile": "+14155550123"}
    sheet = client.get(send(client, **by_text).location).text
    told = here.house.library.text_words.told[language]
    for words in (told.title, *told.numbers, told.example, told.after):
        assert str(escape(words)) in sheet


def test_the_code_on_the_sheet_opens_no_check_in_and_looking_writes_nothing(client, here):
    address = send(client).location
    before = count(here.house.store, "audit"), count(here.house.store, "link")
    sheet = client.get(address).text
    assert "/check-in/" not in sheet
    assert (count(here.house.store, "audit"), count(here.house.store, "link")) == before


def test_each_fault_stands_by_its_field_and_what_was_typed_is_kept(client, here):
    answer = send(client, email="rosa", prompt_time="noon", timezone="Mars")
    assert answer.status_code == 422
    for field in ("email", "prompt_time", "timezone"):
        assert f'id="{field}-fault"' in answer.text
        assert f'href="#{field}"' in answer.text
    assert 'value="Rosa Ñandú"' in answer.text
    assert count(here.house.store, "patient") == 0


def test_the_knee_asks_for_the_usual_pain(client):
    assert 'id="baseline_nrs-fault"' in send(client, pathway="knee").text
    assert send(client, pathway="knee", baseline_nrs="6").status_code == 303


def test_the_same_person_twice_is_said_so(client):
    send(client)
    answer = send(client)
    assert answer.status_code == 422
    assert "enrolled for this procedure already" in answer.text


def test_a_typed_name_is_only_ever_words(client):
    answer = send(client, name="<script>alert(1)</script>", email="x")
    assert "<script>alert" not in answer.text


def test_a_link_by_hand_is_shown_once_and_opens_today(app, client, here):
    patient = here.enrol(days_ago=3)
    posted = with_token(client, "/clinic/own")
    page = client.post(f"/clinic/patients/{patient}/link", data=posted).text
    address = re.search(r"http://[^<\s]+/check-in/[A-Za-z0-9]{22}", page)[0]
    assert app.test_client().get(address).status_code == 303


def test_before_the_procedure_there_is_no_link_and_the_page_says_so(client, here):
    address = send(client, procedure_date="2026-11-30").location
    patient = PatientId(address.split("/")[3])
    posted = with_token(client, "/clinic/own")
    answer = client.post(f"/clinic/patients/{patient}/link", data=posted)
    assert answer.location == f"/clinic/patients/{patient}"
    assert count(here.house.store, "link") == 0


@pytest.mark.parametrize(("step", "status"), [("pause", "paused"), ("stop", "stopped")])
def test_a_button_changes_her_status(client, here, step, status):
    patient = here.enrol(days_ago=3)
    page = f"/clinic/patients/{patient}"
    assert f'action="{page}/{step}"' in client.get(page).text
    client.post(f"{page}/{step}", data=with_token(client, page))
    assert caring.open_chart(here.desk, patient).patient.status == status
    assert f'action="{page}/resume"' in client.get(page).text
    client.post(f"{page}/resume", data=with_token(client, page))
    assert caring.open_chart(here.desk, patient).patient.status == "active"
