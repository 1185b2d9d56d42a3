"""What content must keep: each rule is broken once in a tiny content folder, and named."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from webapp.library.checks import check
from webapp.library.problem import LibraryError, Problem
from webapp.library.shelf import load_library

REAL = Path(__file__).parents[2] / "content"
TODAY = date(2026, 11, 21)
ENGLISH = """---
title: "Why is my chest numb?"
version: 2
status: draft
made_from: null
reviewed_by: null
approved_by: null
approved_on: null
---

# passage

Numb skin is common. [F54] You can ask us. [none]

- It may last for months. [F54 F55]

# when to call

Call {clinic_phone} if your skin turns red or hot. [F54]
"""
FACTS = """reviewed_by: null
facts:
  - {id: F54, text: Feeling comes back slowly., marks: [primary]}
  - {id: F55, text: Slower in adults., marks: [primary]}
  - {id: F63, text: Surgery adds to it., marks: [secondary]}
  - {id: F81, text: Tell of an allergy., marks: [memory], needs_clinician_check: true}
"""
TOPIC = """id: numbness
urgency: routine
phases: [first-week]
pathways: [mastectomy]
needs: null
facts: [F54, F55]
review_by: 2027-11-01
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A tiny content folder: one sound topic, its facts, and the real rulers. No rules, no phrases:
    those are missed, but not in the topic's own folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    for ruler in ("wording.yaml", "readability.yaml"):
        shutil.copy(REAL / ruler, folder / ruler)
    (folder / "sources.yaml").write_text("sources: []\n", "utf-8")
    (folder / "facts.yaml").write_text(FACTS, "utf-8")
    topic = folder / "topics" / "numbness"
    topic.mkdir(parents=True)
    (topic / "topic.yaml").write_text(TOPIC, "utf-8")
    (topic / "en.md").write_text(ENGLISH, "utf-8")
    shutil.copy(REAL / "topics" / "index.yaml", folder / "topics" / "index.yaml")
    return folder


@pytest.fixture
def whole(content: Path) -> Path:
    """The tiny folder with every other file of the real content beside its one topic."""
    ignored = shutil.ignore_patterns("topics")
    shutil.copytree(REAL, content, ignore=ignored, dirs_exist_ok=True)
    return content


def about_the_topic(content: Path, **asked: object) -> list[Problem]:
    """The problems in the topic's own folder."""
    found = check(content, TODAY, **asked)  # type: ignore[arg-type]
    return [problem for problem in found if "/numbness/" in problem.file]


def change(content: Path, name: str, old: str, new: str) -> None:
    """Change words in one of the topic's files; the old ones must be there."""
    file = content / "topics" / "numbness" / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def translate(content: Path, lang: str, text: str) -> None:
    """Put a translation beside the English words."""
    (content / "topics" / "numbness" / f"{lang}.md").write_text(text, "utf-8")


def test_a_sound_topic_breaks_no_rule(content: Path):
    assert about_the_topic(content) == []


BROKEN = [
    ("en.md", "You can ask us. [none]", "You can ask us.", "fact-marker", 13),
    ("en.md", "common. [F54]", "common. [F999]", "fact-unknown", 13),
    ("en.md", "# when to call", "# when to ring", "headings", 1),
    ("en.md", "You can ask us.", "Call 555-010-1234 now.", "banned-phone-number", 13),
    ("en.md", "You can ask us.", "You will be pain-free.", "banned-promise", 13),
    ("en.md", "You can ask us.", "Take 2 tablets at night.", "banned-dose", 13),
    ("en.md", "You can ask us.", "This is fine.", "banned-reassurance", 13),
    ("en.md", "{clinic_phone}", "{night_phone}", "placeholder", 19),
    ("en.md", "status: draft", "status: approved", "approval", 2),
    ("en.md", "status: draft", "status: reviewed", "approval", 2),
    ("en.md", "approved_by: null", "approved_by: Dr. Ada", "approval", 2),
    ("en.md", "version: 2", "version: two", "yaml-shape", 3),
    ("en.md", "made_from: null", "made_of: null", "yaml-shape", 2),
    ("en.md", "made_from: null", "made_from: 1", "made-from", 2),
    ("topic.yaml", "id: numbness", "id: numb", "topic-id", 1),
    ("topic.yaml", "[F54, F55]", "[F54, F55, F999]", "fact-unknown", 1),
    ("topic.yaml", "routine", "urgent", "yaml-shape", 2),
    ("topic.yaml", "[first-week]", "[all, weeks]", "phases", 1),
]


@pytest.mark.parametrize(("file", "old", "new", "rule", "line"), BROKEN)
def test_a_broken_rule_is_named_with_its_file_line_and_remedy(
    content: Path, file: str, old: str, new: str, rule: str, line: int
):
    change(content, file, old, new)
    found = [problem for problem in about_the_topic(content) if problem.check == rule]
    assert [Path(problem.file).name for problem in found[:1]] == [file]
    assert found[0].line == line
    assert found[0].remedy
    assert not found[0].warning


def test_words_that_are_too_hard_are_refused_and_their_grade_is_told(content: Path):
    hard = "Postoperative paraesthesia necessitates multidisciplinary reassessment."
    change(content, "en.md", "Numb skin is common.", hard)
    grades = [p.message for p in about_the_topic(content) if p.check == "reading-grade"]
    assert any("Flesch-Kincaid" in grade for grade in grades)
    assert any("ARI" in grade for grade in grades)


def test_a_passage_too_long_for_the_chat_is_refused(content: Path):
    change(content, "en.md", "Numb skin is common.", "Numb skin is a thing. " * 31)
    assert [p.check for p in about_the_topic(content)] == ["passage-length"]


def test_a_long_sentence_is_a_warning(content: Path):
    change(content, "en.md", "Numb skin is common.", "It is so" + " or so" * 10 + ".")
    assert [(p.check, p.warning) for p in about_the_topic(content)] == [("sentence-length", True)]


def test_a_fact_that_the_answer_must_cover_and_does_not_is_a_warning(content: Path):
    change(content, "topic.yaml", "[F54, F55]", "[F54, F55, F63]")
    assert [(p.check, p.warning) for p in about_the_topic(content)] == [("fact-unused", True)]


def test_words_that_rest_on_memory_alone_are_listed_until_they_are_signed(content: Path):
    change(content, "en.md", "Numb skin is common. [F54]", "Tell us of an allergy. [F81]")
    assert [(p.check, p.warning) for p in about_the_topic(content)] == [("memory-only", True)]


def test_a_topic_past_its_review_day_is_a_warning(content: Path):
    change(content, "topic.yaml", "2027-11-01", "2026-11-20")
    assert [(p.check, p.warning) for p in about_the_topic(content)] == [("review-due", True)]


@pytest.mark.parametrize("urgency", ["emergency", "call-clinic"])
def test_an_urgent_topic_opens_with_whom_to_call(content: Path, urgency: str):
    change(content, "topic.yaml", "routine", urgency)
    assert [p.check for p in about_the_topic(content)] == ["opening"]
    opening = "Call {emergency_number} now, then {clinic_phone}. [F54]\n\nNumb skin is common."
    change(content, "en.md", "Numb skin is common.", opening)
    assert about_the_topic(content) == []


def test_the_number_must_come_in_the_first_sentence(content: Path):
    change(content, "topic.yaml", "routine", "emergency")
    change(content, "en.md", "You can ask us.", "Call {emergency_number} now.")
    assert [p.check for p in about_the_topic(content)] == ["opening"]


SPANISH = ENGLISH.replace("made_from: null", "made_from: 2").replace("common", "normal")


def test_a_translation_made_from_an_older_english_version_is_stale(content: Path):
    translate(content, "es", SPANISH.replace("made_from: 2", "made_from: 1"))
    assert [(p.check, p.warning) for p in about_the_topic(content)] == [("stale", True)]


def test_a_translation_must_name_an_english_version_that_exists(content: Path):
    translate(content, "es", SPANISH.replace("made_from: 2", "made_from: 3"))
    assert [p.check for p in about_the_topic(content)] == ["made-from"]


def test_a_translation_that_drops_a_fact_is_a_warning(content: Path):
    translate(content, "es", SPANISH.replace("[F54 F55]", "[F54]"))
    assert [(p.check, p.warning) for p in about_the_topic(content)] == [("facts-differ", True)]


@pytest.mark.parametrize("promise", ["Vivirá sin dolor.", "Tome 2 pastillas.", "No se preocupe."])
def test_spanish_words_may_not_promise_either(content: Path, promise: str):
    translate(content, "es", SPANISH.replace("You can ask us.", promise))
    assert [p.check.split("-")[0] for p in about_the_topic(content)] == ["banned"]


@pytest.mark.parametrize("promise", ["ستعيش بدون ألم.", "خذ ٢ من الأقراص.", "لا تقلق."])
def test_arabic_words_may_not_promise_either(content: Path, promise: str):
    translate(content, "ar", SPANISH.replace("You can ask us.", promise))
    assert [p.check.split("-")[0] for p in about_the_topic(content)] == ["banned"]


def test_arabic_sentences_stay_short(content: Path):
    translate(content, "ar", SPANISH.replace("You can ask us.", "كلمة " * 26 + "."))
    assert {p.check for p in about_the_topic(content)} == {"reading-grade"}


def test_a_language_that_thaw_does_not_speak_is_refused(content: Path):
    translate(content, "xx", SPANISH)
    assert "language" in [p.check for p in about_the_topic(content)]


def test_english_is_never_missing(content: Path):
    (content / "topics" / "numbness" / "en.md").unlink()
    assert [p.check for p in about_the_topic(content)] == ["english-missing"]


def test_a_topic_not_written_yet_is_a_warning_until_the_list_must_be_complete(content: Path):
    missing = [p for p in check(content, TODAY) if p.check == "topic-missing"]
    assert [p.warning for p in missing] == [True]
    assert missing[0].message.startswith("89 topics not written yet: ")
    missing = [p for p in check(content, TODAY, complete=True) if p.check == "topic-missing"]
    assert [p.warning for p in missing] == [False]


def test_a_topic_that_is_not_on_the_reading_list_is_refused(content: Path):
    topics = content / "topics"
    (topics / "numbness").rename(topics / "something-else")
    file = topics / "something-else" / "topic.yaml"
    file.write_text(TOPIC.replace("numbness", "something-else"), "utf-8")
    assert "index" in [problem.check for problem in check(content, TODAY)]


def test_a_rule_whose_advice_nobody_has_written_is_refused(whole: Path):
    links = [p for p in check(whole, TODAY) if p.check == "advice-missing"]
    assert any("short-of-breath" in problem.message for problem in links)


def test_a_site_does_not_start_with_a_fault_and_every_fault_is_told(whole: Path):
    change(whole, "en.md", "You can ask us. [none]", "You can ask us.")
    (whole / "emergency.yaml").write_text("countries: {", "utf-8")
    with pytest.raises(LibraryError) as fault:
        load_library(whole)
    checks = {problem.check for problem in fault.value.problems}
    assert {"fact-marker", "yaml-syntax", "advice-missing"} <= checks
    assert "numbness/en.md:13" in str(fault.value)


def test_a_broken_ruler_is_told_and_does_not_hide_the_rest(content: Path):
    (content / "wording.yaml").write_text("banned: []\nmore: 1\n", "utf-8")
    change(content, "en.md", "common. [F54]", "common. [F999]")
    assert {"yaml-shape", "fact-unknown"} <= {problem.check for problem in check(content, TODAY)}
