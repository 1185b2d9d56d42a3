"""Today's numbers as people write them: only what was said, and of a range the higher."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from webapp.domain.number_pieces import NumberWords
from webapp.domain.said_numbers import read_numbers
from webapp.library.chat_files import load_number_words

CONTENT = Path(__file__).parents[2] / "content"
SAID = [
    json.loads(line)
    for line in (Path(__file__).parent / "numbers_said.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def words() -> Mapping[str, NumberWords]:
    return load_number_words(CONTENT)


@pytest.mark.parametrize(
    ("lang", "text", "values"),
    [
        ("en", "4, took two, woke once", {"pain": 4, "tablets": 2, "wakes": 1}),
        ("en", "p4 t2 s1", {"pain": 4, "tablets": 2, "sleep_trouble": "a little"}),
        ("en", "somewhere between 2 and 4", {"pain": 4}),
        ("en", "pain 3 to 5, 1 or 2 pills", {"pain": 5, "tablets": 2}),
        ("en", "half a pill, slept like a log", {"tablets": 0.5, "sleep_trouble": "none"}),
        ("en", "1 and a half tablets", {"tablets": 1.5}),
        ("en", "average 2 worst 5", {"pain": 2, "worst": 5}),
        ("en", "day 9, pain 2", {"pain": 2}),
        ("en", "bp 128/76, pain 3", {"pain": 3}),
        ("en", "yesterday was a 6, today a 4", {"pain": 4}),
        ("en", "2 advil and 1 oxy, a 4", {"tablets": 1, "pain": 4}),
        ("es", "me duele un 5 y tomé media pastilla", {"pain": 5, "tablets": 0.5}),
        ("es", "dolor 2, ninguna pastilla, no me despertó", {"pain": 2, "tablets": 0, "wakes": 0}),
        ("ar", "الوجع ٢ والحبوب ١", {"pain": 2, "tablets": 1}),
        ("ar", "ثلاثة من عشرة وحبتين", {"pain": 3, "tablets": 2}),
    ],
)
def test_numbers_are_read_as_they_were_meant(
    words: Mapping[str, NumberWords], lang: str, text: str, values: Mapping[str, object]
) -> None:
    assert read_numbers(text, words[lang]) == values


@pytest.mark.parametrize("said", SAID, ids=[row["text"] for row in SAID])
def test_numbers_in_families_of_wordings_are_read_as_they_were_meant(
    words: Mapping[str, NumberWords], said: Mapping[str, object]
) -> None:
    assert read_numbers(str(said["text"]), words[str(said["lang"])]) == said["values"]


@pytest.mark.parametrize("text", ["", "hello", "no number here", "pain", "1000 and 2000"])
def test_nothing_said_is_nothing_read(words: Mapping[str, NumberWords], text: str) -> None:
    assert read_numbers(text, words["en"]) == {}
