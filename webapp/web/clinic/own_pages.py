"""What one signs in with oneself: another password, new recovery codes.

May import: flask, flask-babel, flask-login, journeys, the domain, present and this room.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]
from flask_login import current_user  # type: ignore[import-untyped]

from webapp.domain.enrolment import RowRefused
from webapp.journeys import settling
from webapp.journeys.signing_in import TooManyTries, WrongCredentials
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk
from webapp.web.gate import Door, open_to
from webapp.web.present.staff_faults import sentences


@blueprint.get("/own")
@open_to(Door.CLINICIAN)
def own_page() -> ResponseReturnValue:
    """The forms for one's own password and codes."""
    return _page({})


def _page(said: dict[str, str]) -> str:
    faults = [{"name": field, "text": words} for field, words in said.items()]
    return render_template("clinic/own.html", said=said, faults=faults)


@blueprint.post("/own/password")
@open_to(Door.CLINICIAN)
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other browser is signed out."""
    current, new = request.form.get("current", ""), request.form.get("new", "")
    try:
        settling.change_own_password(desk(), current_user.token, current=current, new=new)
    except (WrongCredentials, TooManyTries) as fault:
        return _not_you("current", fault)
    except RowRefused as refused:
        return _page(sentences(refused.faults)), 422
    flash(_("Your password is changed. Every other browser was signed out."))
    return redirect(url_for(".own_page"), 303)


@blueprint.post("/own/codes")
@open_to(Door.CLINICIAN)
def change_codes() -> ResponseReturnValue:
    """New recovery codes, shown once; the old ones are void."""
    try:
        codes = settling.new_recovery_codes(desk(), request.form.get("password", ""))
    except (WrongCredentials, TooManyTries) as fault:
        return _not_you("password", fault)
    return render_template("signing_in/codes.html", codes=codes)


@blueprint.post("/own/mobile")
@open_to(Door.CLINICIAN)
def change_mobile() -> ResponseReturnValue:
    """Where one is paged by text message about urgent flags."""
    try:
        settling.change_own_mobile(desk(), request.form.get("mobile", ""))
    except RowRefused as refused:
        return _page(sentences(refused.faults)), 422
    flash(_("Kept."))
    return redirect(url_for(".own_page"), 303)


def _not_you(field: str, fault: Exception) -> ResponseReturnValue:
    if isinstance(fault, TooManyTries):
        return _page({field: _("There were too many tries. Please wait 15 minutes.")}), 429
    return _page({field: _("This is not your password.")}), 422
