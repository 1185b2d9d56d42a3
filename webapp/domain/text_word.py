"""What a text message asks for in a word: stop, start, help, yes, no.

May import: the standard library, and speech and text_answers of this room. The words are content
(content/texting.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.speech import folded
from webapp.domain.text_answers import HowToAnswer

_WORD = re.compile(r"[^\W_]+")


class Wish(StrEnum):
    """What she asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class TextWords:
    """The words of every language, folded (`plain`)."""

    words: Mapping[str, Wish]  # the whole message
    phrases: Mapping[str, Wish]  # anywhere in it
    fillers: tuple[str, ...]  # around a word, without meaning; the longest first
    told: Mapping[str, HowToAnswer]  # by language: how to answer in numbers

    def how_to_answer(self, language: str) -> HowToAnswer:
        """How a day is answered in one text, in this language if it is written in it."""
        return self.told.get(language, self.told["en"])


def plain(text: str) -> str:
    """A text's words alone, folded, one space between them."""
    return " ".join(_WORD.findall(folded(text)))


def wish_in(text: str, known: TextWords) -> Wish | None:
    """What the whole message asks for; None if it says anything more."""
    said = plain(text)
    return known.words.get(said) or known.words.get(_without(said, known.fillers))


def wish_within(text: str, known: TextWords) -> Wish | None:
    """What some part of the message asks for. Ask only after danger words were looked for."""
    said = f" {plain(text)}"  # a phrase may end within a word: "dejen de escribirme"
    return next((wish for phrase, wish in known.phrases.items() if f" {phrase}" in said), None)


def _without(said: str, fillers: Iterable[str]) -> str:
    kept = f" {said} "
    for filler in fillers:
        kept = kept.replace(f" {filler} ", " ")
    return kept.strip()
