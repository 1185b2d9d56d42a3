"""The words that patients read keep every rule, all ninety topics are there, none is signed yet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from webapp.domain.topic import Standing
from webapp.library.checks import check
from webapp.library.shelf import load_library
from webapp.library.topic_files import load_topics

CONTENT = Path(__file__).parents[2] / "content"
TODAY = datetime.now(UTC).date()
SHELF = load_topics(CONTENT)
URGENCIES = {"routine": 60, "call-clinic": 21, "emergency": 9}  # topics.md, section 1


def test_no_rule_for_content_is_broken():
    broken = [str(problem) for problem in check(CONTENT, TODAY) if not problem.warning]
    assert broken == [], "\n".join(broken)


def test_all_ninety_topics_are_on_the_list_and_written():
    listed = [topic for group in SHELF.groups for topic in group.topics]
    assert len(set(listed)) == 90
    assert {source.head.id for source in SHELF.sources} == set(listed)


def test_the_topics_are_as_urgent_as_the_clinical_list_says():
    found = [source.head.urgency.value for source in SHELF.sources]
    assert {urgency: found.count(urgency) for urgency in URGENCIES} == URGENCIES


def test_every_topic_can_be_asked_for_in_many_ways():
    few = [s.head.id for s in SHELF.sources if len(s.pages["en"].asks) < 10]
    assert few == []


def test_nothing_is_called_approved_that_nobody_signed():
    library = load_library(CONTENT)
    for topic in library.topics.values():
        for lang, words in topic.words.items():
            if not words.approved_by:
                assert topic.standing(lang, date(2026, 11, 21)) is not Standing.APPROVED
