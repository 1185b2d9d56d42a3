"""Free text meets the rules that it should, in bad spelling too, and is not fooled by a "no"."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.pattern import BadPattern, Said, Slots, read_patterns
from webapp.domain.phrase import rules_met
from webapp.domain.speech import MAX_CHARACTERS, Speller, folded, sentences
from webapp.library.phrase_files import load_phrase_examples, load_phrases
from webapp.library.problem import LibraryError

CONTENT = Path(__file__).parents[2] / "content"
BOOK = load_phrases(CONTENT)
FILES = tuple(load_phrase_examples(CONTENT))
MEETS = [
    pytest.param(lang, one.rule, text, id=f"{lang} {one.rule[:3]} {text}")
    for lang, one in FILES
    for text in one.meets
]
SILENT = [
    pytest.param(lang, text, id=f"{lang} {text}") for lang, one in FILES for text in one.silent
]
SEEDS = {
    "R01": "can't catch my breath; hard to breathe; chest is tight; sharp pain when I breathe in; "
    "coughed up blood; lips look blue; heart racing and faint",
    "R02": "she won't wake up; can't keep my eyes open; breathing is really slow; "
    "snoring strangely; nodding off; he took too many",
    "R03": "lips and tongue tingling; tastes like metal; ringing in my ears since the pump; "
    "shaking; had a fit",
    "R04": "throat closing; tongue is swelling; face puffed up; hives all over and dizzy",
    "R05": "want to die; better off dead; end it; can't go on; hurt myself; take all the pills; "
    "this is my last goodbye",
    "R06": "calf is swollen and sore; one leg bigger; arm red and swollen; leg is hot",
    "R07": "blood won't stop; chest blowing up like a balloon; drain is bright red; "
    "soaked through the bandage; huge bruise growing",
    "R08": "I have a fever; temperature is 101; it says 38.5; shivering; wound is red and hot; "
    "pus; smells bad; stitches opened; confused and clammy",
    "R09": "can't feel my legs; legs gave out; can't pee; wet myself; face drooping; "
    "words won't come out",
    "R10": "worst pain of my life; pain is 10; pain came out of nowhere; pills don't touch it",
    "R11": "took an extra; took two by mistake; lost track of my tablets; doubled up",
    "R12": "had wine with it; took my Xanax too; sleeping pill last night; used gabapentin with it",
}
SEED_PHRASES = [(rule, phrase) for rule, text in SEEDS.items() for phrase in text.split("; ")]
FRAMES = [
    "{}",
    "{} today",
    "I am worried. {}!",
    "Hello nurse, {}",
    "{} since this morning",
    "Today my {}",
]


def short(text: str, lang: str = "en") -> set[str]:
    return {rule[:3] for rule in rules_met(text, lang, BOOK)}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("rule", "phrase"), SEED_PHRASES)
def test_a_red_flag_phrase_meets_its_own_rule_and_no_other(rule, phrase, frame):
    assert short(frame.format(phrase)) == {rule}


@pytest.mark.parametrize(("lang", "rule", "text"), MEETS)
def test_what_patients_say_meets_the_rule(lang, rule, text):
    assert rule in rules_met(text, lang, BOOK)


@pytest.mark.parametrize(("lang", "text"), SILENT)
def test_what_is_denied_long_past_or_meant_otherwise_meets_nothing(lang, text):
    assert rules_met(text, lang, BOOK) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "Thank you",
        "Slept well, ate toast, walked to the shop.",
        "pain 2, no tablets, woke once",
        "The numb patch is the same. When can I shower?",
        "feeling a lot better than yesterday thanks so much",
        "bye for now",
        "",
        "   \n\t ",
        "😀👍🏽",
    ],
)
def test_a_plain_line_meets_nothing(text):
    assert short(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "No fever, but I can't catch my breath",
        "no pain. I can't catch my breath",
        "It was fine last year. Now I can't catch my breath",
        "No, I can't catch my breath",
        "not only tired, I can't catch my breath",
        "not sure if it matters but I can't catch my breath",
        "had chest pain last year and I have chest pain again today",
        "I CAN’T CATCH MY BREATH",
        "i cant cach my breth",
        "i can not catch, you know, my breath",
    ],
)
def test_a_danger_is_not_hidden_by_what_stands_before_it(text):
    assert "R01" in short(text)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("temperature is 37.9", False),
        ("temperature is 38", True),
        ("temperature 38,4", True),
        ("temp ٣٨٫٥", True),
        ("temperature is 98.6", False),
        ("temperature is 100.4", True),
    ],
)
def test_a_temperature_in_words_is_read_as_a_number(text, met):
    assert ("R08" in short(text)) is met


def test_a_language_without_a_phrase_file_meets_nothing_and_a_region_has_its_language():
    assert rules_met("I want to die", "xx", BOOK) == frozenset()
    assert rules_met("I want to die", "", BOOK) == frozenset()
    assert short("I want to die", "en-GB") == {"R05"}


@settings(deadline=None)
@given(st.text())
def test_any_text_at_all_is_read(text):
    assert isinstance(rules_met(text, "en", BOOK), frozenset)


@pytest.mark.parametrize(
    "unit",
    [
        "cannot ",
        "no, ",
        "a",
        "chest pain ",
        "1.",
        "é́",
        "not only ",
        "((((",
        "no cannot breath or ",
        "\0",
    ],
)
def test_a_megabyte_of_anything_is_read_in_moments(unit):
    text = unit * (1_000_000 // len(unit))
    start = process_time()
    rules_met(text, "en", BOOK)
    assert process_time() - start < 3


def test_of_a_long_text_the_end_is_read_too():
    filler = "the sun is out and all is well. " * (MAX_CHARACTERS // 10)
    assert short(filler + "I want to die") == {"R05"}


def test_a_sentence_without_end_is_read_to_its_end():
    for length in range(60, 400, 7):
        assert "R01" in short("fine " * length + "cannot catch my breath")


def test_folding_takes_off_case_accents_and_vowel_marks():
    assert folded("Él TIENE «Náuseas»") == "el tiene «nauseas»"
    assert folded("أُمِّي") == folded("امي")
    assert list(sentences("It's 38,5! Really?")) == [["its", "38.5"], ["really"]]


def test_a_near_word_is_taken_for_the_one_sought_and_a_known_word_is_not():
    speller = Speller(
        ["swollen", "breathless", "pus"],
        known=["stolen"],
        spellings={"cannot": ["can not", "cant"]},
        prefixes=["wa"],
    )
    said = ["i", "can", "not", "swolen", "stolen", "braethles", "wapus", "push"]
    expected = ["i", "cannot", "swollen", "stolen", "breathless", "pus", "push"]
    assert speller.spelt(said) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("lips numb|tingl*", "lips tingling", True),
        ("lips numb", "lips so very numb", True),
        ("lips numb", "lips feel numb", False),
        ("lips .. numb", "lips feel and stay numb", True),
        ("lips .. numb", "lips one two three four five numb", False),
        ("lips numb", "lips , numb", False),
        ("lips .. numb", "lips , numb", True),
        ("lips ~ numb", "numb round both lips", True),
        ("(cannot|wont) (get up|wake)", "wont get up", True),
        ("(so|) numb lips", "numb lips", True),
        ("<38-42>", "38.5", True),
        ("<38-42>", "42.1", False),
        ("<part> sore", "arm sore", True),
    ],
)
def test_a_pattern_finds_what_it_says(pattern, text, is_found):
    said = Said(text.split(), frozenset({"so", "very"}))
    patterns = read_patterns("R01", pattern, Slots({"part": "leg arm"}))
    spans = [
        one.found(said, place)
        for one in patterns
        for place, word in enumerate(said.words)
        if one.slots[0].fits(word)
    ]
    assert any(spans) is is_found


@pytest.mark.parametrize("pattern", ["", "..", "ab*", "<nowhere>"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern):
    with pytest.raises(BadPattern):
        read_patterns("R01", pattern, Slots({}))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("      - breathless|breathlessness", "      - <no-such-group>|br", "no-such-group"),
        ("lang: en", "lang: es", "named en"),
        ("  turn: [but", "  trun: [but", "Unknown cue 'trun'"),
        ("status: draft", "state: draft", "status"),
    ],
)
def test_a_broken_phrase_file_is_named_with_its_line(tmp_path, old, new, says):
    text = (CONTENT / "rules" / "phrases" / "en.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "rules" / "phrases").mkdir(parents=True)
    (tmp_path / "rules" / "phrases" / "en.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(LibraryError, match=says) as caught:
        load_phrases(tmp_path)
    assert all(problem.line >= 1 and problem.remedy for problem in caught.value.problems)
