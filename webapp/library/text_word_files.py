"""content/texting.yaml: what a text message to us can ask for, and how a day is answered in one.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import field_validator, model_validator

from webapp.domain.text_answers import HowToAnswer, read_code
from webapp.domain.text_word import TextWords, Wish, plain
from webapp.library.yaml_model import Strict, read_yaml


class _Words(Strict):
    words: tuple[str, ...]
    phrases: tuple[str, ...]


class _HowToAnswer(Strict):
    title: str
    lead: str
    numbers: tuple[str, ...]
    example: str
    means: str
    after: str

    @field_validator("example")
    @classmethod
    def _can_be_read(cls, example: str) -> str:
        if read_code(example) is None:
            raise ValueError(f"{example!r} cannot be read back; write three numbers: 4 2 1")
        return example


class _TextingFile(Strict):
    stop: _Words
    start: _Words
    help: _Words
    yes: _Words
    no: _Words
    fillers: tuple[str, ...]
    answer: dict[str, _HowToAnswer]

    @model_validator(mode="after")
    def _no_word_means_two_things(self) -> _TextingFile:
        seen: dict[str, Wish] = {}
        for wish in Wish:
            for word in map(plain, getattr(self, wish.value).words):
                if seen.setdefault(word, wish) is not wish:
                    raise ValueError(f"{word!r} stands under {seen[word]} and {wish}; keep one")
        return self


def load_text_words(content: Path) -> TextWords:
    """The words that a text message can consist of. Raises LibraryError."""
    read = read_yaml(content / "texting.yaml", _TextingFile)
    lists = [(wish, getattr(read, wish.value)) for wish in Wish]
    return TextWords(
        words={plain(word): wish for wish, one in lists for word in one.words},
        phrases={plain(phrase): wish for wish, one in lists for phrase in one.phrases},
        fillers=tuple(sorted(map(plain, read.fillers), key=len, reverse=True)),
        told={lang: HowToAnswer(**how.model_dump()) for lang, how in read.answer.items()},
    )
