"""What a patient says she has read reaches her clinic once; nothing else that is read is noted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import place
from webapp.journeys import linking, recovering
from webapp.journeys.marking_read import PageMoved, Proof, mark_read
from webapp.store import audits, diaries, links

TOPIC = "numbness"


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


@pytest.fixture
def rosa(harbor):
    return harbor.enrol()


@pytest.fixture
def passage(library):
    return library.topics[TOPIC].english.name


def link_of(harbor, who, day: date | None = None):
    made = linking.make_link(harbor.house, who, day, now=harbor.now)
    return made.address.rsplit("/", 1)[1]


def read_by(harbor, who):
    return [(line.title, line.passage) for line in recovering.recovery(harbor.desk, who).read]


def deeds_of(harbor, who):
    with harbor.house.store.read() as tx:
        lines = audits.lines_of_patient(tx, harbor.clinic.id, who)
    return [line for line in lines if line.action == "page.read"]


def mark(harbor, passage, at=None, **proof):
    now = at or harbor.now
    return mark_read(harbor.house, Proof(**proof), topic_id=TOPIC, passage=passage, now=now)


def test_her_clinic_sees_what_she_says_she_has_read(harbor, rosa, passage, library):
    assert mark(harbor, passage, link=link_of(harbor, rosa)) == harbor.clinic
    assert read_by(harbor, rosa) == [(library.topics[TOPIC].english.title, passage)]


def test_saying_it_twice_is_noted_once(harbor, rosa, passage):
    link = link_of(harbor, rosa)
    for _ in range(2):
        assert mark(harbor, passage, link=link) == harbor.clinic
    assert len(read_by(harbor, rosa)) == len(deeds_of(harbor, rosa)) == 1


def test_the_trail_tells_what_was_read_only_under_her_own_key(harbor, rosa, passage):
    mark(harbor, passage, link=link_of(harbor, rosa))
    (deed,) = deeds_of(harbor, rosa)
    assert TOPIC not in f"{deed.subject} {deed.actor}"
    assert deed.values == {"new": {"passage": passage}}


def test_an_open_diary_is_as_good_as_a_link_until_it_ends(harbor, rosa, passage):
    ends = harbor.now + timedelta(minutes=30)
    with harbor.house.store.begin() as tx:
        token = diaries.start(tx, rosa, harbor.now, ends)
    assert mark(harbor, passage, diary=token) == harbor.clinic
    assert len(read_by(harbor, rosa)) == 1
    assert mark(harbor, passage, ends + timedelta(minutes=1), diary=token) is None


@pytest.mark.parametrize("proof", [{}, {"link": "nonsense"}, {"link": "A" * 43, "diary": "x"}])
def test_who_proves_nothing_leaves_nothing(harbor, rosa, passage, proof):
    assert mark(harbor, passage, **proof) is None
    assert read_by(harbor, rosa) == []


def test_a_link_that_is_over_or_was_taken_back_notes_nothing(harbor, rosa, passage):
    old = link_of(harbor, rosa, harbor.now.date() - timedelta(days=2))
    assert mark(harbor, passage, link=old) is None
    link = link_of(harbor, rosa)
    with harbor.house.store.begin() as tx:
        links.revoke(tx, rosa, harbor.now)
    assert mark(harbor, passage, link=link) is None
    assert read_by(harbor, rosa) == []


def test_what_she_read_is_hers_alone(harbor, rosa, passage):
    mark(harbor, passage, link=link_of(harbor, rosa))
    assert read_by(harbor, harbor.enrol("Ana Example")) == []


@pytest.mark.parametrize("words", ["", "numbness@en#999", "chest-pain@en#1", "no-such@en#1"])
def test_words_that_no_page_has_are_not_noted(harbor, rosa, words):
    with pytest.raises(PageMoved):
        mark(harbor, words, link=link_of(harbor, rosa))
    assert read_by(harbor, rosa) == []
