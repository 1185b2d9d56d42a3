"""The questions that ship, and what a clinician is told when the file is wrong."""

from dataclasses import fields
from pathlib import Path

import pytest

from webapp.domain.checkin import Answers, SleepTrouble
from webapp.library.instrument_files import load_instrument, load_instruments
from webapp.library.problem import LibraryError
from webapp.library.reading_grade import english_grades, load_readability, plain, spanish_ease
from webapp.library.rule_files import load_rules

CONTENT = Path(__file__).parents[2] / "content"
DAILY = (CONTENT / "instruments" / "daily.yaml").read_text(encoding="utf-8")


@pytest.fixture
def wrong(tmp_path):
    (tmp_path / "instruments").mkdir()

    def faults(old: str, new: str):
        assert old in DAILY
        text = DAILY.replace(old, new, 1)
        (tmp_path / "instruments" / "daily.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(LibraryError) as caught:
            load_instrument(tmp_path)
        return caught.value.problems

    return faults


def test_the_check_in_is_five_questions_that_fill_every_field():
    daily = load_instruments(CONTENT)["daily"]
    assert len(daily.questions) == 5
    assert set(daily.items) == {field.name for field in fields(Answers)}
    assert daily.items["sleep_trouble"].choices == tuple(SleepTrouble)
    assert daily.status == "draft"


def test_a_page_and_a_rule_believe_the_same_numbers():
    believed = load_rules(CONTENT).frame.ranges
    daily = load_instrument(CONTENT)
    for item, limits in believed.items():
        asked = daily.items[item].range
        assert (asked.low, asked.high) == (limits.low, limits.high), item
        if limits.step:
            assert asked.step == limits.step


def test_an_ordinary_question_is_short():
    for item in load_instrument(CONTENT).items.values():
        assert len(item.words["en"].question.split()) <= 15, item.id


def test_every_sentence_is_easy_to_read():
    daily, exceptions = load_instrument(CONTENT), load_readability(CONTENT).exceptions
    for language in ("en", "es"):
        said = [words[language] for words in daily.fault_words.values()]
        said += [rule.words[language] for rule in daily.query_rules]
        for item in daily.items.values():
            said.append(f"{item.words[language].question} {item.words[language].help}")
        for sentence in said:
            prose = plain(sentence, exceptions[language])
            if language == "en":
                assert english_grades([prose])[0] <= 6, sentence  # F202
            else:
                assert spanish_ease([prose])[0] >= 65, sentence


def test_a_code_from_memory_says_so():
    codes = [code for item in load_instrument(CONTENT).items.values() for code in item.codes]
    assert {code.system for code in codes} == {"loinc", "snomed"}
    assert not all(code.verified for code in codes)


def test_an_unknown_operator_is_named_with_those_there_are(wrong):
    (fault,) = wrong("at_least: 10", "at_leats: 10")
    assert "at_leats" in fault.message
    assert "at_least" in fault.message
    assert "looks-like-milligrams" in DAILY.splitlines()[fault.line - 3]


def test_a_query_about_something_that_is_not_asked_is_refused(wrong):
    (fault,) = wrong("field: nrs_worst\n", "field: nrs_wrost\n")
    assert "nrs_wrost" in fault.message


def test_words_with_a_gap_that_nothing_fills_are_refused(wrong):
    (fault,) = wrong("You put {tablets} tablets. Is that", "You put {pills} tablets. Is that")
    assert "pills" in fault.message
    assert "{pills}" in DAILY.replace("You put {tablets} tablets. Is that", "You put {pills}", 1)


def test_a_missing_language_is_refused(wrong):
    (fault,) = wrong(
        '      es: "Usted puso {temperature_c}', '      fr: "Usted puso {temperature_c}'
    )
    assert "no words in es" in fault.message
    assert "nobody reads fr" in fault.message


def test_an_item_that_no_check_in_holds_is_refused(wrong):
    assert any("nrs_average" in fault.message for fault in wrong("id: nrs_avg", "id: nrs_average"))


def test_a_choice_that_the_rules_do_not_know_is_refused(wrong):
    faults = wrong("choices: [none, a little, a lot]", "choices: [none, a little]")
    assert "a lot" in faults[0].remedy


def test_a_number_without_a_range_is_refused(wrong):
    (fault,) = wrong("range: {low: 0, high: 30, step: 0.5}\n", "longest: 5\n")
    assert "range" in fault.message


def test_a_fault_without_words_is_refused(wrong):
    (fault,) = wrong("  not-text:\n", "  not-texts:\n")
    assert "not-text" in fault.message
