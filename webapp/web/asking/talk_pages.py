"""The check-in as a conversation: one question a page, nothing stored until it is sent.

The same instrument, the same questions asked once, the same way into the store as the form.
May import: flask, domain, journeys, present, patient's pages and this room.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.answer import Reading, raw_of_form, read_answers
from webapp.domain.checkin import Answers
from webapp.domain.instrument import Fault, Query
from webapp.journeys import checking_in, conversing
from webapp.journeys.checking_in import DayClosed, LinkUnknown, OpenDay, Submission
from webapp.journeys.recognising import Asker
from webapp.web.asking import blueprint
from webapp.web.asking.desk import asker, house, keys, now, place, reader
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language
from webapp.web.patient import closed_pages, keeping
from webapp.web.present.check_in_form import Sent, Typed, form_of
from webapp.web.present.talk import Talk, moved, start, talk_page

SOURCE = "chat"
_SUBMISSION_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class Open:
    """A day that takes answers now, and the link that opened it."""

    day: OpenDay
    token: str
    submission_id: str


@blueprint.get("/check-in")
@open_to(Door.LINK)
def talk() -> ResponseReturnValue:
    """The first question."""
    return with_open_day(lambda opened: show(opened, start(items(), {})))


@blueprint.post("/check-in")
@open_to(Door.LINK)
def go_on() -> ResponseReturnValue:
    """The next question; at the end, send."""
    return with_open_day(_go_on)


def with_open_day(then: Callable[[Open], ResponseReturnValue]) -> ResponseReturnValue:
    """Do something with today's open check-in, or say why there is none."""
    token = keeping.link_token()
    if not token:
        return closed_pages.no_link()
    if not asker().is_on:
        return redirect(url_for("patient.check_in"), 303)
    try:
        opened = checking_in.open_day(house(), token, now())
        return then(Open(opened, token, _submission_id()))
    except LinkUnknown:
        return closed_pages.unknown_link()
    except DayClosed as fault:
        return closed_pages.day_closed(fault, token)


def _go_on(opened: Open) -> ResponseReturnValue:
    form = typed()
    talk = moved(items(), form)
    asked = tuple(form.get("asked", ()))
    if request.form.get("go") == "send":
        return _send(opened, talk, asked)
    at = request.form.get("at")
    faults = [one for one in read(talk.typed).faults if one.field == at and talk.at != at]
    if faults:  # it cannot be read: the same question again, with what was typed
        return show(opened, Talk(talk.typed, talk.done, at), faults=tuple(faults), asked=asked), 422
    return show(opened, talk, asked=asked)


def _send(opened: Open, talk: Talk, asked: tuple[str, ...]) -> ResponseReturnValue:
    reading = read(talk.typed)
    queries = reading.unasked(asked)
    if reading.faults or queries or reading.answers == Answers():
        shown = show(opened, talk, faults=reading.faults, queries=queries, asked=asked, sent=True)
        return shown, 422
    try:
        return store(opened, reading.answers)
    except checking_in.NotStored:
        page = show(opened, talk, asked=asked, not_stored=True)
        return page, 503, {"Retry-After": "5"}


def store(opened: Open, answers: Answers) -> ResponseReturnValue:
    """Send the answers as today's check-in, and go on to the advice."""
    sent = Submission(opened.submission_id, answers, now(), SOURCE)
    try:
        receipt = checking_in.submit(house(), opened.token, sent, now=now())
    except checking_in.SubmissionReused:  # sent, changed with "back", and sent again
        sent = Submission(str(uuid4()), answers, now(), SOURCE)
        receipt = checking_in.submit(house(), opened.token, sent, now=now())
    conversing.settle_numbers(house(), keys(), sent=True, now=now())
    response = make_response(redirect(url_for("patient.thanks"), 303))
    keeping.keep(response, keeping.LINK, opened.token)
    keeping.keep(response, keeping.RECEIPT, receipt.body["report_id"])
    return response


def show(  # noqa: PLR0913  (all that a question may be shown with)
    opened: Open,
    talk: Talk,
    *,
    faults: tuple[Fault, ...] = (),
    queries: tuple[Query, ...] = (),
    asked: tuple[str, ...] = (),
    sent: bool = False,
    not_stored: bool = False,
) -> str:
    """One question, or what was said so far with the button that sends it."""
    form = form_of(
        house(),
        opened.day,
        current_language().code,
        ids=(opened.token, opened.submission_id),
        sent=Sent(talk.typed, faults, queries, asked),
    )
    who = Asker(opened.day.holder.clinic, opened.day.holder)
    empty = sent and not faults and not queries
    shown = talk_page(reader(who), talk, form)
    return render_template(
        "asking/talk.html", talk=shown, empty=empty, not_stored=not_stored, **place(who)
    )


def read(given: Typed) -> Reading:
    """The answers in what was typed."""
    instrument = house().library.instrument
    return read_answers(raw_of_form(given, instrument), instrument, house().library.known_signs)


def typed() -> Typed:
    """Every field of the form with all its values."""
    return {name: request.form.getlist(name) for name in request.form}


def items() -> tuple[str, ...]:
    """What is asked, in order."""
    return tuple(house().library.instrument.items)


def _submission_id() -> str:
    sent = request.form.get("submission_id", "")
    return sent if _SUBMISSION_ID.fullmatch(sent) else str(uuid4())
