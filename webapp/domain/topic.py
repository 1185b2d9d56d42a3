"""A topic: one question of a patient's, answered in stored words that rest on numbered facts.

May import: the standard library. Texts come in twice: safe HTML for pages, plain text for the
chat. Both still hold placeholders such as {clinic_phone}; `emergency.fill_text` and `fill_html`
put the numbers in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

TopicId = NewType("TopicId", str)
FactId = NewType("FactId", str)

ENGLISH = "en"
WORDS_A_MINUTE = 150  # as somebody reads who has to take it in


class Urgency(StrEnum):
    """What the answer must open with (topics.md)."""

    ROUTINE = "routine"
    CALL_CLINIC = "call-clinic"
    EMERGENCY = "emergency"


class Phase(StrEnum):
    """The part of a recovery that a topic belongs to, in the order a patient lives it."""

    BEFORE = "before"
    DAY_OF = "day-of"
    FIRST_WEEK = "first-week"
    WEEKS = "weeks"
    MONTHS = "months"
    ALL = "all"


class Status(StrEnum):
    """How far a text has come: nobody has read it, a person has, a clinician signed it."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"


class Standing(StrEnum):
    """What a reader must be told about a text today. Only `APPROVED` is a signed, current text."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    STALE = "stale"  # the English it was made from has moved on
    OVERDUE = "overdue"  # approved once, but its review-by day has passed


@dataclass(frozen=True, slots=True)
class Statement:
    """Words that rest together on the same facts; no facts means no medical claim."""

    text: str
    facts: tuple[FactId, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of a topic's words: plain text, safe HTML, and what each sentence rests on."""

    text: str
    statements: tuple[Statement, ...]
    render: Callable[[], str] = field(repr=False, compare=False)

    @property
    def html(self) -> str:
        """Safe HTML, made when it is first shown: a start has eight hundred sections to read."""
        return self.render()

    @property
    def facts(self) -> tuple[FactId, ...]:
        """Every fact the section rests on, once each, in the order of first use."""
        return tuple(dict.fromkeys(fact for said in self.statements for fact in said.facts))


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic in one language, at one version."""

    topic: TopicId
    lang: str
    title: str
    version: int  # 1 or more
    status: Status
    made_from: int | None  # the English version a translation was made from
    reviewed_by: str
    approved_by: str
    approved_on: date | None
    passage: Passage
    when_to_call: Passage
    more: Passage | None = None
    ask_your_team: Passage | None = None
    asks: tuple[str, ...] = ()  # ways people ask, one a line

    @property
    def name(self) -> str:
        """The name shown wherever these words are shown, such as numbness@en#3."""
        return f"{self.topic}@{self.lang}#{self.version}"

    @property
    def sections(self) -> tuple[Passage, ...]:
        """The sections there are, in reading order."""
        parts = (self.passage, self.when_to_call, self.more, self.ask_your_team)
        return tuple(part for part in parts if part is not None)

    @property
    def facts(self) -> tuple[FactId, ...]:
        """Every fact these words rest on, once each, in the order of first use."""
        return tuple(dict.fromkeys(fact for part in self.sections for fact in part.facts))

    @property
    def minutes(self) -> int:
        """How long it takes to read all of it without hurry; at least one minute."""
        count = sum(len(part.text.split()) for part in self.sections)
        return max(1, round(count / WORDS_A_MINUTE))

    def is_stale(self, english: TopicWords) -> bool:
        """True of a translation made from an English version that has moved on."""
        return self.made_from is not None and self.made_from < english.version


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: what is the same in every language, and its words in each."""

    id: TopicId
    urgency: Urgency
    phases: tuple[Phase, ...]
    pathways: tuple[str, ...]
    needs: str | None  # a thing the patient must have, such as "pump"
    facts: tuple[FactId, ...]  # what the answer must rest on
    review_by: date
    words: Mapping[str, TopicWords]  # by language; English is always there
    figures: tuple[str, ...] = ()  # drawings that its page shows, by id

    @property
    def english(self) -> TopicWords:
        """The words that every translation is made from."""
        return self.words[ENGLISH]

    def in_language(self, lang: str) -> TopicWords:
        """The words in `lang`, or the English ones where there is no translation."""
        return self.words.get(lang, self.english)

    def standing(self, lang: str, today: date) -> Standing:
        """What to tell the reader about the words shown for `lang` today."""
        words = self.in_language(lang)
        if words.is_stale(self.english):
            return Standing.STALE
        if words.status is Status.APPROVED and today > self.review_by:
            return Standing.OVERDUE
        return Standing(words.status.value)

    def concerns(self, phase: Phase) -> bool:
        """True if the topic is for this part of a recovery, or for all of it."""
        return phase in self.phases or Phase.ALL in self.phases


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A heading of the reading list and the topics under it, in order."""

    id: str
    titles: Mapping[str, str]  # by language
    topics: tuple[TopicId, ...]
