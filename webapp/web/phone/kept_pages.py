"""What waits on a phone: a page that knows nobody, and the way from a kept receipt to its advice.

The page is the same for everybody and says nothing by itself; its script reads what this phone
keeps. May import: flask, assets, journeys, the patient's room and public.
"""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.web.assets import note_inlined
from webapp.web.gate import Door, open_to
from webapp.web.patient import keeping
from webapp.web.phone import blueprint
from webapp.web.public.kept import kept
from webapp.web.public.reader import place

# What stands inside the form that a phone keeps: the worker shows it under this page's policy.
FORM_FILES = ("core.css", "form.css", "stepper.js", "ticks.js", "later.js")


@blueprint.get("/<lang:lang>/check-in/kept")
@open_to(Door.PUBLIC)
@kept
def waiting() -> ResponseReturnValue:
    """Which answers wait, which are sent, and what can be read without a network."""
    note_inlined(*FORM_FILES)
    return render_template("phone/kept.html", **place())


@blueprint.post("/<lang:lang>/check-in/receipt")
@open_to(Door.LINK)
def receipt() -> ResponseReturnValue:
    """Take a receipt that the phone kept, and show the advice that was given for it."""
    token = keeping.token_in(request.form.get("token", ""))
    response = make_response(redirect(url_for("patient.thanks"), 303))
    if token:
        keeping.keep(response, keeping.LINK, token)
        keeping.keep(response, keeping.RECEIPT, request.form.get("receipt", "")[:64])
    return response
