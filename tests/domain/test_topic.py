"""A topic's standing: a draft is called a draft, and a translation admits to being behind."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.domain.topic import (
    FactId,
    Passage,
    Phase,
    Standing,
    Statement,
    Status,
    Topic,
    TopicId,
    TopicWords,
    Urgency,
)

REVIEW_BY = date(2027, 11, 1)


def part(*facts: str) -> Passage:
    statement = Statement("Words.", tuple(map(FactId, facts)))
    return Passage("Words.", (statement,), lambda: "<p>Words.</p>")


def words(lang: str, *, made_from: int | None = None, status: Status = Status.DRAFT) -> TopicWords:
    return TopicWords(
        topic=TopicId("numbness"),
        lang=lang,
        title="Numb",
        version=3,
        status=status,
        made_from=made_from,
        reviewed_by="",
        approved_by="",
        approved_on=None,
        passage=part("F54", "F55"),
        when_to_call=part("F63", "F54"),
    )


def topic(*every: TopicWords) -> Topic:
    return Topic(
        id=TopicId("numbness"),
        urgency=Urgency.ROUTINE,
        phases=(Phase.FIRST_WEEK, Phase.WEEKS),
        pathways=("mastectomy",),
        needs=None,
        facts=(FactId("F54"),),
        review_by=REVIEW_BY,
        words={one.lang: one for one in every},
    )


def test_words_are_named_by_topic_language_and_version():
    assert words("en").name == "numbness@en#3"


def test_the_facts_of_words_are_listed_once_in_the_order_of_use():
    assert words("en").facts == ("F54", "F55", "F63")


def test_a_language_without_words_gets_the_english_ones():
    assert topic(words("en")).in_language("ar").lang == "en"


@pytest.mark.parametrize(
    ("status", "today", "standing"),
    [
        (Status.DRAFT, REVIEW_BY, Standing.DRAFT),
        (Status.DRAFT, date(2030, 1, 1), Standing.DRAFT),
        (Status.REVIEWED, REVIEW_BY, Standing.REVIEWED),
        (Status.APPROVED, REVIEW_BY, Standing.APPROVED),
        (Status.APPROVED, date(2027, 11, 2), Standing.OVERDUE),
    ],
)
def test_only_signed_words_within_their_time_are_called_approved(
    status: Status, today: date, standing: Standing
):
    assert topic(words("en", status=status)).standing("en", today) is standing


@pytest.mark.parametrize(("made_from", "standing"), [(2, Standing.STALE), (3, Standing.APPROVED)])
def test_a_signed_translation_is_stale_once_the_english_moves_on(
    made_from: int, standing: Standing
):
    spanish = words("es", made_from=made_from, status=Status.APPROVED)
    assert topic(words("en"), spanish).standing("es", REVIEW_BY) is standing


def test_a_topic_for_every_time_concerns_each_part_of_a_recovery():
    assert topic(words("en")).concerns(Phase.WEEKS)
    assert not topic(words("en")).concerns(Phase.MONTHS)
