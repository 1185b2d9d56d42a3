"""The pages of signing in and out.

May import: flask, flask-login, segno, journeys, login.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import segno
from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]
from flask_login import current_user, login_user, logout_user  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.journeys import signing_in
from webapp.journeys.house import House
from webapp.journeys.signing_in import Half, SignedIn, TooManyTries, WrongCredentials
from webapp.web.csrf import csrf
from webapp.web.gate import Door, open_to
from webapp.web.signing_in import login

blueprint = Blueprint("signing_in", __name__, url_prefix="/clinic")
_SECRET, _NEXT = "totp", "next"


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


def _now() -> datetime:
    return datetime.now(UTC)


@blueprint.get("/sign-in")
@open_to(Door.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password."""
    if current_user.is_authenticated:
        return redirect(_onward(request.args.get("next", "")))
    return render_template("signing_in/password.html", fault=None, email="")


@blueprint.post("/sign-in")
@open_to(Door.PUBLIC)
def give_password() -> ResponseReturnValue:
    """Check the password; the code comes next."""
    csrf.protect()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    now = _now()
    try:
        half = signing_in.give_password(_house(), email, password, login.caller(), now=now)
    except (WrongCredentials, TooManyTries) as fault:
        return _refused("signing_in/password.html", fault, _wrong_password(), email=email)
    onward = request.form.get("next", "")
    login.remember_half(half, now)
    session[_NEXT] = onward
    return redirect(url_for(".code" if half.has_totp else ".set_up"))


def _wrong_password() -> str:
    words: str = _("This e-mail address and password do not fit together.")
    return words


def _refused(template: str, fault: Exception, wrong: str, **values: object) -> ResponseReturnValue:
    """The same page again, saying what can be done; 429 while the budget is spent."""
    if isinstance(fault, TooManyTries):
        slow = _("There were too many tries from here. Please wait 15 minutes, then try again.")
        return render_template(template, fault=slow, **values), 429
    return render_template(template, fault=wrong, **values), 401


@blueprint.get("/sign-in/code")
@open_to(Door.PUBLIC)
def code() -> ResponseReturnValue:
    """Ask for the code of this minute."""
    if _half() is None:
        return redirect(url_for(".sign_in"))
    return render_template("signing_in/code.html", fault=None)


@blueprint.post("/sign-in/code")
@open_to(Door.PUBLIC)
def give_code() -> ResponseReturnValue:
    """Check the code, and sign in."""
    csrf.protect()
    half = _half()
    if half is None:
        return redirect(url_for(".sign_in"))
    typed = request.form.get("code", "")
    try:
        signed_in = signing_in.give_code(_house(), half, typed, login.caller(), now=_now())
    except (WrongCredentials, TooManyTries) as fault:
        wrong = _("This code is not right, or it was used before. Wait for the next one.")
        return _refused("signing_in/code.html", fault, wrong)
    return _enter(signed_in)


def _half() -> Half | None:
    return login.half_signed_in(_now())


def _enter(signed_in: SignedIn) -> ResponseReturnValue:
    response = make_response(redirect(_onward(session.get(_NEXT, ""))))
    _enter_session(signed_in)
    login.remember_device(response, signed_in.device)
    return response


def _enter_session(signed_in: SignedIn) -> None:
    """A fresh session for whoever is now fully signed in: nothing of the half one stays."""
    session.clear()
    login_user(login.signed_in_user(signed_in))


def _onward(wanted: str) -> str:
    """Where to go after signing in: an address of the clinic's side of this site, or its inbox."""
    parts = urlsplit(wanted)
    inside = not parts.scheme and not parts.netloc and wanted.startswith("/clinic/")
    return wanted if inside and "\\" not in wanted else "/clinic/"


@blueprint.get("/sign-in/set-up")
@open_to(Door.PUBLIC)
def set_up() -> ResponseReturnValue:
    """Show the QR code of a fresh secret to somebody who has no second factor yet."""
    half = _half()
    if half is None or half.has_totp:
        return redirect(url_for(".sign_in"))
    session[_SECRET] = session.get(_SECRET) or signing_in.begin_totp()
    return _set_up_page(half, None)


def _set_up_page(half: Half, fault: str | None) -> str:
    address = signing_in.totp_address_for(_house(), half, session[_SECRET])
    drawn = segno.make(address, error="m").svg_inline(scale=5, title=_("QR code"), svgclass="qr")
    return render_template(
        "signing_in/set_up.html",
        picture=Markup(drawn),  # noqa: S704  (drawn by segno from a secret of ours)
        secret=session[_SECRET],
        fault=fault,
    )


@blueprint.post("/sign-in/set-up")
@open_to(Door.PUBLIC)
def prove_set_up() -> ResponseReturnValue:
    """Keep the secret once a code has proved it; show the recovery codes, once."""
    csrf.protect()
    half, secret = _half(), session.get(_SECRET)
    if half is None or not secret:
        return redirect(url_for(".sign_in"))
    typed = request.form.get("code", "")
    try:
        signed_in, codes = signing_in.set_up_totp(_house(), half, secret, typed, now=_now())
    except WrongCredentials:
        wrong = _("This code is not right. Check that the clock of your phone is right.")
        return _set_up_page(half, wrong), 401
    _enter_session(signed_in)
    page = make_response(render_template("signing_in/codes.html", codes=codes))
    login.remember_device(page, signed_in.device)
    return page


@blueprint.post("/sign-out")
@open_to(Door.CLINICIAN)
def sign_out() -> ResponseReturnValue:
    """End the session."""
    signing_in.sign_out(_house(), current_user.staff, current_user.token, now=_now())
    logout_user()
    session.clear()
    return redirect(url_for(".sign_in"))
