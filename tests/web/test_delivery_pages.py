"""The clinic's own view of its sending: what needs a human first, doubt shown as doubt."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import URGENT, Place, place
from tests.people import browser, member, with_token
from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.domain.person import Channel
from webapp.journeys import prompting, sending
from webapp.journeys.house import House
from webapp.store import beats

NOW = datetime.now(UTC)
YESTERDAY = datetime.combine(NOW.date() - timedelta(days=1), time(16), UTC)  # outside quiet hours


class Unsure:
    """A provider that never says whether it took a letter."""

    def send(self, _letter: Letter) -> Outcome:
        return Outcome(Fate.UNSURE, "no answer after the text")

    def close(self) -> None:
        pass


@pytest.fixture
def harbor(house: House) -> Place:
    return place(house, NOW)


@pytest.fixture
def client(app: Flask, harbor: Place) -> FlaskClient:
    return browser(app, member(harbor.house, harbor.clinic.id, "nina", NOW), datetime.now(UTC))


def beat(here: Place, ago: timedelta) -> None:
    with here.house.store.begin() as tx:
        for name in beats.PARTS:
            beats.beat(tx, name, datetime.now(UTC) - ago)


def test_a_message_in_doubt_is_shown_so_on_both_pages(harbor: Place, client: FlaskClient) -> None:
    patient = harbor.enrol("Rosa Example", days_ago=2)
    prompting.tick(harbor.house, YESTERDAY)
    worker = sending.Worker("w", {Channel.EMAIL: Unsure}, lambda: YESTERDAY)
    sending.send_waiting(harbor.house, worker)
    page = client.get("/clinic/delivery").text
    assert "Whom to reach yourself" in page and "Rosa Example" in page and "perhaps sent" in page
    for by in ("time", "state", "channel", "purpose", "attempts", "nonsense"):
        page = client.get(f"/clinic/patients/{patient}/messages?by={by}").text
        assert "In doubt: it may have gone out, so it is not sent again." in page
        assert "no answer after the text" in page


def test_a_dead_clock_is_told_on_every_page_of_the_clinic(
    harbor: Place, client: FlaskClient
) -> None:
    beat(harbor, timedelta())
    assert "Prompting has stopped" not in client.get("/clinic/").text
    beat(harbor, timedelta(minutes=4))
    for address in ("/clinic/", "/clinic/patients/", "/clinic/delivery", "/clinic/ladder"):
        assert "Prompting has stopped" in client.get(address).text, address


def test_the_inbox_says_whose_a_flag_is_and_when_somebody_is_paged_next(
    harbor: Place, client: FlaskClient
) -> None:
    harbor.report(harbor.enrol(), **URGENT)
    page = client.get("/clinic/").text
    assert "Owner: everybody here. Next page:" in page
    assert "paged Sam Okafor by e-mail (waiting)" in page


def test_a_clinician_changes_the_ladder_and_is_told_what_is_wrong(
    harbor: Place, client: FlaskClient
) -> None:
    page = client.get("/clinic/ladder").text
    assert "these are the usual steps" in page
    typed = {f"{hours}_{step}_{what}": "" for hours in ("staffed", "away") for step in range(1, 5)
             for what in ("who", "wait")}  # fmt: skip
    typed |= {"staffed_1_who": harbor.sam.id, "staffed_1_wait": "0", "away_1_who": "everybody",
              "away_1_wait": "0", "staffed_operator_wait": "15", "away_operator_wait": "30",
              "repeat": "60", "handle": "240", "named": harbor.ada.id}  # fmt: skip
    wrong = with_token(client, "/clinic/ladder", **{**typed, "repeat": "often"})
    answer = client.post("/clinic/ladder", data=wrong)
    assert answer.status_code == 422 and "Write whole minutes" in answer.text
    right = with_token(client, "/clinic/ladder", **typed)
    assert client.post("/clinic/ladder", data=right).status_code == 303
    assert "these are the usual steps" not in client.get("/clinic/ladder").text


def test_somebody_sets_where_urgent_flags_reach_her(
    harbor: Place, client: FlaskClient, house: House
) -> None:
    wrong = with_token(client, "/clinic/own", mobile="12")
    assert client.post("/clinic/own/mobile", data=wrong).status_code == 422
    right = with_token(client, "/clinic/own", mobile="+1 202 555 0143")
    assert client.post("/clinic/own/mobile", data=right).status_code == 303
    assert "+12025550143" in client.get("/clinic/own").text
