"""Her pain beside what was usual: few people, said so; other days only where a code opens them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import place
from webapp.journeys import linking, recovering
from webapp.store import diaries

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRIAL = "31 people in one study"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def here(house):
    return place(house, NOW)


@pytest.fixture
def rosa(here):
    """On day 2; she has answered day 1 with a 7."""
    who = here.enrol(days_ago=2)
    here.report(who, days_ago=1, nrs_avg=7, nrs_worst=8, tablets=2)
    return who


def diary_of(client, here, who, lang="en"):
    with here.house.store.begin() as tx:
        token = diaries.start(tx, who, NOW, NOW + timedelta(minutes=30))
    client.set_cookie("thaw-diary", token)
    return client.get(f"/{lang}/diary").text


def send_today(client, here, who, **answers):
    link = linking.make_link(here.house, who, None, now=NOW).address
    client.get(link.removeprefix(here.house.public_url))
    typed = {"nrs_avg": "3", "nrs_worst": "5", "tablets": "1", "sleep_trouble": "none", **answers}
    client.post("/en/check-in", data={"effects": "none", "wakes": "0", **typed})
    return client.get("/en/check-in/thanks").text


def test_her_own_record_shows_how_many_people_the_usual_rests_on(client, here, rosa):
    page = diary_of(client, here, rosa)
    assert TRIAL in page and "29 people" in page
    assert "does not say how many" in page
    assert "you did nothing wrong" in page


def test_the_marks_are_said_as_a_table_too_and_silence_stays_empty(client, here, rosa):
    table = diary_of(client, here, rosa).split("The same as a table")[1].split("</table>")[0]
    assert "2022 trial, freezing (31 people)" in table
    assert "0 (half of them 0 to 1.4)" in table
    first = table.split("<tbody>")[1].split("</tr>")[0]  # day 1: the trial printed nothing of it
    assert "<td>7</td>" in first and "3.6 (half of them 2 to 4)" in first
    assert "<td></td>" in first


def test_a_knee_has_no_usual_and_none_is_invented(client, here):
    who = here.enrol(days_ago=7, pathway="knee", baseline_nrs=6)
    here.report(who, nrs_avg=4, nrs_worst=5)
    page = diary_of(client, here, who)
    assert "My pain, 0 to 10" in page
    assert "What was usual in studies" not in page


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
def test_the_record_says_the_same_in_every_language(client, here, rosa, lang):
    page = diary_of(client, here, rosa, lang)
    assert len(re.findall('class="c-beside"', page)) == 6  # three marks and their three keys


def test_the_thanks_page_shows_this_sending_only(client, here, rosa):
    page = send_today(client, here, rosa)
    assert re.search(r"<dt>Pain, mostly</dt>\s*<dd>3</dd>", page)
    assert TRIAL in page  # it is day 2, and the trial printed day 2
    assert "earlier patients" not in page.casefold()  # printed for day 1 only
    assert "<dd>7</dd>" not in page and "c-line" not in page


def test_she_is_told_when_her_team_has_looked_and_not_before(client, here, rosa, clock):
    assert "Your team has not opened your last answers yet." in diary_of(client, here, rosa)
    assert "Seen by your team" not in send_today(client, here, rosa)
    later = NOW + timedelta(minutes=10)
    recovering.recovery(here.desk_of(here.sam, later), rosa)
    clock.move_to(NOW + timedelta(minutes=20))
    seen = re.compile(r"Seen by your team: 12:10|Seen by your team: 12:10\sPM")
    assert seen.search(diary_of(client, here, rosa))
    assert seen.search(client.get("/en/check-in/thanks").text)
    here.report(rosa, at=NOW + timedelta(minutes=15), nrs_avg=2, nrs_worst=3)
    assert "Your team has not opened your last answers yet." in diary_of(client, here, rosa)


def test_what_a_colleague_did_to_somebody_else_is_not_a_look_at_her(client, here, rosa):
    ana = here.enrol("Ana Example", days_ago=2)
    recovering.recovery(here.desk_of(here.sam, NOW + timedelta(minutes=1)), ana)
    assert "Your team has not opened your last answers yet." in diary_of(client, here, rosa)
