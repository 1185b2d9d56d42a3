"""The start page and the lists: urgent first, then in the order in which a recovery is lived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.web.reading_room import CLINIC, reading_room
from webapp.assemble import OnlyClinic
from webapp.journeys import governing
from webapp.store.engine import StoreUnavailable
from webapp.web.public import kept

PHASES = ("before", "day-of", "first-week", "weeks", "months")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def reader(library):
    return reading_room(library=library).test_client()


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
def test_the_start_page_asks_first_whether_it_is_urgent_then_goes_in_order(reader, lang):
    page = reader.get(f"/{lang}/").text
    doors = ["#urgent", *(f"/{lang}/topics/phase/{phase}" for phase in PHASES)]
    places = [page.index(f'href="{door}"') for door in doors]
    assert places == sorted(places)
    assert page.index('id="urgent"') < page.index('href="tel:911"')


@pytest.mark.parametrize("address", ["/en/topics/", *(f"/en/topics/phase/{one}" for one in PHASES)])
def test_every_list_says_first_where_to_turn_if_it_is_urgent(reader, address):
    page = reader.get(address).text
    assert page.index('href="/en/#urgent"') < page.index('class="reads"')


def test_a_list_of_one_time_begins_with_what_a_clinic_gives_to_read(reader, library):
    page = reader.get("/en/topics/phase/before").text
    offered = library.pathways["mastectomy"].reading[0].topics
    places = [page.index(f'href="/en/topics/{topic}"') for topic in offered]
    assert max(places) < page.index("Everything about this time")
    assert page.index("Start with these: Breast removal") < page.index("Start with these: Knee")


class LaterOn(datetime):
    """A quarter of an hour later than it is."""

    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + timedelta(minutes=15)


def test_a_clinics_new_number_is_on_every_page_within_minutes(monkeypatch):
    room = reading_room()
    client = room.test_client()
    assert CLINIC.phone in client.get("/en/topics/numbness").text
    room.extensions["thaw"].clinic = replace(CLINIC, phone="(555) 010-0777")
    monkeypatch.setattr(kept, "datetime", LaterOn)
    page = client.get("/en/topics/numbness").text
    assert "(555) 010-0777" in page
    assert CLINIC.phone not in page


def test_the_clinic_is_named_where_there_is_just_one(house):
    only = OnlyClinic(house.store)
    assert only() is None
    governing.add_clinic(house, CLINIC, now=NOW)
    assert only() == CLINIC
    governing.add_clinic(house, replace(CLINIC, id="c2", name="Another"), now=NOW)
    assert only() is None


def test_while_the_database_is_away_the_clinic_is_named_as_it_last_was(house):
    only = OnlyClinic(house.store)
    governing.add_clinic(house, CLINIC, now=NOW)
    assert only() == CLINIC

    class Away:
        def read(self):
            raise StoreUnavailable

    only._store = Away()
    assert only() == CLINIC
