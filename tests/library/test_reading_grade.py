"""Counting: syllables by hand against syllables by program, and what a sentence is."""

from __future__ import annotations

import pytest

from webapp.library.reading_grade import (
    Exceptions,
    english_grades,
    plain,
    sentence_lengths,
    sentences,
    spanish_ease,
    spanish_syllables,
)

EASY = ["The cat sat on the mat. It was warm and it was dry."]
HARD = ["Postoperative neuropathic manifestations necessitate multidisciplinary evaluation."]


def test_easy_english_has_a_low_grade_and_hard_english_a_high_one():
    kincaid, ari = english_grades(EASY)
    assert kincaid < 2
    assert ari < 2
    kincaid, ari = english_grades(HARD)
    assert kincaid > 12
    assert ari > 12


def test_the_word_the_has_a_syllable():
    """The library says none, which would flatter every English text."""
    grades = [english_grades([f"{word} dog ran home to him."])[0] for word in ("the", "a")]
    assert grades[0] == grades[1]


def test_the_published_example_of_flesch_kincaid_is_met():
    """11.8 x syllables a word + 0.39 x words a sentence - 15.59, on words anybody can count."""
    kincaid, _ = english_grades(["One two three four six ten."])
    assert kincaid == round(0.39 * 6 + 11.8 * 1 - 15.59, 1)


def test_a_bullet_without_a_full_stop_is_a_sentence_and_a_decimal_does_not_end_one():
    assert sentences(["It is 38.0 C or more.", "a red arm"]) == (
        "It is 38.0 C or more.",
        "a red arm",
    )
    assert sentence_lengths(["¿Le duele? Llame hoy.", "هل تتألم؟ اتصل بنا."]) == (2, 2, 2, 2)


def test_names_without_a_shorter_word_are_counted_as_the_stand_in():
    exceptions = Exceptions(stand_in="drug", words=("oxycodone", "Poison Control"))
    text = plain("Oxycodone? Call Poison Control or {clinic_phone}.", exceptions)
    assert text == "drug? Call drug or drug."


def test_a_text_without_words_has_no_grade():
    with pytest.raises(ValueError, match="no words"):
        english_grades(["..."])


BY_HAND = {
    "día": 2, "área": 3, "leer": 2, "años": 2, "agua": 2, "ahora": 3, "cuidado": 3, "seis": 1,
    "país": 2, "equipo": 3, "guía": 2, "guerra": 2, "pingüino": 3, "muy": 1, "y": 1, "quien": 1,
    "ciudad": 2, "operación": 4, "sueño": 2, "frío": 2, "baúl": 2, "estoy": 2, "anestesia": 4,
    "8": 1, "todavía": 4, "oxicodona": 5, "viuda": 2, "llame": 2,
}  # fmt: skip


@pytest.mark.parametrize(("word", "syllables"), BY_HAND.items())
def test_spanish_syllables_are_those_counted_by_hand(word: str, syllables: int):
    assert spanish_syllables(word) == syllables


def test_spanish_ease_falls_with_longer_words_and_sentences():
    easy, hard = (
        spanish_ease(text)
        for text in (
            ["El frío calma el nervio. Llame a su clínica."],
            ["La intervención neuroquirúrgica contemporánea imposibilita manifestaciones."],
        )
    )
    assert easy[0] > 70 > hard[0]
    assert easy[1] > 65 > hard[1]


def test_the_published_spanish_formulas_are_met():
    """Six words, nine syllables (el frí-o cal-ma el ner-vio hoy), one sentence."""
    huerta, inflesz = spanish_ease(["El frío calma el nervio hoy."])
    assert huerta == round(206.84 - 60 * 9 / 6 - 1.02 * 6, 1)
    assert inflesz == round(206.835 - 62.3 * 9 / 6 - 6, 1)
