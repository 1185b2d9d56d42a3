"""Her own record: a link says where the code goes, the code opens the diary for half an hour.

May import: flask, journeys, the domain, present and this room.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.schedule import local_day
from webapp.journeys import comparing, keeping_diary, reading
from webapp.journeys.checking_in import LinkUnknown
from webapp.journeys.house import House
from webapp.journeys.keeping_diary import Diary, TooManyCodes, WrongCode
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language
from webapp.web.patient import blueprint, keeping
from webapp.web.present.diary import Beholder, diary_page
from webapp.web.public.reader import link
from webapp.web.public.topic_pages import phase_titles


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


def _now() -> datetime:
    return datetime.now(UTC)


@blueprint.get("/diary")
@open_to(Door.DIARY)
def diary() -> ResponseReturnValue:
    """Her record, if this browser may read it; else the way to a code."""
    opened = keeping_diary.open_diary(_house(), keeping.kept(keeping.DIARY), now=_now())
    if opened is None:
        return render_template("patient/diary_ask.html", has_link=bool(keeping.kept(keeping.LINK)))
    library, language = _house().library, current_language()
    usual = comparing.usual_for(library, opened.patient.pathway)
    page = diary_page(opened, Beholder(language.code, language.dir == "rtl", _now(), usual))
    words = {"page": page, "clinic": opened.clinic, **_reading(opened)}
    return render_template("patient/diary.html", **words)


def _reading(opened: Diary) -> dict[str, object]:
    """What is worth reading in her part of the recovery, and what she has read of it."""
    patient = opened.patient
    pod = patient.pod(local_day(_now(), patient.timezone))
    phase, topics = reading.reading_now(_house().library, patient.pathway, pod)
    return {
        "phase": {"value": phase.value, "label": phase_titles()[phase.value]},
        "topics": tuple(map(link, topics)),
        "done": opened.read,
    }


@blueprint.post("/diary/code")
@open_to(Door.DIARY)
def ask_diary_code() -> ResponseReturnValue:
    """Send a code to the address of whoever the link stands for."""
    link = keeping.token_in(request.form.get("link", "")) or keeping.kept(keeping.LINK)
    try:
        asked = keeping_diary.ask_code(_house(), link, now=_now())
    except LinkUnknown:
        return render_template("patient/diary_ask.html", has_link=False, unknown=True), 404
    except TooManyCodes:
        return render_template("patient/diary_ask.html", has_link=False, spent=True), 429
    response = make_response(redirect(url_for(".diary_code"), 303))
    keeping.keep(response, keeping.ASKED, asked)
    return response


@blueprint.get("/diary/code")
@open_to(Door.DIARY)
def diary_code() -> ResponseReturnValue:
    """Ask for the code that was sent."""
    if not keeping.kept(keeping.ASKED):
        return redirect(url_for(".diary"))
    return render_template("patient/diary_code.html", wrong=False)


@blueprint.post("/diary")
@open_to(Door.DIARY)
def open_diary() -> ResponseReturnValue:
    """Open the record with the code."""
    asked = keeping.kept(keeping.ASKED)
    try:
        token = keeping_diary.give_code(_house(), asked, request.form.get("code", ""), now=_now())
    except WrongCode:
        return render_template("patient/diary_code.html", wrong=True), 422
    response = make_response(redirect(url_for(".diary"), 303))
    keeping.drop(response, keeping.ASKED)
    keeping.keep(response, keeping.DIARY, token)
    return response


@blueprint.post("/diary/leave")
@open_to(Door.DIARY)
def leave_diary() -> ResponseReturnValue:
    """Close the record; `phone` lets the browser forget the link as well."""
    keeping_diary.leave(_house(), keeping.kept(keeping.DIARY), now=_now())
    response = make_response(redirect(url_for("public.home"), 303))
    if "phone" in request.form:
        keeping.forget(response)
    else:
        keeping.drop(response, keeping.DIARY)
    return response
