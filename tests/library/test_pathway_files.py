"""The pathways that ship, and what a clinician is told when one is wrong."""

from pathlib import Path

import pytest

from webapp.domain.pathway import due_days
from webapp.library.pathway_files import load_pathways
from webapp.library.problem import LibraryError

CONTENT = Path(__file__).parents[2] / "content"
GOOD = (CONTENT / "pathways" / "mastectomy-calls.yaml").read_text(encoding="utf-8")


def faults_of(tmp_path: Path, text: str, name: str = "mastectomy-calls.yaml"):
    folder = tmp_path / "pathways"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(LibraryError) as caught:
        load_pathways(tmp_path)
    return caught.value.problems


def test_mastectomy_is_asked_daily_for_two_weeks_and_then_ever_more_rarely():
    assert due_days(load_pathways(CONTENT)["mastectomy"]) == (
        *range(1, 15), 21, 28, 42, 84, 182, 365,
    )  # fmt: skip


def test_the_case_reports_eight_calls_are_a_pathway_of_their_own():
    calls = load_pathways(CONTENT)["mastectomy-calls"]
    assert due_days(calls) == (1, 2, 3, 4, 7, 14, 21, 28)
    assert calls.judged_as == "mastectomy"


def test_a_knee_is_asked_weekly_against_a_stored_baseline():
    knee = load_pathways(CONTENT)["knee"]
    assert due_days(knee) == (*range(7, 85, 7), 182, 365)
    assert knee.asks_baseline


def test_every_pathway_that_ships_says_that_it_is_a_draft():
    assert {each.status for each in load_pathways(CONTENT).values()} == {"draft"}


def test_a_day_out_of_order_is_named_with_its_line_and_a_remedy(tmp_path):
    (fault,) = faults_of(tmp_path, GOOD.replace("[7, 14, 21, 28]", "[7, 14, 14, 28]"))
    assert fault.file.endswith("mastectomy-calls.yaml")
    assert GOOD.splitlines()[fault.line - 2].startswith("asking")
    assert "put the days in order" in str(fault)


def test_a_reminder_after_the_day_has_closed_is_refused(tmp_path):
    (fault,) = faults_of(
        tmp_path, GOOD.replace("reminder_after_hours: 6", "reminder_after_hours: 24")
    )
    assert "before the day closes" in str(fault)


def test_a_misspelt_name_is_never_ignored(tmp_path):
    (fault,) = faults_of(tmp_path, GOOD.replace("    open_hours: 72", "    opne_hours: 72"))[:1]
    assert "open" in str(fault)


def test_every_language_needs_a_name(tmp_path):
    (fault,) = faults_of(tmp_path, GOOD.replace("  es: ", "  fr: "))
    assert "no name in es" in str(fault)


def test_counting_that_misses_its_last_day_is_refused(tmp_path):
    wrong = GOOD.replace("days: [1, 2, 3, 4]", "every: {from: 1, to: 4, step: 2}")
    (fault,) = faults_of(tmp_path, wrong)
    assert "never reaches 4" in str(fault)


def test_days_are_written_in_one_way_only(tmp_path):
    both = "days: [1, 2]\n    every: {from: 1, to: 2}"
    (fault,) = faults_of(tmp_path, GOOD.replace("days: [1, 2, 3, 4]", both))
    assert "either `every` or `days`" in str(fault)


def test_the_id_and_the_name_of_the_file_agree(tmp_path):
    (fault,) = faults_of(tmp_path, GOOD, name="other.yaml")
    assert "Give both the same name" in str(fault)


def test_a_folder_without_pathways_is_a_fault(tmp_path):
    with pytest.raises(LibraryError, match="no pathway"):
        load_pathways(tmp_path)


def test_every_topic_of_the_reading_lists_is_on_the_list_of_topics():
    planned = (CONTENT / "topics" / "index.yaml").read_text(encoding="utf-8")
    for pathway in load_pathways(CONTENT).values():
        for part in pathway.reading:
            assert not [topic for topic in part.topics if f"- {topic}\n" not in planned]
