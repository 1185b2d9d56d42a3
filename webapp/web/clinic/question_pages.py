"""What the chat could not answer: for whoever writes the clinic's words.

May import: flask, flask-babel, journeys, present and this room.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.journeys import listening
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404, view
from webapp.web.gate import Door, open_to
from webapp.web.present.questions import questions_page


@blueprint.get("/questions")
@open_to(Door.CLINICIAN)
def questions() -> ResponseReturnValue:
    """Questions without an answer, by day, and how every question ended."""
    heard = listening.listen(desk())
    shown = questions_page(heard, view(), desk().house.library.topics)
    return render_template("clinic/questions.html", page=shown)


@blueprint.post("/questions/<turn_id>/handled")
@open_to(Door.CLINICIAN)
@or_404
def handle_question(turn_id: str) -> ResponseReturnValue:
    """Take a question off the list."""
    listening.handle(desk(), turn_id)
    flash(_("Taken off the list."))
    return redirect(url_for(".questions"), 303)
