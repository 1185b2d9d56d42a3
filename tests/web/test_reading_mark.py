"""The button at the end of a topic's page: kind to everybody, noted for those who are known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.factories import place
from webapp.journeys import linking, recovering


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


def tap(client, page="/en/topics/numbness"):
    """Tap the button that the page holds, as a browser does."""
    form = re.search(r'<form[^>]*action="([^"]+/read)">.*?</form>', client.get(page).text, re.S)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    return client.post(form[1], data=fields)


def test_a_reader_whom_nobody_knows_is_told_kindly_that_nobody_was_told(client):
    answer = tap(client)
    assert answer.status_code == 200
    assert "your clinic was told nothing" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_patient_who_came_by_her_link_is_noted(client, harbor):
    now = datetime.now(UTC)
    rosa = replace(harbor, now=now).enrol(prompt_time="00:00")
    address = linking.make_link(harbor.house, rosa, None, now=now).address
    client.get(address.removeprefix(harbor.house.public_url))
    answer = tap(client)
    assert "Harbor Clinic can see that you have read this page." in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    read = recovering.recovery(harbor.desk_of(harbor.sam, now), rosa).read
    assert [line.passage.split("#")[0] for line in read] == ["numbness@en"]


def test_a_page_that_has_changed_since_is_shown_again(client):
    answer = client.post("/en/topics/numbness/read", data={"passage": "numbness@en#0"})
    assert (answer.status_code, answer.location) == (303, "/en/topics/numbness")


def test_the_buttons_address_opened_again_leads_back_to_the_page(client):
    answer = client.get("/es/topics/numbness/read")
    assert (answer.status_code, answer.location) == (303, "/es/topics/numbness")


def test_a_topics_page_is_the_same_for_everybody_whatever_a_browser_holds(client):
    plain = client.get("/en/topics/numbness")
    client.set_cookie("thaw", "anything")
    client.set_cookie("thaw-check-in", "A" * 43)
    held = client.get("/en/topics/numbness")
    assert (held.data, held.headers["ETag"]) == (plain.data, plain.headers["ETag"])
    assert "Cookie" not in held.headers.get("Vary", "")
    assert "Set-Cookie" not in held.headers
