"""The library: everything in content/, read once when the site starts. One fault and it does not.

May import: the domain and this room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

from webapp.domain.alarm import AlarmKind, AlarmLines
from webapp.domain.emergency import Telephones
from webapp.domain.fact import Fact
from webapp.domain.figure import Figure, FigureId
from webapp.domain.flag import Severity
from webapp.domain.instrument import Instrument
from webapp.domain.ladder import Ladder
from webapp.domain.message import Messages
from webapp.domain.pathway import Pathway
from webapp.domain.phrase import PhraseBook
from webapp.domain.rule import RuleBook
from webapp.domain.sign import Sign
from webapp.domain.synthetic import Cohorts
from webapp.domain.teach_back import TeachBack
from webapp.domain.text_word import TextWords
from webapp.domain.topic import FactId, Topic, TopicGroup, TopicId
from webapp.library.alarm_files import AlarmWords, load_alarm_words
from webapp.library.cohort_files import load_cohorts
from webapp.library.demo_files import Demo, load_demo
from webapp.library.emergency_files import load_telephones
from webapp.library.fact_files import load_facts
from webapp.library.figure_checks import figure_links, figure_problems
from webapp.library.figure_files import FigureShelf, figures, load_figures
from webapp.library.instrument_files import load_instruments
from webapp.library.languages import LANGUAGES
from webapp.library.link_checks import (
    Named,
    cohort_links,
    instrument_links,
    pathway_links,
    rule_links,
)
from webapp.library.message_files import load_messages
from webapp.library.pathway_files import load_pathways
from webapp.library.phrase_files import load_phrases
from webapp.library.policy_files import EnrolmentDefaults, Policy, load_policy
from webapp.library.problem import LibraryError, Problem
from webapp.library.rule_files import load_rules
from webapp.library.shape_checks import shape_problems
from webapp.library.sign_files import load_signs
from webapp.library.teach_back_checks import teach_back_links
from webapp.library.teach_back_files import TeachBackShelf, load_teach_back, teach_backs
from webapp.library.text_word_files import load_text_words
from webapp.library.topic_files import TopicShelf, load_topics, topics

DAILY = "daily"  # the instrument that every check-in is made of

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Library:
    """All content, ready for use; nothing in it changes while the site runs."""

    topics: Mapping[TopicId, Topic]
    groups: tuple[TopicGroup, ...]  # the reading list, in order
    facts: Mapping[FactId, Fact]
    figures: Mapping[FigureId, Figure]
    telephones: Telephones
    rules: RuleBook
    signs: tuple[Sign, ...]
    pathways: Mapping[str, Pathway]
    phrases: PhraseBook
    instruments: Mapping[str, Instrument]
    messages: Messages
    text_words: TextWords
    cohorts: Cohorts
    demo: Demo  # the invented clinic that `thaw demo` fills
    response_times: Mapping[Severity, timedelta]
    silence_after: int  # missed prompts in a row that put a patient on the silent list
    enrolment: EnrolmentDefaults
    ladder: Ladder  # of a clinic that has set none of its own
    alarms: AlarmLines
    alarm_words: Mapping[AlarmKind, AlarmWords]
    teach_back: Mapping[str, TeachBack] = field(default_factory=dict)  # by pathway
    languages: tuple[str, ...] = LANGUAGES
    known_signs: frozenset[str] = field(init=False)  # the ids of every sign that can be ticked

    def __post_init__(self) -> None:
        """Name the signs once: they are looked up at every check-in."""
        object.__setattr__(self, "known_signs", frozenset(sign.id for sign in self.signs))

    @property
    def instrument(self) -> Instrument:
        """The daily check-in."""
        return self.instruments[DAILY]


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Loaded]):
    """What a loader made of the content, or what is wrong with it."""

    found: tuple[Loaded, ...]  # one, or none
    problems: tuple[Problem, ...] = ()

    @property
    def value(self) -> Loaded:
        """What was loaded. Raises LibraryError if nothing was."""
        if not self.found:
            raise LibraryError(self.problems)
        return self.found[0]


@dataclass(frozen=True, slots=True)
class Stock:
    """Every file of content/ as far as it could be read, before anybody relies on it."""

    facts: Attempt[dict[FactId, Fact]]
    telephones: Attempt[Telephones]
    rules: Attempt[RuleBook]
    signs: Attempt[tuple[Sign, ...]]
    pathways: Attempt[Mapping[str, Pathway]]
    phrases: Attempt[PhraseBook]
    instruments: Attempt[Mapping[str, Instrument]]
    messages: Attempt[Messages]
    text_words: Attempt[TextWords]
    policy: Attempt[Policy]
    alarm_words: Attempt[Mapping[AlarmKind, AlarmWords]]
    demo: Attempt[Demo]
    cohorts: Attempt[Cohorts]
    topics: TopicShelf
    figures: FigureShelf
    teach_back: TeachBackShelf

    def problems(self) -> Iterator[Problem]:
        """What keeps a site from starting: unreadable files, topics out of shape, loose ends."""
        for name in self.__dataclass_fields__:
            yield from getattr(self, name).problems
        if self.facts.found:
            facts = self.facts.value
            yield from shape_problems(self.topics, facts)
            yield from figure_problems(self.figures, facts)
            yield from figure_links(self.topics.sources, self.figures)
            yield from self._links(Named(facts, {source.head.id for source in self.topics.sources}))

    def _links(self, named: Named) -> Iterator[Problem]:
        """Facts and topics that are named in one file and missing from another."""
        for book in self.rules.found:
            yield from rule_links(book, named)
        for pathways in self.pathways.found:
            yield from pathway_links(pathways, named)
            yield from teach_back_links(self.teach_back, self.topics.sources, pathways)
        for instruments in self.instruments.found:
            yield from instrument_links(instruments, named)
        for cohorts in self.cohorts.found:
            yield from cohort_links(cohorts.published, named)


def take_stock(content: Path) -> Stock:
    """Read every file, keeping what is wrong with each."""
    return Stock(
        facts=_attempt(load_facts, content),
        telephones=_attempt(load_telephones, content),
        rules=_attempt(load_rules, content),
        signs=_attempt(load_signs, content),
        pathways=_attempt(load_pathways, content),
        phrases=_attempt(load_phrases, content),
        instruments=_attempt(load_instruments, content),
        messages=_attempt(load_messages, content),
        text_words=_attempt(load_text_words, content),
        policy=_attempt(load_policy, content),
        alarm_words=_attempt(load_alarm_words, content),
        demo=_attempt(load_demo, content),
        cohorts=_attempt(load_cohorts, content),
        topics=load_topics(content),
        figures=load_figures(content),
        teach_back=load_teach_back(content),
    )


def load_library(content: Path) -> Library:
    """Read all content. Raises LibraryError with every fault that can be found in one go."""
    stock = take_stock(content)
    if faults := [problem for problem in stock.problems() if not problem.warning]:
        raise LibraryError(faults)
    policy = stock.policy.value
    return Library(
        topics={topic.id: topic for topic in topics(stock.topics.sources)},
        groups=stock.topics.groups,
        facts=stock.facts.value,
        figures=figures(stock.figures.sources),
        telephones=stock.telephones.value,
        rules=stock.rules.value,
        signs=stock.signs.value,
        pathways=stock.pathways.value,
        phrases=stock.phrases.value,
        instruments=stock.instruments.value,
        messages=stock.messages.value,
        text_words=stock.text_words.value,
        demo=stock.demo.value,
        cohorts=stock.cohorts.value,
        response_times=policy.response_times,
        silence_after=policy.silence_after,
        enrolment=policy.enrolment,
        ladder=policy.ladder,
        alarms=policy.alarms,
        alarm_words=stock.alarm_words.value,
        teach_back=teach_backs(stock.teach_back.sources),
    )


def _attempt(load: Callable[[Path], Loaded], content: Path) -> Attempt[Loaded]:
    """What the loader makes of the content, its problems kept instead of raised."""
    try:
        return Attempt((load(content),))
    except LibraryError as fault:
        return Attempt((), fault.problems)
