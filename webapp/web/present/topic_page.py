"""A topic as its page prints it: words filled in, sources beside facts, standing said honestly.

May import: the domain, markupsafe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from webapp.domain.fact import Fact, Source
from webapp.domain.topic import FactId, Passage, Standing, Topic, TopicWords, Urgency

LEVELS = {Urgency.ROUTINE: "home", Urgency.CALL_CLINIC: "call", Urgency.EMERGENCY: "emergency"}


@dataclass(frozen=True, slots=True)
class TopicLink:
    """One line of a reading list."""

    title: str
    href: str
    level: str  # home, call or emergency: the care card's levels
    lang: str  # the language of the title


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """A heading of the reading list with its lines."""

    title: str
    topics: tuple[TopicLink, ...]


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact under "where this comes from"."""

    id: str
    text: str
    sources: tuple[Source, ...]
    unproved: bool  # some part of it waits for a clinician


@dataclass(frozen=True, slots=True)
class TopicPage:
    """Everything that templates/public/topic.html prints about the topic."""

    title: str
    level: str
    lang: str
    passage: Markup
    when_to_call: Markup
    more: Markup | None
    ask_your_team: Markup | None
    facts: tuple[FactLine, ...]
    standing: Standing
    approved_by: str
    approved_on: date | None
    name: str
    figure: Markup | None = None


def topic_page(
    topic: Topic,
    words: TopicWords,
    facts: Mapping[FactId, Fact],
    *,
    standing: Standing,
    fill: Callable[[str], str],
) -> TopicPage:
    """The page of these words; `fill` puts telephone numbers into safe HTML."""

    def filled(part: Passage | None) -> Markup | None:
        # The library has cleaned this HTML when it loaded the content.
        return None if part is None else Markup(fill(part.html))  # noqa: S704

    return TopicPage(
        title=words.title,
        level=LEVELS[topic.urgency],
        lang=words.lang,
        passage=filled(words.passage) or Markup(""),
        when_to_call=filled(words.when_to_call) or Markup(""),
        more=filled(words.more),
        ask_your_team=filled(words.ask_your_team),
        facts=tuple(fact_lines(words.facts, facts)),
        standing=standing,
        approved_by=words.approved_by or words.reviewed_by,
        approved_on=words.approved_on,
        name=words.name,
    )


def fact_lines(ids: Iterable[FactId], facts: Mapping[FactId, Fact]) -> Iterable[FactLine]:
    """The facts that words rest on, with where each comes from."""
    for id_ in ids:
        if (fact := facts.get(id_)) is not None:
            yield FactLine(str(id_), fact.text, fact.sources, fact.needs_clinician_check)
