"""The page behind the link in every message: opening changes nothing, each button does a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from tests import tables, willow
from tests.people import browser, member, with_token
from webapp import create_app
from webapp.domain.person import Channel, Contact, Patient, PatientStatus
from webapp.journeys.house import House
from webapp.store import choices, patients

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LANGUAGES = ("en", "es", "ar")


@pytest.fixture
def rosa(house: House) -> Patient:
    willow.open_clinic(house, NOW, willow.WILLOW)
    contact = Contact("Rosa Diaz", "Rosa", "rosa@patients.example", "+14155550123")
    who = willow.patient(
        date(2026, 11, 17), quiet_from=time(21), quiet_until=time(8), label_max=7.0
    )
    return willow.admit(house, who, NOW, contact)


@pytest.fixture
def token(house: House, rosa: Patient) -> str:
    with house.store.begin() as tx:
        return str(choices.tokens_of(tx, [rosa.id])[rosa.id])


@pytest.fixture
def page(app: Flask) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield app.test_client()


def now_is(house: House, who: Patient) -> Patient:
    with house.store.read() as tx:
        found = patients.load(tx, who.clinic_id, who.id)
    assert found
    return found


def press(page: FlaskClient, token: str, act: str, **fields: str):
    return page.post("/en/choices", data={"token": token, "act": act, **fields})


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_whoever_is_written_to_by_text_is_told_how_to_answer_by_text(
    house, page, rosa, token, language
):
    contact = Contact("Ana Ruiz", "Ana", "", "+14155550124")
    ana = willow.admit(house, willow.patient(date(2026, 11, 17), channel=Channel.SMS), NOW, contact)
    with house.store.begin() as tx:
        hers = str(choices.tokens_of(tx, [ana.id])[ana.id])
    told = str(escape(house.library.text_words.told[language].lead))
    opened = [
        page.get(f"/{language}/choices/{one}", follow_redirects=True) for one in (token, hers)
    ]
    assert [told in one.text for one in opened] == [False, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_opening_it_in_any_way_changes_nothing(house, page, token, language):
    before = tables.fingerprint(house.store)
    for address in (f"/{language}/choices/{token}", f"/{language}/choices/{token}/one-click"):
        for open_it in (page.get, page.head):
            assert open_it(address).location == f"/{language}/choices"
            assert open_it(f"/{language}/choices").status_code == 200
    assert tables.fingerprint(house.store) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_shows_nothing_of_who_she_is_or_how_she_is(page, token, language):
    page.get(f"/{language}/choices/{token}")
    shown = page.get(f"/{language}/choices").text
    for secret in ("Rosa", "Diaz", "rosa@", "555", "mastectomy", "2026-11-17", "oxycodone"):
        assert secret not in shown.replace("555 0100", ""), secret


def test_every_form_works_without_script_and_carries_the_link(page, token):
    page.get(f"/en/choices/{token}")
    shown = page.get("/en/choices").text
    acts = re.findall(r'name="act" value="(\w+)"', shown)
    assert acts == ["later", "pause", "stop", "time", "quiet", "language"]
    assert shown.count(f'name="token" value="{token}"') == len(acts) + 1


def test_a_stop_stops_and_says_so_and_can_be_taken_back(house, rosa, page, token):
    assert "We will not write again" in press(page, token, "stop").text
    assert now_is(house, rosa).status is PatientStatus.STOPPED
    assert "Stop all messages" not in press(page, token, "stop").text
    assert "We ask again" in press(page, token, "resume").text
    assert now_is(house, rosa).status is PatientStatus.ACTIVE


@pytest.mark.parametrize("typed", ["", "2026-11-20", "2026-11-19", "2029-01-01", "tomorrow"])
def test_a_pause_ends_on_a_day_to_come_or_is_asked_again(house, rosa, page, token, typed):
    answer = press(page, token, "pause", until=typed)
    assert answer.status_code == 422
    assert "Choose a day from tomorrow on" in answer.text
    assert now_is(house, rosa).status is PatientStatus.ACTIVE


def test_a_pause_until_a_day_and_one_without(house, rosa, page, token):
    press(page, token, "pause", until="2026-11-24")
    assert now_is(house, rosa).paused_until == date(2026, 11, 24)
    press(page, token, "pause", open="yes")
    assert now_is(house, rosa).paused_until is None
    assert now_is(house, rosa).status is PatientStatus.PAUSED


def test_what_she_prefers_is_kept(house, rosa, page, token):
    press(page, token, "time", prompt_time="10:30")
    press(page, token, "quiet", quiet_from="20:00", quiet_until="9:00")
    assert "من الآن" in press(page, token, "language", language="ar").text
    found = now_is(house, rosa)
    assert (found.prompt_time, found.language) == (time(10, 30), "ar")
    assert (found.quiet_from, found.quiet_until) == (time(20), time(9))
    press(page, token, "quiet", none="yes")
    assert now_is(house, rosa).quiet_from is None


def test_the_channel_is_offered_only_where_there_is_another(house, rosa, token, config):
    assert "How we write" not in browser_of(house, config, token)
    several = replace(house, channels=frozenset(Channel))
    assert "How we write" in browser_of(several, config, token)


def browser_of(house: House, config, token: str) -> str:
    client = create_app(config, house).test_client()
    with time_machine.travel(NOW, tick=False):
        client.get(f"/en/choices/{token}")
        return client.get("/en/choices").text


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("later", {"later": "2026-11-20T03:00:00+00:00"}),
        ("later", {"later": "2026-11-20T15:00:00"}),
        ("later", {"later": "soon"}),
        ("time", {"prompt_time": "25:00"}),
        ("quiet", {"quiet_from": "21:00"}),
        ("channel", {"channel": "pigeon"}),
        ("channel", {"channel": "sms"}),
        ("language", {"language": "tlh"}),
        ("dance", {}),
    ],
)
def test_what_cannot_be_done_says_so_and_does_nothing(house, page, token, act, fields):
    before = tables.fingerprint(house.store)
    answer = press(page, token, act, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert tables.fingerprint(house.store) == before


def test_later_today_offers_only_what_is_left_of_the_day(page, token):
    page.get(f"/en/choices/{token}")
    times = re.findall(r'name="later" value="2026-11-20T(\d\d):00', page.get("/en/choices").text)
    assert times == [str(hour) for hour in range(13, 21)]
    assert press(page, token, "later", later="2026-11-20T18:00:00+00:00").status_code == 200


def test_a_mail_programs_own_unsubscribe_stops_by_post_alone(house, rosa, page, token):
    address = f"/en/choices/{token}/one-click"
    page.get(address)
    assert now_is(house, rosa).status is PatientStatus.ACTIVE
    posted = page.post(address, data={"List-Unsubscribe": "One-Click"})
    assert posted.status_code == 200
    assert now_is(house, rosa).status is PatientStatus.STOPPED


def test_the_day_s_own_link_leads_there_too(house, rosa, page):
    daily = willow.link_of(house, rosa, NOW)
    page.get(f"/en/check-in/{daily}")
    assert '/en/choices?by=day"' in page.get("/en/check-in").text
    assert "Stop all messages" in page.get("/en/choices?by=day").text


@pytest.mark.parametrize("path", ["choices", "check-in/not-me"])
def test_nobody_s_link_opens_nothing(page, path):
    answer = page.post(f"/en/{path}", data={"token": "x" * 22, "act": "stop"})
    assert answer.status_code == 404
    assert page.post(f"/en/choices/{'x' * 22}/one-click").status_code == 404


def test_not_me_is_told_to_the_clinic_which_can_undo_it(app, house, rosa, page, token):
    daily = willow.link_of(house, rosa, NOW)
    done = page.post("/en/check-in/not-me", data={"token": daily})
    assert "Thank you for telling us" in done.text
    assert "Rosa" not in done.text
    assert now_is(house, rosa).status is PatientStatus.PAUSED
    assert press(page, token, "resume").status_code == 404
    client = browser(app, member(house, rosa.clinic_id, "sam", NOW), NOW)
    inbox = client.get("/clinic/").text
    assert "are not for them" in inbox
    assert "Rosa Diaz" in inbox
    hers = client.get(f"/clinic/patients/{rosa.id}").text
    assert "paused by the patient" in hers
    handled = re.search(r'action="(/clinic/notices/[^"]+)"', hers)
    assert handled
    form = with_token(client, "/clinic/own")
    assert client.post(handled[1], data=form).status_code == 303
    assert client.post(handled[1], data=form).status_code == 404
    client.post(f"/clinic/patients/{rosa.id}/resume", data=form)
    assert now_is(house, rosa).status is PatientStatus.ACTIVE
    assert "are not for them" not in client.get("/clinic/").text


def test_another_clinics_notice_does_not_exist(app, house, rosa, page, token):
    press(page, token, "stop")
    willow.open_clinic(house, NOW, willow.BIRCH)
    client = browser(app, member(house, willow.BIRCH.id, "eve", NOW), NOW)
    assert "stopped our messages" not in client.get("/clinic/").text
    with house.store.read() as tx:
        notice = tx.connection.exec_driver_sql("SELECT id FROM notice").scalar_one()
    form = with_token(client, "/clinic/own")
    assert client.post(f"/clinic/notices/{notice}/handled", data=form).status_code == 404


def test_a_clinic_changes_how_she_is_asked_with_every_fault_named(app, house, rosa, page):
    client = browser(app, member(house, rosa.clinic_id, "sam", NOW), NOW)
    address = f"/clinic/patients/{rosa.id}/asking"
    assert "America" not in client.get(address).text
    form = with_token(client, address)
    wrong = client.post(
        address, data=form | {"prompt_time": "x", "timezone": "Mars", "language": "en"}
    )
    assert wrong.status_code == 422
    assert wrong.text.count('class="fault"') == 3
    right = {
        "prompt_time": "18:30",
        "quiet_from": "",
        "quiet_until": "",
        "timezone": "Africa/Cairo",
        "channel": "email",
        "language": "es",
    }
    assert client.post(address, data=form | right).status_code == 303
    found = now_is(house, rosa)
    assert (found.timezone, found.prompt_time, found.language) == (
        "Africa/Cairo",
        time(18, 30),
        "es",
    )
    assert found.quiet_from is None
