"""A patient's pages: the link opens, changes nothing, and says nothing about her."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from tests import tables, willow
from webapp.domain.person import Contact, Patient
from webapp.journeys.house import House

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday, while the clinic is staffed
pytestmark = pytest.mark.usefixtures("at_noon")
CANARY = Contact("Xanthippe Kanary", "Xanthi", "xanthippe@kanary.example")
ANSWERS = {
    "nrs_avg": "2",
    "nrs_worst": "3",
    "tablets": "1",
    "sleep_trouble": "none",
    "wakes": "0",
    "effects": "none",
}


@pytest.fixture
def rosa(house: House) -> Patient:
    willow.open_clinic(house, NOON, willow.WILLOW, willow.SAM)
    who = willow.patient(NOON.date() - timedelta(days=3))
    return willow.admit(house, who, NOON, CANARY)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the form has no {name}"
    return found[1]


def opened(client: FlaskClient, token: str) -> str:
    page = client.get(f"/en/check-in/{token}", follow_redirects=True)
    assert page.status_code == 200
    return page.text


def sent(client: FlaskClient, page: str, **changes: object) -> dict[str, object]:
    kept = {name: hidden(page, name) for name in ("token", "submission_id")}
    return {**kept, **ANSWERS, **changes}


def test_the_secret_leaves_the_address_at_once(client: FlaskClient, token: str) -> None:
    response = client.get(f"/en/check-in/{token}")
    assert (response.status_code, response.headers["Location"]) == (303, "/en/check-in")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age=1800" in cookie
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_link_three_times_changes_no_table(
    client: FlaskClient, house: House, token: str, method: str
) -> None:
    before = tables.fingerprint(house.store)
    for _ in range(3):
        client.open(f"/en/check-in/{token}", method=method, follow_redirects=True)
    assert tables.fingerprint(house.store) == before
    page = opened(client, token)
    assert client.post("/en/check-in", data=sent(client, page)).status_code == 303


def test_the_page_says_nothing_about_who_she_is_or_what_she_answered(
    client: FlaskClient, token: str
) -> None:
    page = opened(client, token)
    client.post("/en/check-in", data=sent(client, page, note="the quokka note"))
    again = client.get("/en/check-in").text
    for canary in ("Xanthi", "Kanary", "kanary.example", "quokka", "mastectomy"):
        assert canary.lower() not in again.lower()


def test_sending_stores_once_and_goes_on_to_the_thanks(
    client: FlaskClient, house: House, token: str
) -> None:
    form = sent(client, opened(client, token))
    for _ in range(3):
        response = client.post("/en/check-in", data=form)
        assert (response.status_code, response.headers["Location"]) == (303, "/en/check-in/thanks")
    assert tables.count(house.store, "check_in") == 1
    thanks = client.get("/en/check-in/thanks")
    assert thanks.status_code == 200
    assert "Nobody watches it live" in thanks.text and "555 0100" in thanks.text


def test_an_urgent_finding_says_at_once_what_to_do(client: FlaskClient, token: str) -> None:
    page = opened(client, token)
    form = sent(client, page, effects="breathless")
    client.post("/en/check-in", data=form)
    thanks = client.get("/en/check-in/thanks").text
    assert "Please act on this now" in thanks and "911" in thanks
    assert thanks.index("Please act on this now") < thanks.index("Who reads this")


def test_a_contradiction_is_asked_about_once_and_never_thrown_away(
    client: FlaskClient, house: House, token: str
) -> None:
    form = sent(client, opened(client, token), nrs_avg="8", nrs_worst="3")
    asked = client.post("/en/check-in", data=form)
    assert asked.status_code == 422 and "May we ask once more?" in asked.text
    assert tables.count(house.store, "check_in") == 0
    keys = re.findall(r'name="asked" value="([^"]*)"', asked.text)
    assert client.post("/en/check-in", data={**form, "asked": keys}).status_code == 303
    kept = tables.rows(house.store)["check_in"]
    assert len(kept) == 1 and 8 in kept[0] and 3 in kept[0]


def test_an_empty_form_is_not_stored_and_what_was_typed_stays(
    client: FlaskClient, house: House, token: str
) -> None:
    page = opened(client, token)
    kept = {name: hidden(page, name) for name in ("token", "submission_id")}
    assert client.post("/en/check-in", data=kept).status_code == 422
    wrong = client.post("/en/check-in", data={**kept, **ANSWERS, "tablets": "many", "note": "hi"})
    assert wrong.status_code == 422 and 'value="many"' in wrong.text and "hi" in wrong.text
    assert tables.count(house.store, "check_in") == 0


def test_what_is_asked_of_several_questions_is_said_once_and_each_is_named(
    client: FlaskClient, house: House, token: str
) -> None:
    form = sent(client, opened(client, token), tablets="", nrs_worst="")
    asked = client.post("/en/check-in", data=form).text
    summary = asked[asked.index('id="faults"') : asked.index("<h1>")]
    assert summary.count("This is empty.") == 1
    for item in ("tablets", "nrs_worst"):
        words = house.library.instrument.items[item].words["en"].question
        assert f'<a href="#{item}">{words}</a>' in summary


def test_changing_with_back_and_sending_again_is_a_correction(
    client: FlaskClient, house: House, token: str
) -> None:
    form = sent(client, opened(client, token))
    client.post("/en/check-in", data=form)
    assert client.post("/en/check-in", data={**form, "tablets": "2"}).status_code == 303
    assert tables.count(house.store, "check_in") == 2


def test_it_works_without_cookies_by_the_form_and_by_pasting(
    client: FlaskClient, house: House, token: str
) -> None:
    form = sent(client, opened(client, token))
    bare = client.application.test_client(use_cookies=False)
    assert bare.post("/en/check-in", data=form).status_code == 303
    assert tables.count(house.store, "check_in") == 1
    assert "paste" in bare.get("/en/check-in").text
    pasted = bare.post("/en/check-in", data={"link": f" https://x/en/check-in/{token}/ "})
    assert pasted.headers["Location"].endswith(f"/en/check-in/{token}")


def test_a_link_nobody_made_is_404_and_a_day_that_is_over_is_410_with_todays_offered(
    client: FlaskClient, token: str, at_noon: time_machine.Traveller
) -> None:
    unknown = client.get("/en/check-in/" + "a" * 22)
    assert unknown.status_code == 404
    at_noon.move_to(NOON + timedelta(days=2))
    closed = client.get(f"/en/check-in/{token}")
    assert closed.status_code == 410
    assert "This check-in has closed" in closed.text and "Send me today" in closed.text
    told = client.post("/en/check-in/today", data={"token": token})
    assert "Look for a new message" in told.text and "/check-in/" + token not in told.text


def test_a_day_that_has_not_begun_is_409_and_says_when(
    client: FlaskClient, house: House, rosa: Patient
) -> None:
    token = willow.link_of(house, rosa, NOON, NOON.date() + timedelta(days=1))
    early = client.get(f"/en/check-in/{token}")
    assert early.status_code == 409 and "November 21" in early.text


def test_the_thanks_page_is_only_for_the_browser_that_sent(client: FlaskClient, token: str) -> None:
    client.post("/en/check-in", data=sent(client, opened(client, token)))
    stranger = client.application.test_client()
    stranger.get(f"/en/check-in/{token}")
    assert "Open your check-in" in stranger.get("/en/check-in/thanks").text


def test_a_phone_can_be_told_to_forget(client: FlaskClient, token: str) -> None:
    opened(client, token)
    response = client.post("/en/check-in/forget")
    assert "cookies" in response.headers["Clear-Site-Data"]
    assert "Open your check-in" in client.get("/en/check-in").text


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_each_language_has_every_patient_page(
    client: FlaskClient, token: str, language: str
) -> None:
    page = client.get(f"/{language}/check-in/{token}", follow_redirects=True)
    assert page.status_code == 200
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page.text
    client.post(f"/{language}/check-in", data=sent(client, page.text, effects="breathless"))
    assert client.get(f"/{language}/check-in/thanks").status_code == 200


def test_neither_secret_nor_answer_reaches_a_log(
    client: FlaskClient, token: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.post("/en/check-in", data=sent(client, opened(client, token), note="the quokka note"))
    said = caplog.text + "".join(capfd.readouterr())
    assert token not in said and "quokka" not in said
