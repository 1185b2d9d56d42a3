"""What the chat's commands open: the shelf it answers from, and the names of the stored words.

May import: the library and journeys.
"""

from __future__ import annotations

from pathlib import Path

from webapp.domain.chat import Shelf
from webapp.domain.search import Searcher
from webapp.journeys.asking import words_names
from webapp.library.chat_files import load_chat
from webapp.library.example_files import load_all_examples
from webapp.library.languages import LANGUAGES
from webapp.library.phrase_files import load_phrases
from webapp.library.search_files import learn_language, load_encoder, load_searcher
from webapp.library.topic_files import load_topics, topics


def open_chat(content: Path) -> tuple[Shelf, dict[tuple[str, str], str]]:
    """The chat's shelf and, for each topic and language, the name of its words."""
    shelf = load_chat(content, load_phrases(content), load_searcher(content, load_encoder()))
    every = topics(load_topics(content).sources)
    return shelf, words_names(every, LANGUAGES)


def learn_without(content: Path, without: frozenset[str]) -> Searcher:
    """A searcher learnt now, in memory, without some of the labelled files."""
    encoder = load_encoder()
    examples = load_all_examples(content, without=without)
    learnt = {lang: learn_language(texts, encoder) for lang, texts in examples.items()}
    return Searcher(learnt, encoder)
