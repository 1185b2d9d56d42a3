"""What the public pages need of the house: who reads, whom she would ring, and her reading list.

May import: journeys, the domain, flask, language and present.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from webapp.domain.person import Clinic
from webapp.domain.topic import Phase, Topic
from webapp.journeys import reading
from webapp.journeys.house import House
from webapp.journeys.reading import Visitor
from webapp.web.language import current_language
from webapp.web.present.topic_page import LEVELS, LinkGroup, TopicLink, TopicPage, topic_page
from webapp.web.public.kept import today


def house() -> House:
    """The content and the rest of this installation."""
    open_house: House = current_app.extensions["thaw"]
    return open_house


def own_clinic() -> Clinic | None:
    """The clinic, if this site serves just one; with several, public pages name none."""
    clinic: Clinic | None = getattr(house(), "clinic", None)
    return clinic


def visitor() -> Visitor:
    """An unknown reader of this page, today, in the language of the address."""
    return Visitor(lang=current_language().code, today=today(), clinic=own_clinic())


def place() -> dict[str, Any]:
    """What every public page says of where it stands: the clinic and the emergency number."""
    numbers = reading.whom_to_ring(house().library, visitor()).emergency.numbers
    return {"clinic": own_clinic(), "emergency_number": numbers[0] if numbers else None}


def open_page(topic_id: str) -> TopicPage | None:
    """The page of a topic in the language of the address, or in English until it is translated."""
    opened = reading.open_topic(house().library, topic_id, visitor())
    return None if opened is None else topic_page(opened, link)


def reading_list(phase: Phase | None = None) -> list[LinkGroup]:
    """The topics that are written, by heading; for one part of a recovery, or all."""
    reader = visitor()
    found = reading.reading_list(house().library, reader, phase)
    return [
        LinkGroup(group.titles.get(reader.lang, group.titles["en"]), tuple(map(link, topics)))
        for group, topics in found
    ]


def link(topic: Topic) -> TopicLink:
    """One line of the reading list."""
    words = topic.in_language(current_language().code)
    href = url_for("public.topic", topic_id=topic.id)
    return TopicLink(words.title, href, LEVELS[topic.urgency], words.lang)
