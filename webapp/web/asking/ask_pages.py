"""Asking: a form, and the answer under it, or alone for our script.

May import: flask, flask-babel, journeys, present and this room.
"""

from __future__ import annotations

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.journeys import conversing
from webapp.journeys.conversing import SwitchedOff, TooMany, from_the_shelf
from webapp.web.asking import blueprint
from webapp.web.asking.desk import ENGINE, asker, house, keys, now, page, reader
from webapp.web.gate import Door, open_to
from webapp.web.present.turn_page import turn_shown


@blueprint.get("")
@open_to(Door.PUBLIC)
def ask() -> ResponseReturnValue:
    """The empty form. Writes nothing."""
    return page(asker())


@blueprint.post("")
@open_to(Door.PUBLIC)
def answer() -> ResponseReturnValue:
    """Answer a question in stored words; danger first."""
    words = request.form.get("words", "").strip()
    if not words:
        return page(asker(), fault=_("Please write a question first."), status=422)
    try:
        said = conversing.say(
            house(),
            keys(),
            words,
            now=now(),
            ask=current_app.extensions.get(ENGINE, from_the_shelf),
        )
    except SwitchedOff:
        return page(asker(), words=words, status=503)
    except TooMany:
        return _too_many(words)
    shown = turn_shown(reader(said.asker), said)
    if shown.too_long:
        return page(said.asker, shown, words=words, status=422)
    return page(said.asker, shown)


def _too_many(words: str) -> ResponseReturnValue:
    fault = _("There were many questions in a short time. Wait a minute, then ask again.")
    body = page(asker(), words=words, fault=fault, status=429)
    return *body, {"Retry-After": "60"}  # type: ignore[misc]
