"""The check-in: a link opens the form of one day, and sending it stores it once.

Opening writes nothing; the secret leaves the address bar on first sight. May import: flask,
domain, journeys, and the presenters of this room.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.answer import raw_of_form, read_answers
from webapp.domain.checkin import Answers
from webapp.journeys import checking_in
from webapp.journeys.checking_in import DayClosed, LinkUnknown, OpenDay, Receipt, Submission
from webapp.journeys.house import House
from webapp.journeys.watching import Unavailable
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language
from webapp.web.patient import blueprint, closed_pages, keeping
from webapp.web.present.check_in_form import CheckInForm, Sent, form_of

_SUBMISSION_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def house() -> House:
    """The content and the rest of this installation."""
    opened: House = current_app.extensions["thaw"]
    return opened


@blueprint.get("/check-in/<token>")
@open_to(Door.LINK)
def follow(token: str) -> ResponseReturnValue:
    """Swap the secret in the address for a short cookie, and show the clean address."""
    try:
        checking_in.open_day(house(), token, datetime.now(UTC))
    except LinkUnknown:
        return closed_pages.unknown_link()
    except DayClosed as fault:
        return closed_pages.day_closed(fault, token)
    response = make_response(redirect(url_for(".check_in"), 303))
    keeping.keep(response, keeping.LINK, token)
    return response


@blueprint.get("/check-in")
@open_to(Door.LINK)
def check_in() -> ResponseReturnValue:
    """Show the form of the day that the link stands for. Writes nothing."""
    token = keeping.link_token()
    if not token:
        return closed_pages.no_link()
    try:
        opened = checking_in.open_day(house(), token, datetime.now(UTC))
    except LinkUnknown:
        return closed_pages.unknown_link()
    except DayClosed as fault:
        return closed_pages.day_closed(fault, token)
    return _page(opened, _form(opened, token, str(uuid4()), Sent()))


@blueprint.post("/check-in")
@open_to(Door.LINK)
def send() -> ResponseReturnValue:
    """Read the answers, ask once about what cannot be, store them, and go on to the advice."""
    pasted = keeping.token_in(request.form.get("link", ""))
    if pasted:
        return redirect(url_for(".follow", token=pasted), 303)
    token = keeping.link_token()
    if not token:
        return closed_pages.no_link()
    try:
        return _send(token, datetime.now(UTC))
    except LinkUnknown:
        return closed_pages.unknown_link()
    except DayClosed as fault:
        return closed_pages.day_closed(fault, token)
    except Unavailable:
        return _keep_answers()


def _keep_answers() -> ResponseReturnValue:
    """Her answers stay on the screen, under the same id, to be sent again."""
    typed = request.form.to_dict(flat=False)
    page = render_template("patient/not_stored.html", typed=typed)
    return page, 503, {"Retry-After": "5"}


def _send(token: str, now: datetime) -> ResponseReturnValue:
    typed = request.form.to_dict(flat=False)
    if "turn" in typed:
        return _turned(token, typed, now)
    instrument, signs = house().library.instrument, house().library.known_signs
    reading = read_answers(raw_of_form(typed, instrument), instrument, signs)
    asked = tuple(typed.get("asked", ()))
    sent = Sent(typed, reading.faults, reading.unasked(asked), asked)
    if sent.faults or sent.queries or reading.answers == Answers():
        opened = checking_in.open_day(house(), token, now)
        return _page(opened, _form(opened, token, _submission_id(), sent)), 422
    try:
        receipt = _submit(token, Submission(_submission_id(), reading.answers, now, "page"))
    except checking_in.NotStored:
        return _keep_answers()
    return _thank(token, receipt.body["report_id"])


def _turned(token: str, typed: dict[str, list[str]], now: datetime) -> str:
    """The same form in another language, with what was typed. Stores nothing."""
    sent = Sent(typed, asked=tuple(typed.get("asked", ())), turned=True)
    opened = checking_in.open_day(house(), token, now)
    return _page(opened, _form(opened, token, _submission_id(), sent))


def _submit(token: str, submission: Submission) -> Receipt:
    try:
        return checking_in.submit(house(), token, submission, now=submission.answered_at)
    except checking_in.SubmissionReused:  # the form was sent, changed with "back", and sent again
        again = replace(submission, id=str(uuid4()))
        return checking_in.submit(house(), token, again, now=submission.answered_at)


def _thank(token: str, report_id: str) -> ResponseReturnValue:
    response = make_response(redirect(url_for(".thanks"), 303))
    keeping.keep(response, keeping.LINK, token)
    keeping.keep(response, keeping.RECEIPT, report_id)
    return response


def _submission_id() -> str:
    """The id that the form carries, so that sending twice stores once."""
    sent = request.form.get("submission_id", "")
    return sent if _SUBMISSION_ID.fullmatch(sent) else str(uuid4())


def _form(opened: OpenDay, token: str, submission_id: str, sent: Sent) -> CheckInForm:
    language = current_language().code
    return form_of(house(), opened, language, ids=(token, submission_id), sent=sent)


def _page(opened: OpenDay, form: CheckInForm) -> str:
    return render_template("patient/check_in.html", form=form, clinic=opened.holder.clinic)
