"""/metrics: behind a token, from the database, naming nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from tests.factories import URGENT, place
from webapp import create_app
from webapp.config import Config
from webapp.journeys import escalating, prompting
from webapp.journeys.house import House
from webapp.store import provider_events

NOW = datetime.now(UTC)
KEY = {"Authorization": "Bearer right"}


@pytest.fixture
def watched(config: Config, house: House) -> FlaskClient:
    return create_app(replace(config, metrics_token="right"), house).test_client()


def test_without_a_token_set_there_is_no_such_page(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "said", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "right!"}]
)
def test_a_caller_without_the_token_learns_nothing(
    watched: FlaskClient, said: dict[str, str]
) -> None:
    answer = watched.get("/metrics", headers=said)
    assert answer.status_code == 401 and "thaw_" not in answer.text


def test_the_figures_are_those_of_the_database_and_name_nobody(
    watched: FlaskClient, house: House
) -> None:
    here = place(house, NOW)
    patient = here.enrol("Rosa Canary", days_ago=2)
    here.report(patient, **URGENT)
    prompting.tick(house, NOW)
    escalating.climb(house, NOW)
    said = watched.get("/metrics", headers=KEY).text
    assert 'thaw_unacknowledged_flags{severity="urgent",younger_than="15m"} 1.0' in said
    assert 'thaw_messages{state="queued"}' in said
    assert 'thaw_beat_age_seconds{part="clock"}' in said
    for name in ("oldest_unsent_seconds", "late_pages", "error_share", "alarms", "prompts_today"):
        assert f"thaw_{name}" in said, name
    for secret in ("Rosa", patient, "example", here.sam.id):
        assert secret not in said


def test_what_providers_tell_about_nothing_of_ours_is_counted_for_a_day(
    watched: FlaskClient, house: House
) -> None:
    """A wrong address for callbacks, or somebody else's account, shows here and nowhere else."""
    with house.store.begin() as tx:
        for ref, at in (("old", NOW - timedelta(days=2)), ("strange", NOW), ("ours", NOW)):
            provider_events.add(tx, "twilio", ref, "delivered", now=at)
        provider_events.know(tx, "twilio", "ours", "delivered")
    assert "thaw_unknown_provider_events 1.0" in watched.get("/metrics", headers=KEY).text
