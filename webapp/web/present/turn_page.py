"""A turn of the chat as its template prints it: act-now words first, then stored words only.

May import: the domain, journeys, flask-babel, markupsafe and this room.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.emergency import Contact, Contacts
from webapp.domain.hours import open_now
from webapp.domain.instrument import Item, ItemKind
from webapp.domain.topic import Topic, TopicId
from webapp.domain.turn import Turn
from webapp.journeys import reading
from webapp.journeys.conversing import Said
from webapp.journeys.house import House
from webapp.journeys.reading import Visitor
from webapp.journeys.recognising import Asker
from webapp.web.present.numbers import decimal
from webapp.web.present.topic_page import LEVELS, TopicLink, TopicPage, topic_page

_RINGS = re.compile(r"\{(emergency_number|crisis_line|poison_line|clinic_phone)\}")
_NUMBER = re.compile(r"[0-9]+([.][0-9]+)?")
_LAST_RESORT = "emergency_number"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a turn, in which language and when."""

    house: House
    asker: Asker
    lang: str
    now: datetime

    @property
    def visitor(self) -> Visitor:
        """The same as `reading` knows her."""
        return Visitor(self.lang, self.now.date(), self.asker.clinic)


@dataclass(frozen=True, slots=True)
class ActNow:
    """The one thing to do now."""

    title: str
    ring: str | None  # None: no number is known, and the title says whom to call


@dataclass(frozen=True, slots=True)
class TurnShown:
    """Everything that templates/asking/_turn.html prints."""

    id: str  # "" if the turn was not kept, so that nothing can be said of it
    kind: str
    words: str
    act: ActNow | None = None
    told: bool = False  # a flag was raised: her team has it on its list
    topic: TopicPage | None = None
    href: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # topic id, title
    numbers: tuple[tuple[str, str], ...] = ()  # question, answer in words
    values: tuple[tuple[str, str], ...] = ()  # the same as fields of the check-in
    known: bool = False
    too_long: bool = False
    none_fitted: bool = False


def numbers_to_ring(reader: Reader) -> Contacts:
    """Whom this reader rings."""
    return reading.whom_to_ring(reader.house.library, reader.visitor)


def turn_shown(reader: Reader, said: Said) -> TurnShown:
    """What to show for a turn."""
    turn = said.turn
    shown = TurnShown(
        id=turn.id if said.kept else "",
        kind=turn.kind,
        words=turn.words,
        told=bool(turn.flags),
        known=reader.asker.holder is not None,
        too_long=turn.outcome.value == "too-long",
        choices=choices_of(reader, turn.offered),
    )
    if turn.is_urgent:
        return _urgent(reader, turn, shown)
    if turn.kind == "checkin":
        return replace(shown, numbers=read_back(reader, said.values), values=fields(said.values))
    return with_topic(reader, shown, turn.topic)


def with_topic(reader: Reader, shown: TurnShown, topic_id: str | None) -> TurnShown:
    """The same turn with the page of a topic, if there is one."""
    opened = reading.open_topic(reader.house.library, topic_id or "", reader.visitor)
    if opened is None:
        return shown
    page = topic_page(opened, lambda topic: _link(reader, topic))
    href = url_for("public.topic", topic_id=opened.topic.id)
    return replace(shown, topic=page, href=href)


def _urgent(reader: Reader, turn: Turn, shown: TurnShown) -> TurnShown:
    topic_id = turn.topic or _advice(reader, turn.rules)
    act = ActNow(*_act(reader, topic_id))
    return with_topic(reader, replace(shown, act=act), topic_id)


def _advice(reader: Reader, rules: Sequence[str]) -> str | None:
    """The topic that the first of these rules shows."""
    book = reader.house.library.rules.rules
    return next((book[rule].parts[0].advice for rule in rules if rule in book), None)


def _act(reader: Reader, topic_id: str | None) -> tuple[str, str | None]:
    """Whom to ring: the line that the topic's words name first; an emergency is never less."""
    contacts = numbers_to_ring(reader)
    topic = reader.house.library.topics.get(TopicId(topic_id or ""))
    named = _RINGS.search(topic.english.passage.text) if topic else None
    line = named[1] if named else _LAST_RESORT
    contact = contacts.by_placeholder[line]
    if not contact.numbers:
        line, contact = _LAST_RESORT, contacts.emergency
    return _act_words(line, contact), _number(reader, line, contact)


def _act_words(line: str, contact: Contact) -> str:
    words: Mapping[str, str] = {
        "crisis_line": _("Reach a real person now"),
        "poison_line": _("Call the poison line now"),
        "clinic_phone": _("Call the clinic now"),
    }
    if line in words:
        return words[line]
    if contact.numbers:
        called: str = _("Call %(number)s now", number=contact.numbers[0])
        return called
    unknown: str = _("Call your local emergency number now")
    return unknown


def _number(reader: Reader, line: str, contact: Contact) -> str | None:
    clinic = reader.asker.clinic
    if line == "clinic_phone" and clinic and not open_now(clinic, reader.now):
        return clinic.after_hours_phone or clinic.phone
    return contact.numbers[0] if contact.numbers else None


def choices_of(reader: Reader, topics: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Topics with their titles, in the order given."""
    known = reader.house.library.topics
    return tuple((one, known[TopicId(one)].in_language(reader.lang).title) for one in topics)


def _link(reader: Reader, topic: Topic) -> TopicLink:
    words = topic.in_language(reader.lang)
    href = url_for("public.topic", topic_id=topic.id)
    return TopicLink(words.title, href, LEVELS[topic.urgency], words.lang)


# What the contract calls a value, and the item of the check-in that it answers.
ITEM_OF = {
    "pain": "nrs_avg",
    "worst": "nrs_worst",
    "tablets": "tablets",
    "sleep_trouble": "sleep_trouble",
    "wakes": "wakes",
}


def fields(values: Mapping[str, float | str]) -> tuple[tuple[str, str], ...]:
    """The values as fields of the check-in's form; only what was said."""
    return tuple((item, _plain(values[name])) for name, item in ITEM_OF.items() if name in values)


def read_back(reader: Reader, values: Mapping[str, float | str]) -> tuple[tuple[str, str], ...]:
    """Each question that was answered, with the answer in words."""
    return tuple(spoken(reader, item, typed) for item, typed in fields(values))


def spoken(reader: Reader, item_id: str, typed: str) -> tuple[str, str]:
    """One question and its answer as a person says it."""
    item = reader.house.library.instrument.items[item_id]
    words = item.words.get(reader.lang) or item.words["en"]
    if item_id in ("nrs_avg", "nrs_worst") and item.range:
        top = _plain(item.range.high)
        return words.question, _(
            "%(number)s out of %(top)s", number=_as_written(item, typed), top=top
        )
    return words.question, words.choices.get(typed, _as_written(item, typed))


def _as_written(item: Item, typed: str) -> str:
    """A number as the reader's language writes it; whatever else was typed, as it was typed."""
    number = item.kind is ItemKind.NUMBER and _NUMBER.fullmatch(typed)
    return decimal(float(typed)) if number else typed


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
