"""The chat's promises: danger first, stored words only, and an honest "I do not know"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from webapp.domain.chat import STEPS, Kind, Question, Shelf, emergency, find_passage, reply
from webapp.domain.learning import Example, learn
from webapp.domain.search import DANGER, OUT_OF_SCOPE, SMALL_TALK, SPECIAL, Found, Searcher
from webapp.library.chat_files import load_chat
from webapp.library.phrase_files import load_phrases

CONTENT = Path(__file__).parents[2] / "content"
TEACHING = (
    ("why is my chest numb", "numbness"),
    ("no feeling in my skin", "numbness"),
    ("is numbness normal", "numbness"),
    ("when can I drive", "driving-on-oxycodone"),
    ("can I drive my car", "driving-on-oxycodone"),
    ("is it safe to drive on pills", "driving-on-oxycodone"),
    ("how many pills may I take", "how-many-is-too-many"),
    ("what is the most tablets in a day", "how-many-is-too-many"),
    ("what is the weather", OUT_OF_SCOPE),
    ("who won the match", OUT_OF_SCOPE),
    ("tell me a joke", OUT_OF_SCOPE),
    ("hello there", SMALL_TALK),
    ("good morning", SMALL_TALK),
    ("p4 t1 w0", "-check-in"),
    ("pain 3, one tablet, woke once", "-check-in"),
    ("four, took two", "-check-in"),
    ("it has all gone dark and I am fading", DANGER),
)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    examples = [Example(text, frozenset({label})) for text, label in TEACHING]
    topics = sorted({label for _, label in TEACHING} - set(SPECIAL))
    weights = learn(examples, (*topics, *SPECIAL), None)
    searcher = Searcher({"en": weights})
    return load_chat(CONTENT, load_phrases(CONTENT), searcher)


def ask(shelf: Shelf, text: str) -> Kind:
    return reply(Question(text, "en"), shelf).kind


def test_danger_is_looked_for_before_anything_is_searched() -> None:
    names = [step.__name__ for step in STEPS]
    assert names[:4] == ["clean", "emergency", "crisis", "sounds_dangerous"]
    assert STEPS.index(emergency) < STEPS.index(find_passage)


def test_a_known_question_is_answered(shelf: Shelf) -> None:
    said = reply(Question("why is my chest so numb", "en"), shelf)
    assert (said.kind, said.topic) == (Kind.ANSWER, "numbness")
    assert said.topic not in said.alternatives


@pytest.mark.parametrize(
    "text",
    [
        "I can't breathe. Also when can I drive?",
        "is numbness normal, and she won't wake up",
        "hello there, the blood won't stop",
    ],
)
def test_danger_in_a_question_is_urgent_whatever_else_it_asks(shelf: Shelf, text: str) -> None:
    said = reply(Question(text, "en"), shelf)
    assert said.kind is Kind.URGENT
    assert said.rules
    assert said.topic is not None


def test_danger_words_need_no_learning(shelf: Shelf) -> None:
    untaught = replace(shelf, searcher=Searcher({}))
    said = reply(Question("I want to die", "en"), untaught)
    assert (said.kind, said.rules) == (Kind.URGENT, ("R05-self-harm",))


def test_words_of_self_harm_get_the_crisis_words_before_any_others(shelf: Shelf) -> None:
    said = reply(Question("I took all the pills and I can't breathe", "en"), shelf)
    assert said.topic == "suicidal-thoughts"


def test_words_like_those_of_danger_are_urgent_without_a_phrase(shelf: Shelf) -> None:
    said = reply(Question("it has all gone dark and I am fading", "en"), shelf)
    assert (said.kind, said.rules) == (Kind.URGENT, ())


def test_numbers_are_read_back(shelf: Shelf) -> None:
    said = reply(Question("pain 4, two tablets, woke once", "en"), shelf)
    assert said.kind is Kind.CHECK_IN
    assert said.values == {"pain": 4, "tablets": 2, "wakes": 1}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tell me a joke please", Kind.DECLINE),
        ("good morning", Kind.SMALL_TALK),
        ("???", Kind.DECLINE),
        ("", Kind.DECLINE),
        ("zzz qqq", Kind.DECLINE),
    ],
)
def test_what_is_outside_is_said_to_be_outside(shelf: Shelf, text: str, kind: Kind) -> None:
    assert ask(shelf, text) is kind


def test_a_dose_question_is_never_answered_with_choices(shelf: Shelf) -> None:
    said = reply(Question("how many pills may I take when can I drive", "en"), shelf)
    assert said.kind is Kind.ANSWER


def test_learning_twice_gives_the_same_weights() -> None:
    examples = [Example(text, frozenset({label})) for text, label in TEACHING]
    first, second = (learn(examples, ("numbness", *SPECIAL), None) for _ in range(2))
    assert (first.by_gram == second.by_gram).all()
    assert (first.scale == second.scale).all()


class _Broken(Searcher):
    """A search that fails, as with damaged weights."""

    def find(self, text: str, lang: str) -> Found:
        raise ValueError("shapes do not match")


def test_a_search_that_breaks_leaves_the_danger_words(shelf: Shelf) -> None:
    broken = replace(shelf, searcher=_Broken({}))
    with pytest.warns(RuntimeWarning, match="search failed"):
        assert reply(Question("I want to die", "en"), broken).kind is Kind.URGENT
    with pytest.warns(RuntimeWarning, match="search failed"):
        assert reply(Question("when can I drive", "en"), broken).kind is Kind.DECLINE
