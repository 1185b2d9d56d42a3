"""Teach-back: a few questions about what a patient has read, so that the clinic hears what did not
come across. Nobody is marked: a choice that does not fit leads to other words, and one more asking.

May import: topic and the standard library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from webapp.domain.topic import ENGLISH, FactId, Standing, Status, TopicId

ByLanguage = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing she can say, and whether it is what the page says."""

    id: str
    right: bool
    words: ByLanguage


@dataclass(frozen=True, slots=True)
class Explanation:
    """Stored words that rest on facts."""

    words: ByLanguage
    facts: tuple[FactId, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One idea that should have come across."""

    id: str
    topic: TopicId  # the page that tells it
    idea: ByLanguage  # what the clinic reads, in a few words
    ask: ByLanguage
    choices: tuple[Choice, ...]
    right: Explanation  # said after the fitting choice, and after the second asking
    otherwise: Explanation  # said after another choice: the same idea in other words

    @property
    def facts(self) -> tuple[FactId, ...]:
        """Every fact that its words rest on, once each."""
        return tuple(dict.fromkeys((*self.right.facts, *self.otherwise.facts)))

    def choice(self, choice_id: str) -> Choice | None:
        """The choice of this id; None if there is none."""
        return next((one for one in self.choices if one.id == choice_id), None)


@dataclass(frozen=True, slots=True)
class TeachBack:
    """The questions of one pathway, as a clinician signs them."""

    id: str  # of the pathway that they belong to
    version: int
    status: Status
    approved_by: str
    approved_on: date | None
    made_from: Mapping[str, int]  # the version that each translation was made from
    questions: tuple[Question, ...]

    def question(self, question_id: str) -> Question | None:
        """The question of this id; None if there is none."""
        return next((one for one in self.questions if one.id == question_id), None)

    def after(self, question: Question) -> Question | None:
        """The question that follows; None after the last."""
        place = self.questions.index(question) + 1
        return self.questions[place] if place < len(self.questions) else None

    def standing(self, lang: str) -> Standing:
        """What to tell the reader about the words in a language."""
        if lang != ENGLISH and self.made_from.get(lang, 0) < self.version:
            return Standing.STALE
        return Standing(self.status.value)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one patient said to one question."""

    question: str
    version: int
    choice: str
    understood: bool
    again: bool  # whether it was asked the second time, after other words


def last_of_each(answers: Iterable[Answered]) -> dict[str, Answered]:
    """The answer that counts for each question: the last one; `answers` are oldest first."""
    return {answered.question: answered for answered in answers}


def unclear(answers: Iterable[Answered]) -> tuple[str, ...]:
    """The questions whose idea did not come across, after the second asking too."""
    return tuple(id_ for id_, last in last_of_each(answers).items() if not last.understood)
