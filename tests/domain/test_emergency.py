"""Whom to ring: the right numbers for the country, never a gap, never somebody else's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.domain.emergency import Caller, Contact, contacts_for
from webapp.library.emergency_files import load_telephones, number_problems
from webapp.library.problem import LibraryError

CONTENT = Path(__file__).parents[2] / "content"
TELEPHONES = load_telephones(CONTENT)
WORDS = "{emergency_number} | {crisis_line} | {poison_line} | {clinic_phone}"


def filled(caller: Caller, lang: str = "en") -> list[str]:
    return contacts_for(TELEPHONES, caller, lang).fill_text(WORDS).split(" | ")


def test_a_reader_in_the_united_states_gets_the_numbers_of_that_country():
    assert filled(Caller("US", "555 0100")) == [
        "911",
        "988",
        "1-800-222-1222 (Poison Control)",
        "555 0100",
    ]


def test_two_numbers_are_joined_in_the_readers_language():
    assert [filled(Caller("GB"), lang)[0] for lang in ("en", "es", "ar")] == [
        "999 or 112",
        "999 o 112",
        "999 أو 112",
    ]


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
@pytest.mark.parametrize("country", ["", "XX", *TELEPHONES.countries])
def test_no_placeholder_is_ever_left_open(country: str, lang: str):
    for words in filled(Caller(country), lang):
        assert words.strip()
        assert "{" not in words


def test_a_country_nobody_knows_gets_no_number_that_could_be_wrong():
    contacts = contacts_for(TELEPHONES, Caller("XX"), "en")
    assert contacts.emergency.text.startswith("your local emergency number")
    assert contacts.emergency.numbers == ()
    assert contacts.fill_html("<p>{emergency_number}</p>").count("<a") == 0


def test_a_closed_clinic_still_has_a_number():
    assert filled(Caller("US", "555 0100", "555 0199"))[3] == "555 0100 (when closed: 555 0199)"


def test_each_number_on_a_page_can_be_tapped_and_reads_left_to_right():
    html = contacts_for(TELEPHONES, Caller("GB"), "ar").emergency.html
    assert html == ('<a href="tel:999" dir="ltr">999</a> أو <a href="tel:112" dir="ltr">112</a>')


def test_a_clinics_own_words_are_escaped_on_a_page():
    contacts = contacts_for(TELEPHONES, Caller("US", "<b>1</b>"), "en")
    assert "<b>" not in contacts.fill_html("{clinic_phone}")


def test_a_number_inside_another_is_linked_once():
    assert Contact("112 1122", ("112", "1122")).html.count("<a") == 2


def test_other_braces_are_left_alone():
    assert contacts_for(TELEPHONES, Caller(), "en").fill_text("{name}") == "{name}"


def test_a_country_that_stands_twice_is_refused(tmp_path: Path):
    text = (CONTENT / "emergency.yaml").read_text("utf-8")
    (tmp_path / "emergency.yaml").write_text(text.replace("[CA]", "[CA, US]"), "utf-8")
    with pytest.raises(LibraryError, match="US stands twice"):
        load_telephones(tmp_path)


def test_a_number_from_memory_is_a_warning_until_somebody_tries_it():
    found = [str(problem) for problem in number_problems(TELEPHONES, "emergency.yaml")]
    assert any("GB: the crisis line 116 123 is from memory." in problem for problem in found)
    assert not any("US: the emergency line" in problem for problem in found)
    assert all("warning" in problem for problem in found)
