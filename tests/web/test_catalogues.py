"""Interface words: every language is complete, and a fresh clone speaks them all at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from webapp.web import catalogues

TRANSLATED = [code for code in catalogues.language_codes() if code != catalogues.SOURCE]
PLACEHOLDER = re.compile(r"%\(\w+\)s")
ENTRY = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Privacy"
msgstr "Datenschutz"

#, fuzzy
msgid "Topics"
msgstr "Tropen"
"""


def catalogue(code: str):
    path = catalogues.FOLDER / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        return read_po(source, locale=code)


def as_tuple(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def test_english_comes_first_and_spanish_and_arabic_are_there():
    assert catalogues.language_codes()[0] == "en"
    assert {"es", "ar"} <= set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_empty_or_fuzzy(code):
    unready = [m.id for m in catalogue(code) if m.id and (m.fuzzy or not all(as_tuple(m.string)))]
    assert unready == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_every_placeholder(code):
    changed = [
        message.id
        for message in catalogue(code)
        if message.id and not message.pluralizable
        if set(PLACEHOLDER.findall(message.id)) != set(PLACEHOLDER.findall(message.string))
    ]
    assert changed == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_plural_has_as_many_forms_as_the_language(code):
    read = catalogue(code)
    forms = {len(message.string) for message in read if message.pluralizable}
    assert forms <= {read.num_plurals}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "messages.po").write_text(ENTRY, encoding="utf-8")
    return tmp_path


def test_words_are_read_without_anything_compiled(folder):
    words = catalogues.read_catalogue("de", folder)
    assert words.gettext("Privacy") == "Datenschutz"
    assert list(folder.rglob("*.mo")) == []


def test_a_guess_that_nobody_checked_is_shown_in_english(folder):
    assert catalogues.read_catalogue("de", folder).gettext("Topics") == "Topics"


def test_a_folder_is_all_that_a_new_language_needs(folder):
    assert catalogues.language_codes(folder) == ("en", "de")
