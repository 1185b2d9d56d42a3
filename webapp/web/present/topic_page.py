"""A topic as its page prints it: words filled in, sources beside facts, standing said honestly.

May import: the domain, what `reading` opens, markupsafe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from webapp.domain.fact import Fact
from webapp.domain.topic import Passage, Standing, Topic, TopicGroup, Urgency
from webapp.journeys.reading import OpenTopic, ShownFigure

Listed = Sequence[tuple[TopicGroup, Sequence[Topic]]]
LEVELS = {Urgency.ROUTINE: "home", Urgency.CALL_CLINIC: "call", Urgency.EMERGENCY: "emergency"}


@dataclass(frozen=True, slots=True)
class TopicLink:
    """One line of a reading list."""

    title: str
    href: str
    level: str  # home, call or emergency: the care card's levels
    lang: str  # the language of the title
    topic: str = ""
    minutes: int = 0  # to read it


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """A heading of the reading list with its lines."""

    title: str
    topics: tuple[TopicLink, ...]
    id: str = ""  # of the pathway that they are for, if it is for one


@dataclass(frozen=True, slots=True)
class FigureBox:
    """A drawing with the same in sentences below it, and how far its words have come."""

    title: str
    svg: Markup
    says: Markup
    standing: Standing
    approved_by: str
    approved_on: date | None
    name: str


@dataclass(frozen=True, slots=True)
class TopicPage:
    """Everything that templates/public/topic.html prints about the topic."""

    topic: str
    title: str
    level: str
    lang: str
    translated: bool  # False: the reader asked for another language
    passage: Markup
    when_to_call: Markup
    more: Markup | None
    ask_your_team: Markup | None
    facts: tuple[Fact, ...]
    standing: Standing
    approved_by: str
    approved_on: date | None
    name: str
    next: TopicLink | None = None  # what comes next in the reading list
    figures: tuple[FigureBox, ...] = ()


def link_groups(found: Listed, lang: str, link: Callable[[Topic], TopicLink]) -> list[LinkGroup]:
    """The reading list as `reading.reading_list` gives it, with headings in a language."""
    return [
        LinkGroup(group.titles.get(lang, group.titles["en"]), tuple(map(link, topics)))
        for group, topics in found
    ]


def topic_page(opened: OpenTopic, link: Callable[[Topic], TopicLink]) -> TopicPage:
    """The page of an opened topic; `link` makes a line for each of its neighbours."""

    def filled(part: Passage | None) -> Markup | None:
        # The library cleaned this HTML when it loaded the content.
        return None if part is None else Markup(opened.html(part))  # noqa: S704

    words = opened.words
    return TopicPage(
        topic=opened.topic.id,
        title=words.title,
        level=LEVELS[opened.urgency],
        lang=words.lang,
        translated=opened.translated,
        passage=filled(words.passage) or Markup(""),
        when_to_call=filled(words.when_to_call) or Markup(""),
        more=filled(words.more),
        ask_your_team=filled(words.ask_your_team),
        facts=opened.facts,
        standing=opened.standing,
        approved_by=words.approved_by or words.reviewed_by,
        approved_on=words.approved_on,
        name=words.name,
        next=link(opened.next) if opened.next else None,
        figures=tuple(map(_box, opened.figures)),
    )


def _box(shown: ShownFigure) -> FigureBox:
    words = shown.words
    return FigureBox(
        title=words.title,
        svg=Markup(words.svg),  # noqa: S704 - checked when the content was loaded
        says=Markup(words.says.html),  # noqa: S704
        standing=shown.standing,
        approved_by=words.approved_by,
        approved_on=words.approved_on,
        name=words.name,
    )
