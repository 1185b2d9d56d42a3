"""Reading: the list of topics, one topic's page, and the stored words shown as advice.

May import: the domain and the library. Reads nothing but the library: no database, no network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from webapp.domain.emergency import Caller, Contacts, contacts_for
from webapp.domain.fact import Fact
from webapp.domain.figure import FigureId, FigureWords
from webapp.domain.pathway import Pathway, reading_at
from webapp.domain.person import Clinic
from webapp.domain.topic import (
    Passage,
    Phase,
    Standing,
    Topic,
    TopicGroup,
    TopicId,
    TopicWords,
    Urgency,
)
from webapp.library.shelf import Library


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who reads: her language, her clinic if known, the day, and what she has (such as a pump)."""

    lang: str
    today: date
    clinic: Clinic | None = None
    country: str = ""  # where the clinic is not known
    pathway: str = ""  # empty shows every pathway
    has: frozenset[str] | None = None  # None shows topics whatever they need


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A drawing in the language of the words around it, and what to say of its standing."""

    words: FigureWords
    standing: Standing


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """A topic as one visitor reads it, telephone numbers filled in."""

    topic: Topic
    words: TopicWords  # in her language, or in English where there is no translation
    translated: bool  # False: she asked for another language than she gets
    standing: Standing
    facts: tuple[Fact, ...]  # what the words rest on, in order of first use
    contacts: Contacts
    previous: Topic | None  # its neighbours in the reading list
    next: Topic | None
    figures: tuple[ShownFigure, ...] = ()

    @property
    def urgency(self) -> Urgency:
        """What the page must open with."""
        return self.topic.urgency

    def html(self, part: Passage) -> str:
        """A section as safe HTML with its numbers filled in."""
        return self.contacts.fill_html(part.html)

    def text(self, part: Passage) -> str:
        """A section as plain text with its numbers filled in."""
        return self.contacts.fill_text(part.text)


@dataclass(frozen=True, slots=True)
class Advice:
    """Stored words shown after a finding, and the name of exactly these words."""

    name: str  # such as short-of-breath@en#2
    title: str
    text: str
    html: str
    lang: str


def open_topic(library: Library, topic_id: str, visitor: Visitor) -> OpenTopic | None:
    """The topic as this visitor reads it; None if there is no such topic."""
    topic = library.topics.get(TopicId(topic_id))
    if topic is None:
        return None
    words = topic.in_language(visitor.lang)
    before, after = _neighbours(library, topic, visitor)
    figures = tuple(_figure(library, figure, words.lang) for figure in topic.figures)
    rests_on = dict.fromkeys([*words.facts, *(id_ for one in figures for id_ in one.words.facts)])
    return OpenTopic(
        topic=topic,
        words=words,
        translated=words.lang == visitor.lang,
        standing=topic.standing(visitor.lang, visitor.today),
        facts=tuple(library.facts[fact] for fact in rests_on),
        contacts=whom_to_ring(library, replace(visitor, lang=words.lang)),
        previous=before,
        next=after,
        figures=figures,
    )


def _figure(library: Library, figure_id: str, lang: str) -> ShownFigure:
    figure = library.figures[FigureId(figure_id)]
    return ShownFigure(figure.in_language(lang), figure.standing(lang))


def whom_to_ring(library: Library, visitor: Visitor) -> Contacts:
    """The emergency number, the crisis line, the poison line and the clinic, in her words."""
    clinic = visitor.clinic
    caller = (
        Caller(clinic.country, clinic.phone, clinic.after_hours_phone)
        if clinic
        else Caller(visitor.country)
    )
    return contacts_for(library.telephones, caller, visitor.lang)


def reading_list(
    library: Library, visitor: Visitor, phase: Phase | None = None
) -> tuple[tuple[TopicGroup, tuple[Topic, ...]], ...]:
    """The groups that hold something for this visitor, with their topics, in order."""
    groups = ((group, tuple(_shown(library, group, visitor, phase))) for group in library.groups)
    return tuple((group, topics) for group, topics in groups if topics)


def whole_phase(library: Library, visitor: Visitor, phase: Phase) -> tuple[OpenTopic, ...]:
    """Every topic that was written for this part of a recovery, opened, in reading order.

    What concerns all of a recovery is left out: it would drown the rest on paper.
    """
    listed = reading_list(library, visitor, phase)
    own = (one for _, topics in listed for one in topics if phase in one.phases)
    opened = (open_topic(library, one.id, visitor) for one in own)
    return tuple(one for one in opened if one is not None)


def reading_now(library: Library, pathway: str, pod: int) -> tuple[Phase, tuple[Topic, ...]]:
    """What is worth reading on a postoperative day of a pathway, best first.

    Raises KeyError for no such pathway.
    """
    part = reading_at(library.pathways[pathway], pod)
    if part is None:
        return Phase.MONTHS, ()
    return Phase(part.phase), tuple(library.topics[TopicId(topic)] for topic in part.topics)


def first_reads(library: Library, phase: Phase) -> tuple[tuple[Pathway, tuple[Topic, ...]], ...]:
    """For each kind of treatment, what to read first in one part of a recovery, best first.

    The kind that most is written about comes first.
    """
    written = Counter(kind for topic in library.topics.values() for kind in topic.pathways)
    kinds = [one for one in library.pathways.values() if one.id == one.judged_as]
    kinds.sort(key=lambda one: -written[one.id])
    found = ((pathway, tuple(_offered(library, pathway, phase))) for pathway in kinds)
    return tuple((pathway, topics) for pathway, topics in found if topics)


def _offered(library: Library, pathway: Pathway, phase: Phase) -> Iterator[Topic]:
    for part in pathway.reading:
        if part.phase == phase.value:
            yield from (library.topics[TopicId(topic)] for topic in part.topics)


def advice_words(library: Library, topic_id: str, lang: str, clinic: Clinic) -> Advice:
    """The passage and when to call, as shown for a finding. Raises KeyError for no such topic."""
    words = library.topics[TopicId(topic_id)].in_language(lang)
    contacts = contacts_for(
        library.telephones,
        Caller(clinic.country, clinic.phone, clinic.after_hours_phone),
        words.lang,
    )
    parts = (words.passage, words.when_to_call)
    return Advice(
        name=words.name,
        title=words.title,
        text="\n".join(contacts.fill_text(part.text) for part in parts),
        html="\n".join(contacts.fill_html(part.html) for part in parts),
        lang=words.lang,
    )


def _shown(
    library: Library, group: TopicGroup, visitor: Visitor, phase: Phase | None
) -> Iterator[Topic]:
    """The group's topics that exist and concern this visitor in this phase."""
    for topic_id in group.topics:
        topic = library.topics.get(topic_id)
        if topic is None or (phase is not None and not topic.concerns(phase)):
            continue
        if visitor.pathway and visitor.pathway not in topic.pathways:
            continue
        if topic.needs is None or visitor.has is None or topic.needs in visitor.has:
            yield topic


def _neighbours(
    library: Library, topic: Topic, visitor: Visitor
) -> tuple[Topic | None, Topic | None]:
    """The topics before and after, in the reading list of the topic's first phase."""
    lists = reading_list(library, visitor, topic.phases[0])
    line = [other for _, topics in lists for other in topics]
    if topic not in line:
        return None, None
    place = line.index(topic)
    return (line[place - 1] if place else None), (line[place + 1] if line[place + 1 :] else None)
