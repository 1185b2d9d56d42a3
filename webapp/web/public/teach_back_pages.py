"""A few questions after the reading: each on a page of its own, the same for everybody.

What is answered goes to webapp.web.patient.teach_back_pages. May import: journeys, the domain,
flask, present and this room.
"""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from webapp.journeys import reading, teaching_back
from webapp.journeys.teaching_back import NoSuchQuestion
from webapp.web.gate import Door, open_to
from webapp.web.present.teach_back_page import QuestionPage, Reader, question_page
from webapp.web.public import blueprint
from webapp.web.public.kept import kept
from webapp.web.public.reader import house, place, visitor


@blueprint.get("/<lang:lang>/teach-back/<pathway>")
@open_to(Door.PUBLIC)
@kept
def teach_back(pathway: str) -> ResponseReturnValue:
    """What the questions are for, and the way to the first."""
    asked = house().library.teach_back.get(pathway)
    if asked is None:
        abort(404)
    name = house().library.pathways[pathway].name(visitor().lang)
    words = {"asked": asked, "name": name, "standing": asked.standing(visitor().lang)}
    return render_template("public/teach_back_start.html", **words, **place())


@blueprint.get("/<lang:lang>/teach-back/<pathway>/end")
@open_to(Door.PUBLIC)
@kept
def teach_back_end(pathway: str) -> ResponseReturnValue:
    """After the last question."""
    if pathway not in house().library.teach_back:
        abort(404)
    return render_template("public/teach_back_end.html", pathway=pathway, **place())


@blueprint.get("/<lang:lang>/teach-back/<pathway>/<question_id>")
@open_to(Door.PUBLIC)
@kept
def teach_back_question(pathway: str, question_id: str) -> ResponseReturnValue:
    """One question."""
    page = page_of(pathway, question_id)
    return render_template("public/teach_back.html", page=page, heard=None, **place())


def page_of(pathway: str, question_id: str) -> QuestionPage:
    """A question in the language of the address; a 404 page where there is none."""
    library, who = house().library, visitor()
    try:
        asked, question = teaching_back.find(library, pathway, question_id)
    except NoSuchQuestion:
        abort(404)
    return question_page(asked, question, Reader(who.lang, reading.whom_to_ring(library, who)))
