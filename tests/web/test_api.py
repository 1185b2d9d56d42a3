"""The API: what programs rely on, word for word (the contract, section 6)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import tables, willow
from webapp.domain.person import Patient
from webapp.journeys.house import House
from webapp.store import checkins
from webapp.store.engine import StoreUnavailable

ADDRESS = "/api/v1/check-ins"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("at_noon")
GIVEN = {
    "nrs_avg": 2,
    "nrs_worst": 4,
    "tablets": 1,
    "sleep_trouble": "none",
    "wakes": 0,
    "effects": [],
    "temperature_c": None,
    "note": "",
}


def body(link: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "token": link,
        "submission_id": str(uuid4()),
        "answers": GIVEN,
        "answered_at": NOON.isoformat(),
    }
    return {**usual, **changes}


def fields(response: TestResponse) -> list[str]:
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    said = response.get_json()
    assert said["status"] == 422 and said["title"]
    return [one["field"] for one in said["errors"]]


def test_a_check_in_is_answered_with_exactly_what_the_contract_says(
    client: FlaskClient, token: str
) -> None:
    bad = {**GIVEN, "nrs_avg": 8, "nrs_worst": 9}
    response = client.post(ADDRESS, json=body(token, answers=bad))
    assert response.status_code == 201
    said = response.get_json()
    assert set(said) == {"report_id", "day", "pod", "advice"}
    assert (said["day"], said["pod"]) == ("2026-11-20", 3)
    assert said["advice"]
    for one in said["advice"]:
        assert set(one) == {"severity", "topic", "text"}
        assert one["severity"] in ("urgent", "soon", "watch") and one["text"]


def test_the_same_submission_again_is_200_with_the_same_body(
    client: FlaskClient, house: House, token: str
) -> None:
    sent = body(token)
    first, again = client.post(ADDRESS, json=sent), client.post(ADDRESS, json=sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert tables.count(house.store, "check_in") == 1


def test_twenty_retries_at_once_store_one(app: Flask, house: House, token: str) -> None:
    sent, got, gate = body(token), [], threading.Barrier(20)

    def retry() -> None:
        gate.wait()
        got.append(app.test_client().post(ADDRESS, json=sent))

    threads = [threading.Thread(target=retry) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.status_code for one in got) == [200] * 19 + [201]
    assert len({one.text for one in got}) == 1
    assert tables.count(house.store, "check_in") == 1


def test_the_same_id_with_other_answers_is_refused(client: FlaskClient, token: str) -> None:
    sent = body(token)
    client.post(ADDRESS, json=sent)
    other = client.post(ADDRESS, json={**sent, "answers": {**GIVEN, "tablets": 9}})
    assert fields(other) == ["submission_id"]


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"nrs_avg": "much"}, ["answers.nrs_avg"]),
        ({"nrs_avg": 11}, ["answers.nrs_avg"]),
        ({"nrs_avg": -1}, ["answers.nrs_avg"]),
        ({"nrs_avg": True}, ["answers.nrs_avg"]),
        ({"nrs_avg": float("1e400")}, ["answers.nrs_avg"]),
        ({"effects": ["no-such-sign"]}, ["answers.effects"]),
        ({"effects": "breathless"}, ["answers.effects"]),
        ({"sleep_trouble": "some"}, ["answers.sleep_trouble"]),
        ({"what": 1}, ["answers.what"]),
        ({"nrs_avg": [], "tablets": {}}, ["answers.nrs_avg", "answers.tablets"]),
        ({"note": 7}, ["answers.note"]),
    ],
)
def test_each_bad_answer_has_one_entry_of_its_own(
    client: FlaskClient, house: House, token: str, answers: dict[str, Any], named: list[str]
) -> None:
    response = client.post(ADDRESS, json=body(token, answers={**GIVEN, **answers}))
    assert fields(response) == named
    assert tables.count(house.store, "check_in") == 0


@pytest.mark.parametrize("answers", [{}, {name: None for name in GIVEN if name != "note"}])
def test_a_check_in_without_a_single_answer_is_refused(
    client: FlaskClient, token: str, answers: dict[str, Any]
) -> None:
    assert fields(client.post(ADDRESS, json=body(token, answers=answers))) == ["answers"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"token": ""}, "token"),
        ({"token": 7}, "token"),
        ({"submission_id": "x"}, "submission_id"),
        ({"submission_id": None}, "submission_id"),
        ({"submission_id": "a" * 65}, "submission_id"),
        ({"answers": []}, "answers"),
        ({"answered_at": "yesterday"}, "answered_at"),
        ({"answered_at": "2026-11-20T09:00:00"}, "answered_at"),
        ({"answered_at": "0001-01-01T00:00:00+14:00"}, "answered_at"),
        ({"answered_at": 17}, "answered_at"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_each_bad_field_is_named(
    client: FlaskClient, token: str, changes: dict[str, Any], named: str
) -> None:
    assert fields(client.post(ADDRESS, json=body(token, **changes))) == [named]


@pytest.mark.parametrize("sent", [b"", b"[]", b"{", b'"x"', b"\xff", b"nrs_avg=2", b"NaN"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_what_is_no_json_object_is_a_problem(client: FlaskClient, sent: bytes, kind: str) -> None:
    response = client.post(ADDRESS, data=sent, content_type=kind)
    assert fields(response) == [""]


@pytest.mark.parametrize(("sent", "status"), [(b"[" * 60_000, 422), (b"x" * 3_000_000, 413)])
def test_a_body_that_nobody_means_is_a_problem_and_no_fault_of_ours(
    client: FlaskClient, sent: bytes, status: int
) -> None:
    answer = client.post(ADDRESS, data=sent, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize("note", ["\ud800", "a\x00b", "\u202eevil", "ع" * 400, "<script>"])
def test_any_text_that_can_be_typed_is_taken_or_named(
    client: FlaskClient, house: House, token: str, note: str
) -> None:
    response = client.post(ADDRESS, json=body(token, answers={**GIVEN, "note": note}))
    assert response.status_code in (201, 422), response.text
    assert tables.count(house.store, "check_in") == (response.status_code == 201)


def test_an_unknown_token_is_404(client: FlaskClient, rosa: Patient) -> None:
    for token in ("a" * 22, "x", "\ud800", "a" * 5000):
        assert client.post(ADDRESS, json=body(token)).status_code == 404


def test_a_day_before_its_time_is_409_and_says_when_it_opens(
    client: FlaskClient, house: House, rosa: Patient
) -> None:
    token = willow.link_of(house, rosa, NOON, NOON.date() + timedelta(days=1))
    response = client.post(ADDRESS, json=body(token))
    assert response.status_code == 409
    assert response.get_json()["opens_at"] == "2026-11-21T00:00:00+00:00"


def test_a_late_delivery_is_taken_and_a_later_one_is_410(
    client: FlaskClient, house: House, token: str, at_noon: time_machine.Traveller
) -> None:
    sent = body(token)
    at_noon.move_to(NOON + timedelta(days=10))
    gone = client.post(ADDRESS, json=sent)
    assert (gone.status_code, gone.mimetype) == (410, "application/problem+json")
    at_noon.move_to(NOON + timedelta(days=2))
    assert client.post(ADDRESS, json=body(token, answered_at=None)).status_code == 410
    assert client.post(ADDRESS, json=sent).status_code == 201
    assert [row[-1] for row in tables.rows(house.store)["check_in"]]


def test_a_database_that_is_away_is_503_with_a_time_to_try_again(
    client: FlaskClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(checkins, "add", away)
    sent = body(token)
    response = client.post(ADDRESS, json=sent)
    assert response.status_code == 503 and int(response.headers["Retry-After"]) > 0
    monkeypatch.undo()
    assert client.post(ADDRESS, json=sent).status_code == 201


def test_numbers_out_of_range_are_taken_once_the_patient_has_confirmed_them(
    client: FlaskClient, token: str
) -> None:
    many = {**GIVEN, "tablets": 45}
    assert fields(client.post(ADDRESS, json=body(token, answers=many))) == ["answers.tablets"]
    confirmed = body(token, answers=many, confirmed=True)
    assert client.post(ADDRESS, json=confirmed).status_code == 201


def test_the_api_is_only_for_posting(client: FlaskClient) -> None:
    assert client.get(ADDRESS).status_code == 405


def test_a_program_gets_no_page_for_an_address_or_method_that_is_not_there(client):
    wrong_method, wrong_address = client.get("/api/v1/check-ins"), client.get("/api/v1/nothing")
    assert (wrong_method.status_code, wrong_address.status_code) == (405, 404)
    assert {wrong_method.mimetype, wrong_address.mimetype} == {"application/problem+json"}
    assert "POST" in wrong_method.headers["Allow"]
    assert wrong_address.json["status"] == 404


def test_a_person_gets_a_page_for_a_method_that_is_not_there(client):
    answer = client.delete("/en/topics/")
    assert answer.status_code == 405
    assert answer.mimetype == "text/html"
    assert answer.headers["Allow"]
