"""Interface words: every language is complete, and a fresh clone speaks them all at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from webapp.web import catalogues
from webapp.web.words import ROOT, read_words

TRANSLATED = [code for code in catalogues.language_codes() if code != catalogues.SOURCE]
GAP = re.compile(r"%\(\w+\)[sd]")
# A word that is not written out where it is translated cannot be found, and stays English.
UNWRITTEN = re.compile(r"(?<![\w.])(?:n?gettext|lazy_gettext|_l?)\(\s*(?![\s\"')])")
ENTRY = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Privacy"
msgstr "Datenschutz"

#, fuzzy
msgid "Topics"
msgstr "Tropen"
"""


@pytest.fixture(scope="module")
def source() -> Catalog:
    return read_words()


def catalogue(code: str) -> Catalog:
    path = catalogues.FOLDER / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as words:
        return read_po(words, locale=code)


def as_tuple(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def ids(words: Catalog) -> set[tuple[str, ...]]:
    return {as_tuple(message.id) for message in words if message.id}


def gaps(words: str | tuple[str, ...]) -> set[str]:
    return set(GAP.findall(" ".join(as_tuple(words))))


def test_english_comes_first_and_spanish_and_arabic_are_there():
    assert catalogues.language_codes()[0] == "en"
    assert {"es", "ar"} <= set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_whatever_a_page_says_is_in_the_catalogue(code, source):
    """`thaw words` adds what is missing; then translate it."""
    assert ids(source) - ids(catalogue(code)) == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_catalogue_holds_nothing_that_no_page_says(code, source):
    """`thaw words` takes it out."""
    words = catalogue(code)
    assert ids(words) - ids(source) == set()
    assert list(words.obsolete) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_empty_or_fuzzy(code):
    unready = [m.id for m in catalogue(code) if m.id and (m.fuzzy or not all(as_tuple(m.string)))]
    assert unready == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_every_gap_and_adds_none(code):
    """The last form of a plural holds them all; "once" and "twice" need no number."""
    changed = [
        message.id
        for message in catalogue(code)
        if message.id
        if gaps(message.id) != gaps(message.string)
        or gaps(message.id) != gaps(as_tuple(message.string)[-1])
    ]
    assert changed == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_lone_percent_sign_never_breaks_a_page(code):
    broken = [
        message.id
        for message in catalogue(code)
        if message.id and message.python_format
        if any("%" in GAP.sub("", form).replace("%%", "") for form in as_tuple(message.string))
    ]
    assert broken == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_plural_has_as_many_forms_as_the_language(code):
    read = catalogue(code)
    forms = {len(message.string) for message in read if message.pluralizable}
    assert forms == {read.num_plurals}


def test_arabic_counts_in_six_ways():
    assert catalogue("ar").num_plurals == 6


def test_every_word_is_written_out_where_it_is_translated():
    hidden = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in sorted((ROOT / "webapp" / "web").rglob("*"))
        if path.suffix in {".py", ".html"}
        for found in UNWRITTEN.finditer(path.read_text(encoding="utf-8"))
    ]
    assert hidden == []


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
