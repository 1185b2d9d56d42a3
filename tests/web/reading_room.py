"""A small library and an app that shows only the public pages, for tests that need no database.

May import: the domain and web.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

from flask import Flask

from webapp.domain.emergency import CountryLines, Joins, Line, Telephones
from webapp.domain.fact import Fact, Mark, Source
from webapp.domain.person import Clinic, ClinicId
from webapp.domain.topic import (
    FactId,
    Passage,
    Phase,
    Statement,
    Status,
    Topic,
    TopicGroup,
    TopicId,
    TopicWords,
    Urgency,
)
from webapp.web import headers
from webapp.web.language import init_language
from webapp.web.public import blueprint

WEB = Path(headers.__file__).parent
FACT = FactId("F150")
SOURCE = Source("a-guideline", "A guideline", "10.1/abc")
CLINIC = Clinic(ClinicId("c1"), "Harbor Clinic", "US", "UTC", "(555) 010-0199", "", ())


def words(topic: str, lang: str, title: str, status: Status = Status.DRAFT) -> TopicWords:
    """A topic's words, the same few in any language."""

    def part(text: str) -> Passage:
        return Passage(text, (Statement(text, (FACT,)),), lambda: f"<p>{text}</p>")

    return TopicWords(
        TopicId(topic), lang, title, 3, status, None, "", "", None,
        part("Call {emergency_number} now."), part("Call {clinic_phone} today."),
    )  # fmt: skip


def topic(id_: str, urgency: Urgency, phases: tuple[Phase, ...], **texts: str) -> Topic:
    """A topic with a title in each language named."""
    return Topic(
        TopicId(id_), urgency, phases, ("mastectomy",), None, (FACT,), date(2030, 1, 1),
        {lang: words(id_, lang, title) for lang, title in texts.items()},
    )  # fmt: skip


TOPICS = (
    topic("chest-pain", Urgency.EMERGENCY, (Phase.ALL,), en="Chest pain", es="Dolor de pecho"),
    topic("numbness", Urgency.ROUTINE, (Phase.WEEKS,), en="Why is my chest numb?"),
    topic("fever", Urgency.CALL_CLINIC, (Phase.FIRST_WEEK,), en="Fever"),
)


def reading_room(*, clinic: Clinic | None = CLINIC, library: object = None) -> Flask:
    """An app with the public pages over a library, or over the small one."""
    unknown = {"en": "your local emergency number", "es": "el número local", "ar": "رقم الطوارئ"}
    small = SimpleNamespace(
        topics={one.id: one for one in TOPICS},
        groups=(TopicGroup("all", {"en": "Everything"}, tuple(one.id for one in TOPICS)),),
        pathways={},
        facts={FACT: Fact(FACT, "Chest pain can be serious.", (Mark.MEMORY,), (SOURCE,), True)},
        telephones=Telephones(
            countries={"US": CountryLines("United States", Line(("911",), Mark.MEMORY))},
            unknown=dict.fromkeys(("emergency", "crisis", "poison", "clinic"), unknown),
            joins=Joins({}, {}, {}),
        ),
    )
    app = Flask("webapp.web", root_path=str(WEB))
    app.testing = True
    app.secret_key = "only for tests"
    app.extensions["thaw"] = SimpleNamespace(library=library or small, clinic=clinic)
    init_language(app)
    headers.init_headers(app)
    app.register_blueprint(blueprint)
    return app
