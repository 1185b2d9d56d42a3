"""Who may come in: every address of the site, tried by everybody there is.

The expected door of every view is written down here by hand, so that a new address is a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Place, place
from tests.people import browser, member, with_token
from webapp import create_app
from webapp.domain.person import Role
from webapp.journeys import linking
from webapp.web.gate import Door, door_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MISSING = "no-such-thing"  # what an address is filled with that names something we did not make
SAFE = {"GET", "HEAD", "OPTIONS"}
CLINIC = {Door.CLINICIAN, Door.ADMINISTRATOR}

# Everything that is not for signed-in staff, by name: the short list of open doors.
OPEN = {
    "health.alive": Door.PUBLIC,
    "health.ready": Door.PUBLIC,
    "metrics.show": Door.PUBLIC,  # it asks for its own token
    "public.front": Door.PUBLIC,
    "public.home": Door.PUBLIC,
    "public.privacy": Door.PUBLIC,
    "public.accessibility": Door.PUBLIC,
    "public.topics": Door.PUBLIC,
    "public.topics_of_phase": Door.PUBLIC,
    "public.whole_phase": Door.PUBLIC,
    "public.topic": Door.PUBLIC,
    "public.teach_back": Door.PUBLIC,
    "public.teach_back_question": Door.PUBLIC,
    "public.teach_back_end": Door.PUBLIC,
    "signing_in.sign_in": Door.PUBLIC,
    "signing_in.give_password": Door.PUBLIC,
    "signing_in.code": Door.PUBLIC,
    "signing_in.give_code": Door.PUBLIC,
    "signing_in.set_up": Door.PUBLIC,
    "signing_in.prove_set_up": Door.PUBLIC,
    "asking.ask": Door.PUBLIC,
    "asking.answer": Door.PUBLIC,
    "asking.again": Door.PUBLIC,
    "asking.choose": Door.PUBLIC,
    "asking.rate": Door.PUBLIC,
    "asking.called": Door.PUBLIC,
    "asking.settle": Door.PUBLIC,
    "asking.talk": Door.LINK,
    "asking.go_on": Door.LINK,
    "api.send_check_in": Door.LINK,
    "api.seen": Door.LINK,
    "callbacks.twilio_status": Door.PROVIDER,
    "callbacks.twilio_inbound": Door.PROVIDER,
    "callbacks.sms_status": Door.PROVIDER,
    "callbacks.sms_inbound": Door.PROVIDER,
    "push.key": Door.PUBLIC,
    "push.subscribe": Door.LINK,
    "push.unsubscribe": Door.LINK,
    "phone.worker": Door.PUBLIC,
    "phone.script": Door.PUBLIC,
    "phone.manifest": Door.PUBLIC,
    "phone.waiting": Door.PUBLIC,
    "phone.receipt": Door.LINK,
    "patient.follow": Door.LINK,
    "patient.check_in": Door.LINK,
    "patient.send": Door.LINK,
    "patient.send_today": Door.LINK,
    "patient.thanks": Door.LINK,
    "patient.forget": Door.LINK,
    "patient.mark_read": Door.LINK,
    "patient.after_mark": Door.LINK,
    "patient.answer_teach_back": Door.LINK,
    "patient.follow_choices": Door.LINK,
    "patient.one_click_page": Door.LINK,
    "patient.choices": Door.LINK,
    "patient.choose": Door.LINK,
    "patient.one_click": Door.LINK,
    "patient.not_me": Door.LINK,
    "patient.diary": Door.DIARY,
    "patient.ask_diary_code": Door.DIARY,
    "patient.diary_code": Door.DIARY,
    "patient.open_diary": Door.DIARY,
    "patient.leave_diary": Door.DIARY,
    "demo.index": Door.DEMO,
    "demo.post_box": Door.DEMO,
    "demo.code": Door.DEMO,
    "demo.design": Door.DEMO,
    "demo.design_modes": Door.DEMO,
}
ADMINISTRATORS = {
    "clinic.staff",
    "clinic.add_staff",
    "clinic.deactivate_staff",
    "clinic.reactivate_staff",
    "clinic.start_over_staff",
    "clinic.settings",
    "clinic.change_settings",
}


@dataclass(frozen=True)
class Way:
    """One address and one method of it."""

    endpoint: str
    method: str
    path: str
    names_something: bool  # whether the address names a patient, a flag or a member of staff
    door: Door | None


@pytest.fixture
def here(house) -> Place:
    return place(house, NOW)


@pytest.fixture
def ways(app: Flask, here: Place) -> list[Way]:
    """Every address of the site, filled with the ids of what is in `here`."""
    patient = here.enrol(days_ago=3)
    here.report(patient, nrs_avg=9, nrs_worst=10, effects=("breathless",))
    with here.house.store.read() as tx:
        flag = tx.connection.exec_driver_sql("SELECT id FROM flag").scalars().first()
    ids = {
        "patient_id": patient,
        "flag_id": flag,
        "staff_id": here.ada.id,
        "lang": "en",
        "topic_id": "no-such-topic",
        "token": "x" * 22,
        "phase": "before",
        "origin": "enrolled",
        "step": "choice",
    }
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        adapter = app.url_map.bind("localhost")
        filled = {name: ids.get(name, MISSING) for name in rule.arguments}
        path = adapter.build(rule.endpoint, filled)
        named = bool(rule.arguments & {"patient_id", "flag_id", "staff_id"})
        door = door_of(app.view_functions[rule.endpoint])
        found += [Way(rule.endpoint, one, path, named, door) for one in rule.methods - {"OPTIONS"}]
    return found


def knock(client: FlaskClient, way: Way, token: str = "") -> int:
    data = {"csrf_token": token} if token else None
    return client.open(way.path, method=way.method, data=data).status_code


def test_every_view_says_who_may_come_in(app: Flask):
    silent = [name for name, view in app.view_functions.items() if door_of(view) is None]
    assert silent == ["static"]


def test_every_door_is_the_one_that_was_decided(app: Flask):
    doors = {name: door_of(view) for name, view in app.view_functions.items() if name != "static"}
    assert {name: door for name, door in doors.items() if door not in CLINIC} == OPEN
    assert {name for name, door in doors.items() if door is Door.ADMINISTRATOR} == ADMINISTRATORS


def test_a_view_without_a_door_is_closed_to_everybody(app: Flask, here: Place):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert browser(app).get("/forgotten").status_code == 403


def test_nobody_comes_to_the_clinics_side_and_the_demo_is_closed(app: Flask, ways: list[Way]):
    client = browser(app)
    for way in ways:
        status = knock(client, way)
        if way.door in CLINIC:
            assert status == 302, way
            answer = client.open(way.path, method=way.method)
            assert answer.location.startswith("/clinic/sign-in?next="), way
        elif way.door is Door.DEMO:
            assert status == 404, way


def test_a_daily_link_opens_no_door_of_the_clinic_and_no_diary(app: Flask, here: Place, ways):
    patient = here.enrol("Link Holder", days_ago=3)
    made = linking.make_link(here.house, patient, None, now=NOW)
    client = browser(app)
    with time_machine.travel(NOW, tick=False):
        assert client.get(made.address.removeprefix(here.house.public_url)).status_code == 303
        assert client.get("/en/check-in").status_code == 200
        for way in ways:
            if way.door in CLINIC:
                assert knock(client, way) == 302, way
        diary = client.get("/en/diary").text
    assert "Send me a code" in diary
    assert "0 to 10" not in diary


def walk_as(app: Flask, here: Place, ways: list[Way], role: Role) -> dict[tuple[str, str], int]:
    """What a member of staff is answered at every address, with a valid form token."""
    who = member(here.house, here.clinic.id, "walker", NOW, role)
    found = {}
    with time_machine.travel(NOW, tick=False):
        client = browser(app, who, NOW)
        token = with_token(client, "/clinic/own")["csrf_token"]
        leaving = "signing_in.sign_out"
        for way in sorted(ways, key=lambda way: way.endpoint == leaving):
            if way.door in CLINIC:
                found[way.endpoint, way.method] = knock(client, way, token)
    return found


def test_a_clinician_comes_everywhere_but_to_administration(app: Flask, here: Place, ways):
    for (endpoint, method), status in walk_as(app, here, ways, Role.CLINICIAN).items():
        if endpoint in ADMINISTRATORS:
            assert status == 403, (endpoint, method)
        else:
            assert came_in(status, endpoint, ways), (endpoint, method, status)


def came_in(status: int, endpoint: str, ways: list[Way]) -> bool:
    """Whether the view itself answered; "no such thing" only where we asked for none."""
    missing = any(way.endpoint == endpoint and MISSING in way.path for way in ways)
    return status < 500 and status not in ({401, 403, 405} if missing else {401, 403, 404, 405})


def test_an_administrator_comes_everywhere(app: Flask, here: Place, ways):
    for (endpoint, method), status in walk_as(app, here, ways, Role.ADMINISTRATOR).items():
        assert came_in(status, endpoint, ways), (endpoint, method, status)


def test_what_another_clinic_has_does_not_exist_here(app: Flask, here: Place, ways):
    other = place(here.house, NOW, "Other Clinic")
    for (endpoint, method), status in walk_as(app, other, ways, Role.ADMINISTRATOR).items():
        if any(way.endpoint == endpoint and way.names_something for way in ways):
            assert status == 404, (endpoint, method)
    with here.house.store.read() as tx:
        asked = "SELECT DISTINCT action FROM audit WHERE clinic_id = 'harbor-clinic'"
        done = set(tx.connection.exec_driver_sql(asked).scalars())
    assert done <= {"clinic.add", "patient.enrol", "link.make", "check-in.send", "flag.raise"}


def test_no_other_site_can_post_in_a_members_name(app: Flask, here: Place, ways):
    who = member(here.house, here.clinic.id, "walker", NOW, Role.ADMINISTRATOR)
    with time_machine.travel(NOW, tick=False):
        client = browser(app, who, NOW)
        posts = [way for way in ways if way.door in CLINIC and way.method not in SAFE]
        assert len(posts) > len(ADMINISTRATORS)
        for way in posts:
            assert knock(client, way) == 400, way
            assert knock(client, way, "forged") == 400, way


def test_the_demos_pages_open_only_in_a_demo(config, house):
    app = create_app(config, replace(house, demo=True))
    assert app.test_client().get("/demo/code").status_code == 200


def test_whoever_has_a_first_password_goes_nowhere_before_it_is_changed(app, here, ways):
    who = member(here.house, here.clinic.id, "walker", NOW)
    with here.house.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE staff SET must_change_password = true")
    with time_machine.travel(NOW, tick=False):
        client = browser(app, who, NOW)
        assert client.get("/clinic/own").status_code == 200
        for way in ways:
            if way.door in CLINIC and way.endpoint.startswith("clinic.") and "own" not in way.path:
                answer = client.open(way.path, method=way.method)
                assert (answer.status_code, answer.location) == (302, "/clinic/own"), way


def test_nothing_personal_is_kept_by_a_browser_or_a_proxy(app: Flask, here: Place, ways):
    who = member(here.house, here.clinic.id, "walker", NOW)
    with time_machine.travel(NOW, tick=False):
        client = browser(app, who, NOW)
        for way in ways:
            if way.door in CLINIC and way.method == "GET":
                assert client.get(way.path).headers["Cache-Control"] == "no-store", way
