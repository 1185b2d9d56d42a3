"""The chat keeps the levels committed for it, in every language; `thaw evaluate` names the misses.

The messages here are among those learnt from, so these levels only catch what was broken; what to
expect of new messages stands in docs/decisions/0010-retrieval.md, measured on authors held out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from webapp.domain.chat import Question, Shelf, reply
from webapp.journeys.evaluating import Results, measure
from webapp.library.chat_files import load_chat
from webapp.library.example_files import load_all_examples, read_labelled
from webapp.library.phrase_files import load_phrase_examples, load_phrases
from webapp.library.search_files import load_encoder, load_searcher, stale_languages

CONTENT = Path(__file__).parents[2] / "content"
AT_LEAST = {
    "right topic first": 0.98,
    "right topic among three": 0.98,
    "right topic in the reply": 0.98,
    "urgent caught": 1.0,
    "urgent rule right": 0.98,
    "out-of-scope declined": 0.97,
    "check-in values right": 0.97,
}
AT_MOST = {"false alarms among calm": 0.1, "false alarms among other": 0.01}
SLOWEST = 30  # milliseconds
QUESTION = "why is my chest numb and when can I drive again"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return load_chat(CONTENT, load_phrases(CONTENT), load_searcher(CONTENT, load_encoder()))


@pytest.fixture(scope="module")
def results(shelf: Shelf) -> Mapping[str, Results]:
    files = sorted((CONTENT / "chat" / "labelled").glob("*.jsonl"))
    return measure([row for path in files for row in read_labelled(path)], shelf)


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
@pytest.mark.parametrize("name", AT_LEAST)
def test_a_level_that_was_reached_is_kept(
    results: Mapping[str, Results], lang: str, name: str
) -> None:
    tally = results[lang].tallies[name]
    assert tally.share >= AT_LEAST[name], tally.misses


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
@pytest.mark.parametrize("name", AT_MOST)
def test_calm_words_seldom_raise_an_alarm(
    results: Mapping[str, Results], lang: str, name: str
) -> None:
    tally = results[lang].tallies[name]
    assert tally.share <= AT_MOST[name], tally.misses


def test_every_phrase_a_rule_lists_is_urgent_in_the_chat(shelf: Shelf) -> None:
    for lang, phrases in load_phrase_examples(CONTENT):
        for text in phrases.meets if phrases.rule in shelf.advice else ():
            assert phrases.rule in reply(Question(text, lang), shelf).rules, text


def test_what_was_learnt_is_what_the_files_say() -> None:
    stale = stale_languages(CONTENT, load_all_examples(CONTENT))
    assert not stale, f"Run: thaw train (out of date: {', '.join(stale)})"


def test_an_answer_takes_milliseconds() -> None:
    lines = 40 * (json.dumps({"id": "1", "lang": "en", "text": QUESTION}) + "\n")
    command = [sys.executable, "-m", "webapp.commands", "ask"]
    answered = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    spent = sorted(json.loads(line)["ms"] for line in answered.stdout.splitlines())
    assert len(spent) == 40
    assert spent[20] < SLOWEST  # the middle one: the machine may be busy with other things
