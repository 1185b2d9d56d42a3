"""The inbox, and what is done about a flag.

May import: flask, flask-babel, journeys, the domain, present and this room.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.review import Outcome
from webapp.journeys import noticing, reviewing, teaching_back
from webapp.journeys.reviewing import TakenAlready
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404, view
from webapp.web.gate import Door, open_to
from webapp.web.present.clinic_time import moment
from webapp.web.present.ideas import unclear_shown
from webapp.web.present.inbox import day_heads, flag_shown, inbox_page, outcome_words
from webapp.web.present.notices import notices_shown


@blueprint.get("/")
@open_to(Door.CLINICIAN)
def inbox() -> ResponseReturnValue:
    """Who needs a human now."""
    page = max(request.args.get("page", 1, type=int), 1)
    shown = inbox_page(reviewing.inbox(desk(), page=page), view())
    unclear = unclear_shown(teaching_back.unclear_before_the_day(desk()), view())
    told = notices_shown(noticing.unhandled(desk()), view())
    words = flag_words()
    return render_template("clinic/inbox.html", inbox=shown, unclear=unclear, notices=told, **words)


@blueprint.post("/flags/<flag_id>/acknowledge")
@open_to(Door.CLINICIAN)
@or_404
def acknowledge(flag_id: str) -> ResponseReturnValue:
    """Take a flag."""
    try:
        reviewing.acknowledge(desk(), flag_id)
    except TakenAlready as taken:
        return _taken(flag_id, taken)
    flash(gettext("You took this flag. It stays here until somebody closes it."))
    return _back(flag_id)


@blueprint.post("/flags/<flag_id>/close")
@open_to(Door.CLINICIAN)
@or_404
def close(flag_id: str) -> ResponseReturnValue:
    """Close a flag, saying what was done."""
    outcome = request.form.get("outcome", "")
    if outcome not in set(Outcome):
        return _asked_again(flag_id)
    try:
        reviewing.close(desk(), flag_id, outcome=Outcome(outcome), note=_note())
    except TakenAlready as taken:
        return _taken(flag_id, taken)
    flash(gettext("Closed: %(outcome)s.", outcome=outcome_words()[Outcome(outcome)]))
    return _back("")


@blueprint.post("/flags/<flag_id>/note")
@open_to(Door.CLINICIAN)
@or_404
def note(flag_id: str) -> ResponseReturnValue:
    """Add a note to a flag, whatever its state."""
    if not _note():
        return _asked_again(flag_id)
    reviewing.add_note(desk(), flag_id, _note())
    flash(gettext("Your note is kept."))
    return _back(flag_id)


def flag_words() -> dict[str, object]:
    """What every list of flags prints beside them."""
    outcomes = [(one.value, words) for one, words in outcome_words().items()]
    return {"day_heads": day_heads(), "outcomes": outcomes}


def _note() -> str:
    return request.form.get("note", "").strip()[:MOST_NOTE]


MOST_NOTE = 2000  # characters


def _back(flag_id: str) -> ResponseReturnValue:
    """Where the form stood: a patient's page, or this page of the inbox."""
    anchor = f"flag-{flag_id}" if flag_id else None
    if patient_id := request.form.get("patient"):
        return redirect(url_for(".patient", patient_id=patient_id, _anchor=anchor), 303)
    page = max(request.form.get("page", 1, type=int), 1)
    return redirect(url_for(".inbox", page=page if page > 1 else None, _anchor=anchor), 303)


def _taken(flag_id: str, taken: TakenAlready) -> ResponseReturnValue:
    """Somebody else was first: say who and when, and keep what was typed."""
    by = taken.by.name if taken.by else gettext("Somebody")
    at = moment(taken.at, view().zone, view().now)
    words = gettext("%(name)s did this at %(time)s.", name=by, time=at)
    return _one_flag(flag_id, words), 409


def _asked_again(flag_id: str) -> ResponseReturnValue:
    """What was chosen or written is missing or unknown: ask once more, with the rest kept."""
    words = gettext("Please choose what was done, or write a note.")
    return _one_flag(flag_id, words), 400


def _one_flag(flag_id: str, words: str) -> str:
    line = reviewing.line_of(desk(), flag_id)
    shown = flag_shown(line, view())
    return render_template(
        "clinic/flag.html", flag=shown, words=words, note=_note(), **flag_words()
    )
