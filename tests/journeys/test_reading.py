"""Reading: the page of a topic, its neighbours, the list, and the words shown as advice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from webapp.domain.person import Clinic, ClinicId
from webapp.domain.topic import Phase, Standing, TopicId
from webapp.journeys.reading import Visitor, advice_words, open_topic, reading_list
from webapp.library.shelf import Library

CLINIC = Clinic(
    id=ClinicId("c"),
    name="Harbor",
    country="GB",
    timezone="Europe/London",
    phone="020 7946 0100",
    after_hours_phone="020 7946 0199",
    hours=(),
)
VISITOR = Visitor("en", date(2026, 11, 21), CLINIC)


def english_only(library: Library, topic_id: str) -> Library:
    """The same library, with one topic that nobody has translated."""
    topic = library.topics[TopicId(topic_id)]
    alone = replace(topic, words={"en": topic.english})
    return replace(library, topics={**library.topics, topic.id: alone})


def test_a_topic_opens_with_its_name_its_sources_and_an_honest_standing(library: Library):
    page = open_topic(library, "numbness", VISITOR)
    assert page is not None
    assert page.words.name == f"numbness@en#{page.words.version}"
    assert page.standing is Standing.DRAFT
    assert [fact.id for fact in page.facts] == list(page.words.facts)
    assert any(source.link for fact in page.facts for source in fact.sources)


def test_numbers_are_those_of_the_clinic_and_its_country(library: Library):
    page = open_topic(library, "short-of-breath", VISITOR)
    assert page is not None
    assert "999 or 112" in page.text(page.words.passage)
    assert 'href="tel:999"' in page.html(page.words.passage)
    every = "".join(page.html(part) + page.text(part) for part in page.words.sections)
    assert "{" not in every


def test_a_topic_without_a_translation_is_shown_in_english_and_says_so(library: Library):
    page = open_topic(english_only(library, "numbness"), "numbness", replace(VISITOR, lang="ar"))
    assert page is not None
    assert not page.translated
    assert page.words.lang == "en"
    assert "when closed" in page.contacts.clinic.text  # in the language of the words around it


def test_a_topic_that_does_not_exist_is_nothing(library: Library):
    assert open_topic(library, "no-such-topic", VISITOR) is None


def test_next_and_previous_lead_through_the_reading_list_of_the_phase(library: Library):
    first = open_topic(library, "what-is-cryoneurolysis", VISITOR)
    assert first is not None
    assert first.previous is None
    assert first.next is not None
    second = open_topic(library, first.next.id, VISITOR)
    assert second is not None
    assert second.previous == first.topic


def test_the_list_holds_every_topic_once_in_the_order_of_the_index(library: Library):
    shown = [topic.id for _, topics in reading_list(library, VISITOR) for topic in topics]
    assert shown == [topic for group in library.groups for topic in group.topics]


def test_the_list_of_a_phase_holds_what_concerns_it(library: Library):
    groups = reading_list(library, VISITOR, Phase.MONTHS)
    assert groups
    assert all(topic.concerns(Phase.MONTHS) for _, topics in groups for topic in topics)


def test_pump_topics_are_for_those_who_have_a_pump(library: Library):
    def ids(has: frozenset[str] | None) -> set[str]:
        lists = reading_list(library, replace(VISITOR, has=has))
        return {str(topic.id) for _, topics in lists for topic in topics}

    assert "pump-leak-or-tube-out" in ids(frozenset({"pump"}))
    assert "pump-leak-or-tube-out" in ids(None)
    assert "pump-leak-or-tube-out" not in ids(frozenset())


def test_a_knee_patient_is_not_shown_chest_topics(library: Library):
    lists = reading_list(library, replace(VISITOR, pathway="knee"))
    shown = [topic for _, topics in lists for topic in topics]
    assert shown
    assert all("knee" in topic.pathways for topic in shown)


def test_advice_is_the_stored_passage_and_when_to_call_with_their_name(library: Library):
    advice = advice_words(library, "short-of-breath", "en", CLINIC)
    words = library.topics[TopicId("short-of-breath")].english
    assert advice.name == words.name
    assert "999 or 112" in advice.text
    assert advice.text.splitlines()[0] == words.passage.text.splitlines()[0].replace(
        "{emergency_number}", "999 or 112"
    ).replace("{clinic_phone}", "020 7946 0100 (when closed: 020 7946 0199)")
    assert "{" not in advice.text + advice.html
