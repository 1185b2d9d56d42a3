"""How a day is answered in one text: told in every language, as it is read."""

import pytest

from webapp.domain.text_answers import read_code
from webapp.library.problem import LibraryError
from webapp.library.text_word_files import load_text_words


def test_each_language_tells_how_and_its_example_is_read_as_it_says(library):
    assert set(library.text_words.told) == set(library.languages)
    for how in library.text_words.told.values():
        assert len(how.numbers) == 3
        assert read_code(how.example) == {"pain": 4, "tablets": 2, "sleep_trouble": "a little"}
        assert how.means and how.after


def test_an_example_that_could_not_be_read_back_is_refused(library, tmp_path):
    words = "{words: [], phrases: []}"
    how = "{title: t, lead: l, numbers: [], example: four two, means: m, after: a}"
    wishes = "".join(f"{wish!r}: {words}\n" for wish in ("stop", "start", "help", "yes", "no"))
    (tmp_path / "texting.yaml").write_text(f"{wishes}fillers: []\nanswer: {{en: {how}}}\n")
    with pytest.raises(LibraryError, match="cannot be read back"):
        load_text_words(tmp_path)
