"""Which languages there are: one list for what the pages say and for what content says."""

from __future__ import annotations

import pytest

from webapp.library import languages
from webapp.web import catalogues


def test_content_and_interface_speak_the_same_languages():
    assert catalogues.language_codes() == languages.LANGUAGES


def test_a_catalogue_is_all_that_a_new_language_needs(tmp_path):
    for code in ("pt", "es"):
        (tmp_path / code / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / code / "LC_MESSAGES" / "messages.po").touch()
    (tmp_path / "left-over").mkdir()
    assert languages.languages(tmp_path) == ("en", "es", "pt")


@pytest.mark.parametrize("empty", ["", "  "])
def test_words_that_were_left_empty_count_as_missing(empty):
    words = {code: "something" for code in languages.LANGUAGES} | {"ar": empty}
    with pytest.raises(ValueError, match="no words in ar"):
        languages.in_each_language(words)
