"""After sending: what to do now, who reads the answers and when, and whom to ring.

May import: flask, journeys, and the presenters of this room.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.journeys import checking_in, comparing, looking_back
from webapp.journeys.house import House
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language
from webapp.web.patient import blueprint, closed_pages, keeping
from webapp.web.present.diary import Beholder
from webapp.web.present.thanks import thanks_of, with_sending


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


@blueprint.get("/check-in/thanks")
@open_to(Door.LINK)
def thanks() -> ResponseReturnValue:
    """The advice for what was just sent, gravest first."""
    token, report_id = keeping.kept(keeping.LINK), keeping.kept(keeping.RECEIPT)
    receipt = checking_in.advice_given(_house(), token, report_id) if token and report_id else None
    if receipt is None:
        return closed_pages.no_link()
    now, language = datetime.now(UTC), current_language()
    page = thanks_of(_house(), receipt, language.code, now)
    sent = looking_back.just_sent(_house(), token, report_id)
    if sent is not None:
        usual = comparing.usual_for(_house().library, sent.patient.pathway)
        beholder = Beholder(language.code, language.dir == "rtl", now, usual)
        page = with_sending(page, sent, beholder)
    return render_template("patient/thanks.html", page=page, clinic=receipt.holder.clinic)


@blueprint.post("/check-in/forget")
@open_to(Door.LINK)
def forget() -> ResponseReturnValue:
    """Let this phone forget the link and everything that it kept."""
    response = make_response(redirect(url_for("public.home"), 303))
    keeping.forget(response)
    return response
