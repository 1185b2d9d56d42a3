"""What is told when a cohort file is wrong."""

import shutil
from pathlib import Path

import pytest

from webapp.library.cohort_files import load_cohorts
from webapp.library.problem import LibraryError

CONTENT = Path(__file__).parents[2] / "content"


@pytest.fixture
def wrong(tmp_path):
    shutil.copytree(CONTENT / "cohorts", tmp_path / "cohorts")

    def fault(name: str, old: str, new: str):
        file = tmp_path / "cohorts" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(LibraryError) as caught:
            load_cohorts(tmp_path)
        return caught.value.problems[0]

    return fault


def test_a_day_cannot_be_both_printed_and_silent(wrong):
    found = wrong("historic-controls.yaml", "not_in_text: [2,", "not_in_text: [1, 2,")
    assert "day 1" in found.message
    assert found.file.endswith("historic-controls.yaml")


def test_an_invented_person_must_be_called_so(wrong):
    assert "Synthetic" in wrong("synthetic.yaml", '"Synthetic {number:02d}"', '"Ana"').message


def test_a_missed_day_has_no_answers(wrong):
    assert (
        "no answers" in wrong("synthetic.yaml", "missed: true", "missed: true, nrs_avg: 1").message
    )


def test_a_script_cannot_be_ahead_of_its_own_day(wrong):
    found = wrong("synthetic.yaml", "days_since_procedure: 367", "days_since_procedure: 100")
    assert "still ahead" in found.message


def test_every_printed_number_names_its_fact(wrong):
    assert wrong("trial-2022.yaml", "        facts: [F28]\n", "        facts: []\n").line > 1
