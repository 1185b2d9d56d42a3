"""Alive while the process lives; ready only while the site can do its whole work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from tests import tables
from tests.conftest import MASTER_KEY
from webapp import create_app
from webapp.config import Config
from webapp.journeys.house import House
from webapp.store import beats
from webapp.store.engine import open_store


def beat(house: House, ago: timedelta) -> None:
    with house.store.begin() as tx:
        beats.beat(tx, beats.CLOCK, datetime.now(UTC) - ago)


def test_a_site_without_a_clock_is_alive_and_not_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["reasons"] == ["no clock has beaten in the last 3 minutes"]


@pytest.mark.parametrize(
    ("ago", "status"),
    [(timedelta(), 200), (timedelta(minutes=2), 200), (timedelta(minutes=4), 503)],
)
def test_a_site_is_ready_while_its_clock_beats(
    client: FlaskClient, house: House, ago: timedelta, status: int
) -> None:
    beat(house, ago)
    assert client.get("/readyz").status_code == status


def test_a_database_of_another_schema_is_not_ready(client: FlaskClient, house: House) -> None:
    beat(house, timedelta())
    tables.execute(house.store, "UPDATE alembic_version SET version_num = '0001'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "schema" in response.get_json()["reasons"][0]


def test_a_database_that_is_away_is_not_ready_and_the_process_lives(
    house: House, config: Config
) -> None:
    away = open_store("postgresql+psycopg://thaw@127.0.0.1:1/thaw", MASTER_KEY)
    client = create_app(config, replace(house, store=away)).test_client()
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["reasons"] == ["the database does not answer"]


def test_asking_whether_it_is_ready_writes_nothing(client: FlaskClient, house: House) -> None:
    before = tables.fingerprint(house.store)
    client.get("/readyz")
    assert tables.fingerprint(house.store) == before
