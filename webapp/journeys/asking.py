"""Asking: a question answered in stored words, character for character, with their name.

May import: the domain and the library. Nothing is stored here yet: `ask` is the seam where the
web's journey writes the outcome, and where an urgent reply from a known patient raises a flag.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.chat import Kind, Question, Reply, Shelf, reply
from webapp.domain.topic import Topic, TopicId, TopicWords
from webapp.journeys.reading import Visitor, whom_to_ring
from webapp.library.shelf import Library

_WORD = re.compile(r"[^\W\d_]+|[¿¡]")
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Shown:
    """A reply and the stored words that go with it, numbers to ring filled in."""

    reply: Reply
    words: TopicWords | None = None
    passage: str = ""  # plain text, as stored, with telephone numbers
    when_to_call: str = ""
    choices: tuple[TopicWords, ...] = ()  # the titles of the alternatives
    topic: Topic | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The name of the words shown, such as numbness@en#3; empty if none are."""
        return self.words.name if self.words else ""


def ask(library: Library, shelf: Shelf, question: Question, visitor: Visitor) -> Shown:
    """The reply to a question, with the words to show for it. Never raises for what was written."""
    said = reply(question, shelf)
    choices = tuple(
        library.topics[name].in_language(question.lang)
        for name in said.alternatives
        if name in library.topics
    )
    topic = library.topics.get(said.topic) if said.topic else None
    if topic is None:
        return Shown(said, choices=choices)
    words = topic.in_language(question.lang)
    contacts = whom_to_ring(library, visitor)
    return Shown(
        said,
        words,
        contacts.fill_text(words.passage.text),
        contacts.fill_text(words.when_to_call.text),
        choices,
        topic,
    )


def detect_language(text: str, shelf: Shelf) -> str:
    """The language with most of its little words in a text; English where none is found."""
    words = _WORD.findall(text.lower())
    found = {
        lang: sum(word in little or word[0] in little for word in words)
        for lang, little in shelf.little_words.items()
    }
    return max(found, key=lambda lang: (found[lang], lang == _ENGLISH), default=_ENGLISH)


def ask_lines(
    lines: Iterable[bytes], shelf: Shelf, names: dict[tuple[str, str], str]
) -> Iterator[tuple[str, bool]]:
    """For each line of JSON the answer to print, and whether the line could be used.

    `names` gives the name of the stored words for a topic and a language.
    """
    for line in lines:
        if line.strip():
            answer = _answered(line, shelf, names)
            yield json.dumps(answer, ensure_ascii=False), "error" not in answer


def words_names(topics: Iterable[Topic], langs: Iterable[str]) -> dict[tuple[str, str], str]:
    """The name of the words shown for each topic in each language."""
    every = tuple(langs)
    return {(topic.id, lang): topic.in_language(lang).name for topic in topics for lang in every}


def _answered(line: bytes, shelf: Shelf, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    try:
        row = json.loads(line)
        text = row["text"]
        if not isinstance(text, str):
            raise TypeError("text is no text")
    except (ValueError, KeyError, TypeError) as fault:
        remedy = 'Give one JSON object a line, with "id" and "text".'
        return {"id": None, "error": f"Unusable line: {fault}. {remedy}"}
    lang = row.get("lang") or detect_language(text, shelf)
    began = time.perf_counter()
    said = reply(Question(text, lang), shelf)
    spent = round((time.perf_counter() - began) * 1000, 2)
    return {"id": row.get("id"), **reply_fields(said, names), "ms": spent}


def reply_fields(said: Reply, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    """A reply in the form of contract section 3, without its id and time."""
    topic = said.topic or TopicId("")
    return {
        "lang": said.lang,
        "kind": said.kind.value,
        "topic": said.topic if said.kind is not Kind.CHOOSE else None,
        "alternatives": list(said.alternatives),
        "rules": list(said.rules),
        "values": dict(said.values),
        "passage": names.get((topic, said.lang), "") or None,
    }
