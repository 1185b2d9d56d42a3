"""A pathway says which days are asked and what is worth reading."""

from webapp.domain.pathway import (
    AskingPhase,
    Pathway,
    ReadingPhase,
    due_days,
    is_due,
    next_due_pod,
    phase_of,
    reading_at,
)

PATHWAY = Pathway(
    id="test",
    version=1,
    status="draft",
    judged_as="knee",
    names={"en": "Knee", "es": "Rodilla"},
    asks_baseline=True,
    asking=(AskingPhase("daily", (1, 2, 3), 24, 6), AskingPhase("weekly", (7, 14), 72)),
    last_day_changes_hours=48,
    reading=(
        ReadingPhase("before", -1, ("what-is-it",)),
        ReadingPhase("first-week", 7, ("numbness",)),
        ReadingPhase("months", None, ("later",)),
    ),
)


def test_due_days_are_all_asked_days_in_order():
    assert due_days(PATHWAY) == (1, 2, 3, 7, 14)


def test_a_day_that_is_not_listed_is_not_asked():
    assert is_due(PATHWAY, 7)
    assert not is_due(PATHWAY, 0)
    assert not is_due(PATHWAY, 5)
    assert phase_of(PATHWAY, 14).id == "weekly"


def test_after_the_last_day_nothing_is_asked():
    assert next_due_pod(PATHWAY, 3) == 7
    assert next_due_pod(PATHWAY, -10) == 1
    assert next_due_pod(PATHWAY, 14) is None


def test_the_reading_list_follows_the_recovery():
    assert [reading_at(PATHWAY, pod).phase for pod in (-30, -1, 0, 7, 8, 900)] == [
        "before",
        "before",
        "first-week",
        "first-week",
        "months",
        "months",
    ]


def test_a_name_that_is_not_translated_is_given_in_english():
    assert PATHWAY.name("es") == "Rodilla"
    assert PATHWAY.name("ar") == "Knee"
