"""The reading list by phase: how long it takes, what is next, what was read, all of it on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import place
from webapp.domain.topic import Phase
from webapp.journeys import reading
from webapp.store import diaries, readings
from webapp.store.readings import PageRead

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PHASES = ("before", "day-of", "first-week", "weeks", "months")


@pytest.fixture
def here(house):
    return place(house, NOW)


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
@pytest.mark.parametrize("phase", PHASES)
def test_every_part_has_a_first_page_minutes_and_one_page_to_print(client, here, phase, lang):
    page = client.get(f"/{lang}/topics/phase/{phase}").text
    assert "data-next=" in page
    assert re.search(r"<li data-topic=\"[a-z0-9-]+\">", page)
    whole = client.get(f"/{lang}/topics/phase/{phase}/all")
    assert whole.status_code == 200
    assert whole.text.count("<section>") >= 3
    assert "{" not in whole.text.split("</style>")[-1].split("<script")[0]
    assert "Set-Cookie" not in whole.headers


def test_a_part_that_is_no_part_is_missing(client, here):
    assert client.get("/en/topics/phase/all/all").status_code == 404


def test_paper_leaves_out_what_belongs_to_every_part(library):
    opened = reading.whole_phase(library, reading.Visitor("en", NOW.date()), Phase.BEFORE)
    assert opened and all(Phase.BEFORE in one.topic.phases for one in opened)


def test_no_page_takes_no_time(library):
    assert all(
        words.minutes >= 1 for one in library.topics.values() for words in one.words.values()
    )


def test_the_list_before_the_day_leads_to_the_questions_of_each_treatment(client, here):
    page = client.get("/en/topics/phase/before").text
    assert 'href="/en/teach-back/mastectomy"' in page and 'href="/en/teach-back/knee"' in page
    assert "teach-back" not in client.get("/en/topics/phase/weeks").text


def test_her_own_record_ticks_what_she_read_and_names_the_next(client, here, library):
    rosa = here.enrol(days_ago=3)
    first, second = library.pathways["mastectomy"].reading[2].topics[:2]
    with here.house.store.begin() as tx:
        readings.add(tx, rosa, PageRead(first, f"{first}@en#1", NOW))
        token = diaries.start(tx, rosa, NOW, NOW + timedelta(minutes=30))
    client.set_cookie("thaw-diary", token)
    with time_machine.travel(NOW, tick=False):
        page = client.get("/en/diary").text
    assert "Your reading list: The first week" in page
    assert f'<li data-topic="{first}" class="done">' in page
    following = page.split("Next to read:")[1].split("</a>")[0]
    assert f"/en/topics/{second}" in following


def test_every_page_says_which_language_to_take_when_none_fits(client, here):
    for path in ("/ar/", "/es/topics/numbness", "/ar/teach-back/knee", "/en/topics/phase/weeks"):
        english = path.replace("/ar/", "/en/").replace("/es/", "/en/")
        assert f'hreflang="x-default" href="{english}"' in client.get(path).text
