"""Messages hold no health detail and only gaps that somebody fills."""

from dataclasses import replace
from pathlib import Path

import pytest

from webapp.domain.message import fitted, sms_size
from webapp.library.message_checks import check_texts
from webapp.library.message_files import load_messages, render, sms_problems
from webapp.library.problem import LibraryError

CONTENT = Path(__file__).parents[2] / "content"
LINK = "https://thaw.example.org/es/check-in/Zk3vQ0aB9cD1eF2gH3iJ4kL5mN6oP7qR"
VALUES = {
    "clinic": "Bay Breathing Clinic",
    "clinic_phone": "+1 555 0100",
    "link": LINK,
    "choices_link": LINK.replace("check-in", "choices"),
    "first_name": "Ana",
    "flag": "a1b2",
    "code": "123456",
    "wrote": "4 2 1",
    "act": "911",
    "emergency_number": "911",
    **dict.fromkeys(("due", "sent", "answered", "missed", "waiting", "doubt", "failed"), "12"),
    **dict.fromkeys(("flags", "untaken", "count"), "3"),
    **dict.fromkeys(("day", "since", "until", "oldest"), "2026-11-20"),
    **dict.fromkeys(("what", "remedy", "about", "head"), "."),
}


@pytest.fixture
def messages():
    return load_messages(CONTENT)


@pytest.fixture
def broken(tmp_path):
    folder = tmp_path / "messages"
    (folder / "note").mkdir(parents=True)
    words = CONTENT / "messages" / "health-words.yaml"
    (folder / "health-words.yaml").write_bytes(words.read_bytes())

    def faults(text: str):
        for language in ("en", "es", "ar"):
            good = "Subject: Hi\nSMS: Hi\n\nHi\n" if language != "en" else text
            (folder / "note" / f"{language}.txt").write_text(good, encoding="utf-8")
        with pytest.raises(LibraryError) as caught:
            load_messages(tmp_path)
        return caught.value.problems

    return faults


def test_every_message_is_there_in_every_language(messages):
    names = {"check-in", "reminder", "today-link", "stopped", "staff-flag", "test", "diary-code"}
    names |= {"later", "choices"}
    names |= {"push", "started", "text-act", "text-call", "text-help", "text-no-day", "text-read"}
    names |= {"text-thanks", "text-unread"}
    names |= {"operator-flag", "overdue-flag", "alarm", "alarm-over", "day-note", "before"}
    assert set(messages) == {(name, lang) for name in names for lang in ("en", "es", "ar")}


def test_a_prompt_says_who_writes_where_to_answer_and_whom_to_ring(messages):
    for language in ("en", "es", "ar"):
        said = render(messages, "check-in", language, **VALUES)
        assert "Ana" in said.text
        assert LINK in said.text
        assert "+1 555 0100" in said.text
        assert LINK in said.sms
        assert "{" not in said.subject + said.text + said.sms
        assert "|" not in said.text


def test_a_message_to_staff_names_nobody(messages):
    said = render(messages, "staff-flag", "en", **VALUES)
    assert "Ana" not in said.subject + said.text + said.sms
    assert "a1b2" in said.text


def test_english_and_spanish_prompts_fit_into_one_sms(messages):
    assert sms_problems(messages, VALUES) == ()
    long = VALUES | {
        "clinic": "A clinic whose name goes on and on and on and on and on and on and on"
    }
    assert sms_problems(messages, long)


def test_every_text_message_fits_with_gaps_of_the_usual_length(messages):
    assert list(check_texts(messages, "messages")) == []
    template = messages["check-in", "en"]
    long = {("check-in", "en"): replace(template, sms=template.sms + " and more" * 20)}
    (fault,) = check_texts(long, "messages")
    assert (fault.file, fault.line, fault.warning) == ("messages/check-in/en.txt", 2, False)


def test_a_spanish_text_keeps_to_seven_bits_by_near_letters_and_an_arabic_one_is_left():
    assert fitted("¿Cómo está? Sí, mañana él irá…") == "¿Como esta? Si, mañana él ira..."
    assert sms_size(fitted("á" * 160)).parts == 1
    assert fitted("رابط اليوم á") == "رابط اليوم á"


@pytest.mark.parametrize("word", ["pain", "Your surgery", "OXYCODONE", "tablets"])
def test_a_word_about_health_is_refused_with_its_line(broken, word):
    (fault,) = broken(f"Subject: Hi\nSMS: Hi\n\nHello.\n{word}\n")
    assert fault.line == 5
    assert "health" in fault.message


def test_arabic_health_words_are_found_behind_their_article(tmp_path):
    messages = tmp_path / "messages"
    (messages / "note").mkdir(parents=True)
    words = CONTENT / "messages" / "health-words.yaml"
    (messages / "health-words.yaml").write_bytes(words.read_bytes())
    for language, text in {"en": "Hi", "es": "Hi", "ar": "كيف الألم اليوم"}.items():
        (messages / "note" / f"{language}.txt").write_text(
            f"Subject: Hi\nSMS: Hi\n\n{text}\n", encoding="utf-8"
        )
    with pytest.raises(LibraryError, match="health"):
        load_messages(tmp_path)


def test_an_unknown_gap_is_refused(broken):
    (fault,) = broken("Subject: Hi\nSMS: Hi\n\nDear {surname}\n")
    assert "surname" in fault.message
    assert "first_name" in fault.remedy


def test_a_lonely_brace_is_refused(broken):
    (fault,) = broken("Subject: Hi\nSMS: Hi\n\nDear {first_name\n")
    assert fault.remedy == "Close it."


def test_a_message_without_a_subject_is_refused(broken):
    (fault,) = broken("SMS: Hi\n\nHello\n")
    assert fault.line == 1
    assert "Subject" in fault.remedy
