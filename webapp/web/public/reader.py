"""Who reads a public page: somebody unknown, today, in the language of the address.

Pages are made every few minutes (kept.py), so that a clinic's new number is soon on all of them.
May import: journeys, the domain, flask, language and present.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, g, url_for

from webapp.domain.person import Clinic
from webapp.domain.topic import Topic
from webapp.journeys import reading
from webapp.journeys.house import House
from webapp.journeys.reading import Visitor
from webapp.web.language import current_language
from webapp.web.present.topic_page import LEVELS, TopicLink
from webapp.web.public.kept import today


def house() -> House:
    """The content and the rest of this installation."""
    open_house: House = current_app.extensions["thaw"]
    return open_house


def own_clinic() -> Clinic | None:
    """The clinic, if this site serves just one; with several, public pages name none."""
    if "own_clinic" not in g:
        g.own_clinic = house().clinic
    clinic: Clinic | None = g.own_clinic
    return clinic


def visitor() -> Visitor:
    """An unknown reader of this page."""
    return Visitor(lang=current_language().code, today=today(), clinic=own_clinic())


def place() -> dict[str, Any]:
    """What every public page says of where it stands: the clinic and the emergency number."""
    numbers = reading.whom_to_ring(house().library, visitor()).emergency.numbers
    return {"clinic": own_clinic(), "emergency_number": numbers[0] if numbers else None}


def link(topic: Topic) -> TopicLink:
    """One line of the reading list."""
    words = topic.in_language(current_language().code)
    href = url_for("public.topic", topic_id=topic.id)
    level = LEVELS[topic.urgency]
    return TopicLink(words.title, href, level, words.lang, topic.id, words.minutes)
