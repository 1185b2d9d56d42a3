"""What the public pages need of the house: the library, and whom a reader here would ring.

May import: journeys, the domain, flask, language and present.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from webapp.domain.emergency import Caller, Contacts, contacts_for
from webapp.domain.person import Clinic
from webapp.domain.topic import Phase, Topic, TopicId
from webapp.web.language import current_language
from webapp.web.present.topic_page import LEVELS, LinkGroup, TopicLink, TopicPage, topic_page
from webapp.web.public.kept import today


def library() -> Any:
    """The content this site was started with."""
    return current_app.extensions["thaw"].library


def own_clinic() -> Clinic | None:
    """The clinic, if this site serves just one; with several, public pages name none."""
    clinic: Clinic | None = getattr(current_app.extensions["thaw"], "clinic", None)
    return clinic


def contacts() -> Contacts:
    """Whom a reader of public pages would ring, in the words of the page."""
    clinic = own_clinic()
    caller = Caller()
    if clinic is not None:
        caller = Caller(clinic.country, clinic.phone, clinic.after_hours_phone)
    return contacts_for(library().telephones, caller, current_language().code)


def place() -> dict[str, Any]:
    """What every public page says of where it stands: the clinic and the emergency number."""
    numbers = contacts().emergency.numbers
    return {"clinic": own_clinic(), "emergency_number": numbers[0] if numbers else None}


def open_page(topic_id: str) -> TopicPage | None:
    """The page of a topic in the language of the address, or in English until it is translated."""
    topic: Topic | None = library().topics.get(TopicId(topic_id))
    if topic is None:
        return None
    lang = current_language().code
    return topic_page(
        topic,
        topic.in_language(lang),
        library().facts,
        standing=topic.standing(lang, today()),
        fill=contacts().fill_html,
    )


def reading_list(phase: Phase | None = None) -> list[LinkGroup]:
    """The topics that are written, by heading; for one part of a recovery, or all."""
    lang = current_language().code
    found = []
    for group in library().groups:
        lines = tuple(_line(topic, lang) for topic in _topics(group.topics, phase))
        if lines:
            found.append(LinkGroup(group.titles[lang], lines))
    return found


def _topics(ids: tuple[TopicId, ...], phase: Phase | None) -> list[Topic]:
    known = (library().topics.get(id_) for id_ in ids)
    return [topic for topic in known if topic and (phase is None or topic.concerns(phase))]


def _line(topic: Topic, lang: str) -> TopicLink:
    words = topic.in_language(lang)
    href = url_for("public.topic", topic_id=topic.id)
    return TopicLink(words.title, href, LEVELS[topic.urgency], words.lang)
