"""A topic's Markdown: what is shown, what each sentence rests on, and what never reaches a page."""

from __future__ import annotations

import pytest

from webapp.library.sections import Section, read_sections


def only(text: str) -> Section:
    (section,) = read_sections(f"# passage\n\n{text}\n")
    return section


def test_markers_are_taken_off_and_kept_with_the_words_they_cover():
    section = only("Cold quiets the nerve. It grows back. [F43 F44] Ask us. [none]")
    assert section.passage.text == "Cold quiets the nerve. It grows back. Ask us."
    said = [(one.text, one.facts) for one in section.passage.statements]
    assert said == [
        ("Cold quiets the nerve. It grows back.", ("F43", "F44")),
        ("Ask us.", ()),
    ]


def test_each_block_knows_its_line_and_what_no_marker_covers():
    section = only("First. [F1]\n\n- one [F2]\n- two, and no marker\n\n## A heading")
    assert [(block.line, block.unmarked) for block in section.blocks[:3]] == [
        (3, ""),
        (5, ""),
        (6, "two, and no marker"),
    ]
    assert section.blocks[3].is_heading


def test_a_marker_on_the_next_line_still_belongs_to_its_sentence():
    section = only("Numb skin is common.\n[F54]")
    assert section.blocks[0].unmarked == ""
    assert section.passage.text == "Numb skin is common."


def test_bullets_stay_bullets_in_the_chat_and_emphasis_goes():
    assert only("**Look** daily: [F64]\n\n- at the wound [F64]").passage.text == (
        "Look daily:\n- at the wound"
    )


def test_a_topics_own_headings_sit_under_the_pages():
    assert "<h3>Why</h3>" in only("## Why\n\nCold. [F43]").passage.html


def test_placeholders_are_kept_for_later():
    assert only("Call {clinic_phone}. [F54]").passage.html == "<p>Call {clinic_phone}.</p>"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[a link](javascript:alert(1))",
        "![a picture](https://example.org/x.png)",
        '<img src=x onerror="alert(1)">',
    ],
)
def test_nothing_but_words_and_lists_reaches_a_page(attack: str):
    html = only(f"{attack} [none]").passage.html
    assert not any(tag in html for tag in ("<script", "<img", "<a", "href"))


def test_words_before_the_first_section_are_a_section_without_a_name():
    assert [part.heading for part in read_sections("Stray.\n\n# more\n\nText. [none]")] == [
        "",
        "more",
    ]
