"""The questions about the reading: each fault is named with its file, its line and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from tests.conftest import CONTENT
from webapp.library.checks import check_stock
from webapp.library.shelf import Library, Stock, take_stock
from webapp.library.teach_back_files import load_teach_back, teach_backs

TODAY = date(2026, 11, 20)
NAME = "teach-back/mastectomy.yaml"


@pytest.fixture(scope="module")
def committed() -> Stock:
    return take_stock(CONTENT)


@dataclass
class Changed:
    """The committed content with questions of its own."""

    committed: Stock
    folder: Path

    @property
    def stock(self) -> Stock:
        return replace(self.committed, teach_back=load_teach_back(self.folder))


@pytest.fixture
def content(committed: Stock, tmp_path: Path) -> Changed:
    copytree(CONTENT / "teach-back", tmp_path / "teach-back")
    return Changed(committed, tmp_path)


def faults(content: Changed, old: str, new: str) -> dict[str, list[int]]:
    """What is wrong after one change, by check, with the lines."""
    file = content.folder / NAME
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    found: dict[str, list[int]] = {}
    for problem in check_stock(content.stock, CONTENT, TODAY):
        if problem.file.endswith(NAME) and not problem.warning:
            assert problem.remedy
            found.setdefault(problem.check, []).append(problem.line)
    return found


def line_of(content: Changed, text: str) -> int:
    lines = (content.folder / NAME).read_text("utf-8").splitlines()
    return 1 + next(at for at, line in enumerate(lines) if text in line)


def test_every_pathway_that_is_judged_has_five_to_seven_questions(library: Library):
    found = library.teach_back
    assert set(found) == {"mastectomy", "knee"}
    assert all(len(asked.questions) in (5, 6, 7) for asked in found.values())


def test_both_explanations_of_a_question_say_it_differently(library: Library):
    for asked in library.teach_back.values():
        for one in asked.questions:
            assert all(one.right.words[lang] != one.otherwise.words[lang] for lang in one.ask)


def test_the_committed_questions_are_sound(committed: Stock):
    found = check_stock(committed, CONTENT, TODAY)
    assert [one for one in found if NAME in one.file and not one.warning] == []


def test_a_page_that_nobody_wrote_is_named_at_its_line(content):
    found = faults(content, "topic: will-i-have-no-pain", "topic: will-it-rain")
    assert found == {"topic-missing": [line_of(content, "topic: will-it-rain")]}


def test_a_question_asks_only_what_its_page_says(content):
    found = faults(content, "facts: [F28, F113]", "facts: [F28, F164]")
    assert found == {"fact-untold": [line_of(content, "facts: [F28, F164]")]}


def test_a_promise_is_refused_even_in_an_explanation(content):
    found = faults(content, "Many people have low pain, but some do not.", "You will be pain-free.")
    assert found == {"banned-promise": [line_of(content, "pain-free")]}


def test_hard_words_are_refused(content):
    hard = "Notwithstanding considerable variability, anticipated analgesia materializes."
    found = faults(content, "Many people have low pain, but some do not.", hard)
    assert set(found) == {"reading-grade"}


def test_a_translation_of_an_older_version_is_stale(content):
    found = faults(content, "\nversion: 1\n", "\nversion: 2\n")
    assert set(found) == {"translation-stale"}
    assert (
        teach_backs(content.stock.teach_back.sources)["mastectomy"].standing("es").value == "stale"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        right: true\n", ""),  # no choice fits
        ("      - id: cut-out\n", "      - id: cut-out\n        right: true\n"),  # two do
        ("      - id: cut-out\n", "      - id: grows-back\n"),  # two of one name
        ("made_from: {es: 1, ar: 1}", "made_from: {es: 1}"),
        ("id: mastectomy\n", "id: ankle\n"),
        ("status: draft", "status: approved"),  # by nobody
        ('          ar: "يُقطع ويُزال"\n', ""),
    ],
)
def test_a_file_out_of_shape_is_refused(content, old, new):
    assert faults(content, old, new)
