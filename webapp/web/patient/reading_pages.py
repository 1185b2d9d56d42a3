"""`I have read this`: what the button at the end of a topic's page answers.

The topic's page itself is the same for everybody and is kept, so that the button asks here. May
import: flask, journeys.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.journeys import marking_read
from webapp.journeys.house import House
from webapp.journeys.marking_read import PageMoved, Proof
from webapp.web.gate import Door, open_to
from webapp.web.patient import blueprint, keeping


@blueprint.post("/topics/<topic_id>/read")
@open_to(Door.LINK)
def mark_read(topic_id: str) -> ResponseReturnValue:
    """Note it for a patient who is known here; tell anybody else kindly that nothing is lost."""
    house: House = current_app.extensions["thaw"]
    passage, now = request.form.get("passage", ""), datetime.now(UTC)
    proof = Proof(keeping.link_token(), keeping.kept(keeping.DIARY))
    try:
        clinic = marking_read.mark_read(house, proof, topic_id=topic_id, passage=passage, now=now)
    except PageMoved:
        return redirect(url_for("public.topic", topic_id=topic_id), 303)
    return render_template("patient/read.html", topic_id=topic_id, clinic=clinic)


@blueprint.get("/topics/<topic_id>/read")
@open_to(Door.LINK)
def after_mark(topic_id: str) -> ResponseReturnValue:
    """Somebody opened the button's address again: she is shown the page it belongs to."""
    return redirect(url_for("public.topic", topic_id=topic_id), 303)
