"""What a phone is given to keep: a worker, scripts of one version, and a page without a name."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from tests import willow
from tests.people import browser, member
from webapp import create_app
from webapp.config import load_config
from webapp.web.phone import worker_pages

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("at_noon")
ANSWERS = {"nrs_avg": "2", "nrs_worst": "3", "tablets": "1", "wakes": "0", "effects": "none"}
FEW = {**ANSWERS, "effects": ["none"]}


def test_the_worker_is_never_kept_and_names_scripts_that_are_kept_for_ever(client: FlaskClient):
    worker = client.get("/worker.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.mimetype == "text/javascript"
    name = re.fullmatch(r'import "(/phone/[0-9a-f]{12}/worker\.js)";\n', worker.text)[1]
    script = client.get(name)
    assert script.status_code == 200
    assert "immutable" in script.headers["Cache-Control"]


def test_another_versions_address_answers_nothing(client: FlaskClient):
    assert client.get("/phone/000000000000/worker.js").status_code == 404
    assert client.get(f"/phone/{worker_pages.version()}/secret.js").status_code == 404


def test_every_module_that_a_script_names_is_there_and_the_worker_fetches_all(client: FlaskClient):
    scripts = worker_pages.scripts()
    named = {one for text in scripts.values() for one in re.findall(r'from "\./(\w+\.js)"', text)}
    assert named <= set(scripts)
    listed = re.search(r"OWN = \[([^\]]+)\]", scripts["worker.js"])[1]
    assert {f"{one}.js" for one in re.findall(r'"(\w+)"', listed)} == set(scripts) - {"worker.js"}


def test_the_app_can_be_installed_in_each_language(client: FlaskClient):
    for language, side in (("en", "ltr"), ("es", "ltr"), ("ar", "rtl")):
        told = json.loads(client.get(f"/{language}/app.webmanifest").text)
        assert (told["lang"], told["dir"]) == (language, side)
        assert told["start_url"] == f"/{language}/check-in"
        assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
        for icon in told["icons"]:
            with client.get(icon["src"]) as answer:
                assert answer.status_code == 200


def test_the_page_of_what_waits_is_the_same_for_somebody_with_a_link(client: FlaskClient, token):
    before = client.get("/en/check-in/kept").data
    client.get(f"/en/check-in/{token}")
    assert client.get("/en/check-in/kept").data == before
    assert token.encode() not in before


def test_the_form_that_a_phone_keeps_may_run_under_the_policy_of_the_page_that_waits(client, token):
    form = client.get(f"/en/check-in/{token}", follow_redirects=True)
    waiting = client.get("/en/check-in/kept")
    allowed = waiting.headers["Content-Security-Policy"].replace(";", " ").split()
    needed = re.findall(r"'sha256-[^']+'", form.headers["Content-Security-Policy"])
    assert len(needed) > 3
    assert [one for one in needed if one not in allowed] == []


def test_a_language_is_turned_without_losing_or_storing_what_was_typed(client, house, rosa, token):
    client.get(f"/en/check-in/{token}")
    page = client.post("/es/check-in", data={**ANSWERS, "token": token, "turn": "es"})
    assert page.status_code == 200
    assert '<html lang="es"' in page.text
    assert re.search(r'name="nrs_worst" value="3" checked', page.text)
    assert re.search(r'name="tablets"[^>]*value="1"', page.text)
    assert "data-typed" in page.text
    assert 'role="alert"' not in page.text
    with house.store.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM check_in").scalar() == 0


def test_a_clinic_that_forbids_it_lets_phones_clear_up_and_keep_nothing(house, tmp_path, token):
    config = load_config({"THAW_DATA_DIR": str(tmp_path), "THAW_PHONES_KEEP": "0"})
    client = create_app(config, house).test_client()
    page = client.get(f"/en/check-in/{token}", follow_redirects=True).text
    assert 'name="nrs_avg"' in page
    assert 'name="phone"' not in page
    worker = client.get("/worker.js").text
    assert "deleteDatabase" in worker
    assert "import" not in worker


def sent(client: FlaskClient, token: str) -> str:
    body = {"token": token, "submission_id": "a-phone-of-hers", "answers": FEW}
    return client.post("/api/v1/check-ins", json=body).json["report_id"]


def asked(client: FlaskClient, token: str, report: str):
    return client.post("/api/v1/check-ins/seen", json={"token": token, "report_id": report})


def test_sent_becomes_seen_only_when_somebody_of_the_team_has_looked(client, house, rosa, token):
    report = sent(client, token)
    assert asked(client, token, report).json == {"seen_at": None}
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        nurse = member(house, willow.WILLOW.id, "nurse", NOON)
        looked = browser(client.application, nurse, NOON + timedelta(hours=1))
        assert looked.get(f"/clinic/patients/{rosa.id}").status_code == 200
    assert asked(client, token, report).json == {"seen_at": "2026-11-20T13:00:00+00:00"}


def test_nobody_else_can_ask_whether_it_was_seen(client, house, token):
    report = sent(client, token)
    other = willow.admit(house, willow.patient(NOON.date() - timedelta(days=3)), NOON)
    assert asked(client, willow.link_of(house, other, NOON), report).status_code == 404
    assert asked(client, token, "no-such-report").status_code == 404
    assert asked(client, "x" * 22, report).status_code == 404


def test_a_kept_receipt_opens_its_advice_and_a_wrong_one_does_not(client, token):
    report = sent(client, token)
    answer = client.post("/en/check-in/receipt", data={"token": token, "receipt": report})
    assert answer.status_code == 303
    assert "Your answers are stored" in client.get("/en/check-in/thanks").text
    client.post("/en/check-in/receipt", data={"token": token, "receipt": "another"})
    assert "Your answers are stored" not in client.get("/en/check-in/thanks").text
