"""YAML is read by a parser in C, and by the plain one wherever that stumbles: nobody can tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import RootModel
from ruamel.yaml import YAML

from webapp.library.problem import LibraryError
from webapp.library.yaml_model import parse_yaml, quickly

CONTENT = Path(__file__).parents[2] / "content"
ANYTHING = RootModel[object]


def test_the_parser_in_c_is_there_where_the_lock_was_installed():
    assert YAML(typ="safe").Parser.__name__ == "CParser"


def test_every_content_file_can_be_read_quickly_and_says_the_same():
    for path in sorted(CONTENT.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert repr(quickly(text)) == repr(YAML(typ="safe", pure=True).load(text)), path


@pytest.mark.parametrize("text", ["a: no", "a: 12:30", "a: 010", "a: 2026-11-21", "a: 1e3", ""])
def test_both_parsers_take_a_word_for_the_same(text: str):
    assert repr(quickly(text)) == repr(YAML(typ="safe", pure=True).load(text))


def test_what_only_the_plain_parser_knows_is_read_all_the_same():
    assert parse_yaml("a: {b:c}", ANYTHING, file="x").root == {"a": {"b:c": None}}


def test_a_fault_is_told_in_the_words_of_the_plain_parser():
    with pytest.raises(LibraryError) as told:
        parse_yaml("a: 1\nb: [1\nc: 2", ANYTHING, file="x.yaml", first_line=10)
    (problem,) = told.value.problems
    assert (problem.file, problem.line, problem.check) == ("x.yaml", 12, "yaml-syntax")
    assert "expected ',' or ']', but got ':'" in problem.message


def test_a_key_given_twice_is_refused():
    with pytest.raises(LibraryError, match="duplicate key"):
        parse_yaml("a: 1\na: 2", ANYTHING, file="x.yaml")
