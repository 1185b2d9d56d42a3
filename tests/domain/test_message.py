"""A message says who writes and where to answer, and nothing else."""

import pytest

from webapp.domain.message import Line, SmsSize, Template, render, sms_size

MESSAGES = {
    ("check-in", "en"): Template(
        subject="{clinic}: questions",
        sms="{clinic}: {link}",
        body=(
            Line("Hello {first_name},", "Hello,"),
            Line(""),
            Line("{link}"),
            Line(""),
            Line("Change: {choices_link}", ""),
            Line(""),
            Line("{clinic}"),
        ),
    )
}
VALUES = {"clinic": "Bay Clinic", "link": "https://x.test/1"}


def test_a_first_name_is_used_where_she_chose_one():
    assert render(MESSAGES, "check-in", "en", first_name="Ana", **VALUES).text.startswith(
        "Hello Ana,\n"
    )


@pytest.mark.parametrize("none", [{}, {"first_name": ""}])
def test_without_a_first_name_the_greeting_is_still_graceful(none):
    text = render(MESSAGES, "check-in", "en", **none, **VALUES).text
    assert text == "Hello,\n\nhttps://x.test/1\n\nBay Clinic\n"


def test_a_line_that_has_nothing_to_say_is_left_out():
    assert "Change" not in render(MESSAGES, "check-in", "en", **VALUES).text
    assert "Change: y" in render(MESSAGES, "check-in", "en", choices_link="y", **VALUES).text


def test_a_language_that_is_not_written_falls_back_to_english():
    assert render(MESSAGES, "check-in", "so", **VALUES).subject == "Bay Clinic: questions"


def test_a_line_break_in_a_clinics_name_never_becomes_a_header():
    said = render(MESSAGES, "check-in", "en", **VALUES | {"clinic": "Bay\r\nBcc: all@x.test"})
    assert said.subject == "Bay Bcc: all@x.test: questions"


def test_a_message_without_its_link_is_never_sent():
    with pytest.raises(KeyError, match="link"):
        render(MESSAGES, "check-in", "en", clinic="Bay Clinic")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a" * 160, SmsSize(True, 1)),
        ("a" * 161, SmsSize(True, 2)),
        ("€" * 80, SmsSize(True, 1)),
        ("€" * 81, SmsSize(True, 2)),
        ("أ" * 70, SmsSize(False, 1)),
        ("أ" * 71, SmsSize(False, 2)),
        ("á", SmsSize(False, 1)),
        ("😀" * 35, SmsSize(False, 1)),
        ("😀" * 36, SmsSize(False, 2)),
    ],
)
def test_the_parts_of_an_sms_are_counted_as_the_network_counts_them(text, size):
    assert sms_size(text) == size
