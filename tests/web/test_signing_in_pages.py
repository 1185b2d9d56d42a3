"""The pages of signing in: in step by step, and never onward to somebody else's site."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine

from tests.factories import Place, place
from tests.people import PASSWORD, Member, browser, later, member, with_token
from webapp.domain.person import Role
from webapp.journeys import staffing
from webapp.journeys.desk import Desk

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = re.compile(r"<code[^>]*>([A-Z2-7]{32})</code>")


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def here(house) -> Place:
    return place(house, NOW)


@pytest.fixture
def nurse(here) -> Member:
    return member(here.house, here.clinic.id, "nora", NOW)


def test_both_pages_in_order_open_the_inbox(app, nurse):
    client = browser(app, nurse, NOW)
    assert client.get("/clinic/").status_code == 200


def test_the_code_page_is_closed_to_whoever_gave_no_password(app):
    assert browser(app).get("/clinic/sign-in/code").location == "/clinic/sign-in"


def test_a_right_password_waits_ten_minutes_for_its_code(app, nurse, at_noon):
    client = browser(app)
    client.post("/clinic/sign-in", data=with_token(client, email=nurse.staff.email))
    posted = with_token(client, "/clinic/sign-in/code")
    at_noon.move_to(later(NOW, minutes=11))
    code = nurse.code(later(NOW, minutes=11))
    answer = client.post("/clinic/sign-in/code", data={**posted, "code": code})
    assert answer.location == "/clinic/sign-in"
    assert client.get("/clinic/").status_code == 302


def test_known_and_unknown_addresses_read_the_same_page(app, nurse):
    pages = []
    for email in (nurse.staff.email, "nobody@example.org"):
        client = browser(app)
        fields = with_token(client, email=email, password="not the password")
        answer = client.post("/clinic/sign-in", data=fields)
        plain = answer.text.replace(email, "").replace(fields["csrf_token"], "")
        pages.append((answer.status_code, re.sub(r'csrf_token" value="[^"]+"', "", plain)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 401


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/clinic/", "/\\evil.example", "javascript:0"]
)
def test_signing_in_leads_to_our_own_pages_only(app, nurse, wanted):
    client = browser(app)
    fields = with_token(client, email=nurse.staff.email, next=wanted)
    client.post("/clinic/sign-in", data=fields)
    posted = with_token(client, "/clinic/sign-in/code", code=nurse.code(NOW))
    assert client.post("/clinic/sign-in/code", data=posted).location == "/clinic/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(app, nurse):
    client = browser(app)
    asked = client.get("/clinic/enrol").location
    assert asked == "/clinic/sign-in?next=/clinic/enrol"
    client.post(
        "/clinic/sign-in", data=with_token(client, email=nurse.staff.email, next="/clinic/enrol")
    )
    posted = with_token(client, "/clinic/sign-in/code", code=nurse.code(NOW))
    assert client.post("/clinic/sign-in/code", data=posted).location == "/clinic/enrol"


def test_the_password_page_takes_no_post_from_another_site(app, nurse):
    answer = browser(app).post(
        "/clinic/sign-in", data={"email": nurse.staff.email, "password": PASSWORD}
    )
    assert answer.status_code == 400


def test_signing_out_closes_the_clinic(app, nurse):
    client = browser(app, nurse, NOW)
    client.post("/clinic/sign-out", data=with_token(client, "/clinic/own"))
    assert client.get("/clinic/").status_code == 302


def test_an_idle_browser_has_to_sign_in_again(app, nurse, at_noon):
    client = browser(app, nurse, NOW)
    at_noon.move_to(later(NOW, minutes=16))
    assert client.get("/clinic/").status_code == 302


def test_a_first_sign_in_sets_up_a_code_app_and_then_a_password_of_her_own(app, house, here):
    chief = member(house, here.clinic.id, "chief", NOW, Role.ADMINISTRATOR)
    typed = {"name": "Zoe", "email": "zoe@example.org", "role": "clinician"}
    first = staffing.add(Desk(house, chief.staff, NOW), typed)
    client = browser(app)
    fields = with_token(client, email="zoe@example.org", password=first.password)
    assert client.post("/clinic/sign-in", data=fields).location == "/clinic/sign-in/set-up"
    page = client.get("/clinic/sign-in/set-up").text
    zoe = Member(first.person, KEY.search(page)[1])
    posted = with_token(client, "/clinic/sign-in/set-up", code=zoe.code(NOW))
    shown = client.post("/clinic/sign-in/set-up", data=posted).text
    assert len(re.findall(r"(?:[0-9a-f]{4}-){4}[0-9a-f]{4}", shown)) == 10
    assert client.get("/clinic/").location == "/clinic/own"
    own = with_token(client, "/clinic/own", current=first.password, new="four quiet lamps hum")
    assert client.post("/clinic/own/password", data=own).status_code == 303
    assert client.get("/clinic/").status_code == 200


def test_whoever_is_deactivated_is_out_at_the_next_page(app, house, here, nurse):
    client = browser(app, nurse, NOW)
    chief = member(house, here.clinic.id, "chief", NOW, Role.ADMINISTRATOR)
    at_the_top = browser(app, chief, NOW)
    posted = with_token(at_the_top, "/clinic/staff")
    at_the_top.post(f"/clinic/staff/{nurse.staff.id}/deactivate", data=posted)
    assert client.get("/clinic/").status_code == 302


def test_a_new_members_password_is_shown_once(app, house, here):
    chief = member(house, here.clinic.id, "chief", NOW, Role.ADMINISTRATOR)
    client = browser(app, chief, NOW)
    fields = with_token(
        client, "/clinic/staff", name="Zoe", email="zoe@example.org", role="clinician"
    )
    shown = client.post("/clinic/staff", data=fields).text
    password = re.search(r"<code[^>]*>([a-z0-9-]{24,})</code>", shown)[1]
    assert password not in client.get("/clinic/staff").text


def test_settings_keep_what_was_typed_beside_what_is_wrong(app, house, here):
    chief = member(house, here.clinic.id, "chief", NOW, Role.ADMINISTRATOR)
    client = browser(app, chief, NOW)
    fields = with_token(client, "/clinic/settings", name="Bay Clinic", phone="none", country="US")
    answer = client.post("/clinic/settings", data=fields)
    assert answer.status_code == 422
    assert 'value="Bay Clinic"' in answer.text
    assert 'id="phone-fault"' in answer.text
