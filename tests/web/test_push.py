"""A browser asks for pushes with its daily link, and by nothing else; hostile ones get none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from tests import tables, willow
from webapp import create_app
from webapp.journeys.house import House, PushDoor
from webapp.store import patients, subscriptions

KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
    "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}  # RFC 8291, appendix A
ENDPOINT = "https://push.example.net/send/abc123"
SUBSCRIPTION = {"endpoint": ENDPOINT, "expirationTime": None, "keys": KEYS}


@pytest.fixture
def rosa(house: House, clock_now):
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    return willow.patient_on_day(house, 3, clock_now)


@pytest.fixture
def client(config, house: House):
    pushing = replace(house, push=PushDoor("BPublicKey"))
    return create_app(config, pushing).test_client()


def hers(house, who):
    with house.store.read() as tx:
        seal = patients.seal_of(tx, who.clinic_id, who.id)
        return [one.address.endpoint for one in subscriptions.of_patient(tx, who.id, seal)]


def test_the_public_key_is_everybodys_and_missing_where_push_is_off(client, app: Flask):
    assert client.get("/api/v1/push-key").json == {"public_key": "BPublicKey"}
    assert app.test_client().get("/api/v1/push-key").status_code == 404


def test_a_browser_subscribes_with_the_days_token_and_leaves_again(client, house, rosa, clock_now):
    token = willow.link_of(house, rosa, clock_now)
    sent = {"token": token, "subscription": SUBSCRIPTION}
    for _ in range(2):  # a page that is loaded again subscribes again
        assert client.post("/api/v1/push-subscriptions", json=sent).status_code == 201
    assert hers(house, rosa) == [ENDPOINT]
    gone = {"token": token, "endpoint": ENDPOINT}
    assert client.delete("/api/v1/push-subscriptions", json=gone).status_code == 204
    assert hers(house, rosa) == []


def test_the_links_cookie_is_enough(client, house, rosa, clock_now):
    with time_machine.travel(clock_now, tick=False):
        token = willow.link_of(house, rosa, clock_now)
        client.get(f"/en/check-in/{token}")
        sent = {"subscription": SUBSCRIPTION}
        assert client.post("/api/v1/push-subscriptions", json=sent).status_code == 201
    assert hers(house, rosa) == [ENDPOINT]


@pytest.mark.parametrize("token", [None, "", "x" * 22, 7, ["a"], "ü" * 22])
def test_nobody_without_a_link_subscribes(client, house, rosa, token):
    sent = {"token": token, "subscription": SUBSCRIPTION}
    assert client.post("/api/v1/push-subscriptions", json=sent).status_code == 404
    assert hers(house, rosa) == []


def test_whoever_has_only_anothers_link_cannot_take_her_browser_away(
    client, house, rosa, clock_now
):
    other = willow.patient_on_day(house, 2, clock_now)
    token = willow.link_of(house, rosa, clock_now)
    client.post("/api/v1/push-subscriptions", json={"token": token, "subscription": SUBSCRIPTION})
    sent = {"token": willow.link_of(house, other, clock_now), "endpoint": ENDPOINT}
    assert client.delete("/api/v1/push-subscriptions", json=sent).status_code == 204
    assert hers(house, rosa) == [ENDPOINT]


HOSTILE = [
    "http://push.example.net/x",
    "https://localhost/x",
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f.0.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.5/x",
    "https://192.168.1.1/x",
    "https://intranet/x",
    "https://db.internal/x",
    "https://printer.local/x",
    "https://router.lan/x",
    "https://user:pw@push.example.net/x",
    "https://push.example.net@127.0.0.1/x",
    "https://push.example.net:99999/x",
    "https://push.example.net\\@127.0.0.1/x",
    "https://push.example.net/x y",
    "https://push.example.net/\r\nHost: evil",
    "https://push.example.net/#frag",
    "file:///etc/passwd",
    "gopher://push.example.net/x",
    "ftp://push.example.net/x",
    "//push.example.net/x",
    "push.example.net",
    "https://",
    "https:///x",
    "https://[::1",
    "https://push.example.net/" + "x" * 2000,
    "https://püsh.example.net/x",
    "",
    None,
    7,
    {"a": 1},
]


@pytest.mark.parametrize("endpoint", HOSTILE)
def test_no_hostile_address_is_ever_kept(client, house, rosa, clock_now, endpoint):
    token = willow.link_of(house, rosa, clock_now)
    sent = {"token": token, "subscription": {**SUBSCRIPTION, "endpoint": endpoint}}
    answer = client.post("/api/v1/push-subscriptions", json=sent)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "endpoint")
    assert hers(house, rosa) == []


@pytest.mark.parametrize(
    "keys",
    [
        {},
        None,
        {"p256dh": KEYS["p256dh"]},
        {"p256dh": KEYS["auth"], "auth": KEYS["auth"]},
        {"p256dh": "A" + KEYS["p256dh"][1:], "auth": KEYS["auth"]},
        {"p256dh": "!" * 87, "auth": KEYS["auth"]},
        {"p256dh": KEYS["p256dh"], "auth": "x"},
        {"p256dh": 7, "auth": 8},
    ],
)
def test_no_keys_that_cannot_be_used_are_kept(client, house, rosa, clock_now, keys):
    token = willow.link_of(house, rosa, clock_now)
    sent = {"token": token, "subscription": {"endpoint": ENDPOINT, "keys": keys}}
    answer = client.post("/api/v1/push-subscriptions", json=sent)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"].startswith("keys.")


def test_no_endpoint_can_be_read_in_the_database(client, house, rosa, clock_now):
    token = willow.link_of(house, rosa, clock_now)
    client.post("/api/v1/push-subscriptions", json={"token": token, "subscription": SUBSCRIPTION})
    kept = json.dumps(tables.rows(house.store)["push_subscription"], default=repr)
    assert "push.example" not in kept and KEYS["auth"] not in kept
