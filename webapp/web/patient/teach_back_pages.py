"""What a question about the reading answers: kept for the clinic of a known patient, else nowhere.

The question's page itself is the same for everybody and is kept, so that its form asks here. May
import: flask, journeys, and the public room that shows the question.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from webapp.journeys import teaching_back
from webapp.journeys.marking_read import Proof
from webapp.journeys.teaching_back import Given, NoSuchQuestion
from webapp.web.gate import Door, open_to
from webapp.web.patient import blueprint, keeping
from webapp.web.public.reader import house, place
from webapp.web.public.teach_back_pages import page_of


@blueprint.post("/teach-back/<pathway>/<question_id>")
@open_to(Door.LINK)
def answer_teach_back(pathway: str, question_id: str) -> ResponseReturnValue:
    """Say the same in other words after a choice that does not fit, and ask once more."""
    page, again = page_of(pathway, question_id), "again" in request.form
    choice = request.form.get("choice", "")
    words = {**place(), "page": page, "again": again}
    if not choice:
        return render_template("public/teach_back.html", heard=None, nothing=True, **words), 422
    given = Given(pathway, question_id, choice, again)
    proof = Proof(keeping.kept(keeping.LINK), keeping.kept(keeping.DIARY))
    try:
        heard = teaching_back.answer(house(), proof, given, now=datetime.now(UTC))
    except NoSuchQuestion:
        abort(400)
    return render_template("public/teach_back.html", heard=heard, **words)
