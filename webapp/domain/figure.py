"""A figure: a drawing that a topic shows, with words of its own in each language.

May import: the standard library and the domain. What it shows is also said in words, each
sentence resting on facts; the drawing is safe SVG, checked when the content was loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NewType

from webapp.domain.topic import ENGLISH, FactId, Passage, Standing, Status

FigureId = NewType("FigureId", str)


@dataclass(frozen=True, slots=True)
class FigureWords:
    """A figure in one language, at one version."""

    figure: FigureId
    lang: str
    title: str
    version: int  # 1 or more
    status: Status
    made_from: int | None  # the English version a translation was made from
    approved_by: str
    approved_on: date | None
    svg: str  # the drawing with this language's labels, title and description
    says: Passage  # the same as the drawing, in sentences

    @property
    def name(self) -> str:
        """The name shown beside the figure, such as pain-scale@en#1."""
        return f"{self.figure}@{self.lang}#{self.version}"

    @property
    def facts(self) -> tuple[FactId, ...]:
        """Every fact the figure rests on, once each."""
        return self.says.facts


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, and its words in every language."""

    id: FigureId
    words: Mapping[str, FigureWords]  # by language; English is always there

    def in_language(self, lang: str) -> FigureWords:
        """The figure in `lang`, or in English where there is no translation."""
        return self.words.get(lang, self.words[ENGLISH])

    def standing(self, lang: str) -> Standing:
        """What to tell a reader about the figure in this language."""
        words = self.in_language(lang)
        if words.made_from is not None and words.made_from < self.words[ENGLISH].version:
            return Standing.STALE
        return Standing(words.status.value)
