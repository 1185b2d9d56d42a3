"""What the clinicians' pages share: the desk of who is signed in, and the way around.

May import: flask, flask-login, journeys, present, language and the blueprint.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l  # type: ignore[import-untyped]
from flask_login import current_user  # type: ignore[import-untyped]

from webapp.journeys import reviewing, watching
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.reviewing import Front
from webapp.web.clinic import blueprint
from webapp.web.gate import Door, door_of
from webapp.web.language import current_language
from webapp.web.present.clinic_time import moment
from webapp.web.present.inbox import View, view_of

# The way around, in order; an administrator's page is shown to administrators only.
SECTIONS = (
    ("clinic.inbox", _l("Inbox")),
    ("clinic.patients", _l("Patients")),
    ("clinic.cohort", _l("Cohort")),
    ("clinic.questions", _l("Questions")),
    ("clinic.enrol", _l("Enrol")),
    ("clinic.delivery", _l("Sending")),
    ("clinic.staff", _l("Staff")),
    ("clinic.settings", _l("Settings")),
    ("clinic.own_page", _l("My account")),
)
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def desk() -> Desk:
    """The desk of whoever is signed in, at the moment of this request."""
    if "desk" not in g:
        g.desk = Desk(current_app.extensions["thaw"], current_user.staff, datetime.now(UTC))
    found: Desk = g.desk
    return found


def front() -> Front:
    """The clinic of this request and what waits in it, asked once."""
    if "front" not in g:
        g.front = reviewing.front(desk())
    found: Front = g.front
    return found


def view() -> View:
    """How this reader sees clinical words and times."""
    signs = desk().house.library.signs
    return view_of(current_language().code, front().clinic.timezone, desk().now, signs)


def or_404(journey: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """A journey or view for which "not in this clinic" is a page that does not exist."""

    @wraps(journey)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return journey(*args, **kwargs)
        except NotHere:
            abort(404)

    return guarded


@blueprint.context_processor
def _around() -> dict[str, Any]:
    """What the clinic's base page prints at its top."""
    if not current_user.is_authenticated:
        return {}
    around = {"clinic": front().clinic, "actor": desk().actor, "sections": _sections()}
    return {**around, "stopped": _stopped()}


def _stopped() -> str | None:
    """Since when nothing is asked or sent, in words; None while the clock does its work.

    A clock that is dead cannot write an e-mail: this is how a clinic learns of it.
    """
    since = watching.stopped_since(desk().house, desk().now)
    return None if since is None else moment(since, front().clinic.timezone, desk().now)


def _sections() -> list[dict[str, Any]]:
    shown = [(endpoint, label) for endpoint, label in SECTIONS if _may_open(endpoint)]
    return [
        {
            "label": label,
            "href": url_for(endpoint),
            "here": request.endpoint == endpoint,
            "count": _count(endpoint),
        }
        for endpoint, label in shown
    ]


def _count(endpoint: str) -> int | None:
    """What waits behind an entry: open flags, or alarms that are going on."""
    if endpoint == "clinic.inbox":
        return front().open_flags
    if endpoint == "clinic.delivery":
        return watching.count_alarms(desk().house, desk().clinic_id)
    return None


def _may_open(endpoint: str) -> bool:
    door = door_of(current_app.view_functions[endpoint])
    return door is not Door.ADMINISTRATOR or current_user.staff.role.value == door.value
