"""The start page, privacy and accessibility, and the way from `/` to the visitor's language.

May import: flask, this room and language.
"""

from __future__ import annotations

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.journeys import reading
from webapp.web.gate import Door, open_to
from webapp.web.language import preferred_code
from webapp.web.public import blueprint
from webapp.web.public.kept import kept
from webapp.web.public.reader import house, link, place, visitor


@blueprint.get("/")
@open_to(Door.PUBLIC)
def front() -> Response:
    """Send the visitor on to the start page in her browser's language."""
    response = redirect(url_for("public.home", lang=preferred_code()))
    response.vary.add("Accept-Language")
    return response  # type: ignore[return-value]


@blueprint.get("/<lang:lang>/")
@open_to(Door.PUBLIC)
@kept
def home() -> ResponseReturnValue:
    """What this site is for, calm doors in the order of a recovery, and whom to call."""
    found = reading.reading_list(house().library, visitor())
    lines = [link(topic) for _, topics in found for topic in topics]
    return render_template(
        "public/home.html",
        emergencies=[topic for topic in lines if topic.level == "emergency"],
        calls=[topic for topic in lines if topic.level == "call"],
        **place(),
    )


@blueprint.get("/<lang:lang>/privacy")
@open_to(Door.PUBLIC)
@kept
def privacy() -> ResponseReturnValue:
    """What is kept, by whom, and what is not."""
    return render_template("public/privacy.html", **place())


@blueprint.get("/<lang:lang>/accessibility")
@open_to(Door.PUBLIC)
@kept
def accessibility() -> ResponseReturnValue:
    """What works, what does not yet, and whom to tell."""
    return render_template("public/accessibility.html", **place())
