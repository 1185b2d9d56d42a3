"""What a visitor of the demo may look into; closed where the demo is off.

May import: flask, markupsafe, journeys and this room.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from webapp.journeys import touring
from webapp.journeys.house import House
from webapp.web.demo import blueprint
from webapp.web.gate import Door, open_to

_ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


@blueprint.get("/")
@open_to(Door.DEMO)
def index() -> ResponseReturnValue:
    """What there is to look into."""
    return render_template("demo/index.html")


@blueprint.get("/post-box")
@open_to(Door.DEMO)
def post_box() -> ResponseReturnValue:
    """Each message that Thaw sent, newest first, with links that can be followed."""
    letters = [(letter, linked(letter.text)) for letter in touring.read_post_box(_house())]
    return render_template("demo/post_box.html", letters=letters)


@blueprint.get("/code")
@open_to(Door.DEMO)
def code() -> ResponseReturnValue:
    """The code that each of the demo's staff would read from her phone now."""
    codes = touring.codes_now(_house(), datetime.now(UTC))
    return render_template("demo/code.html", codes=codes)


def linked(text: str) -> Markup:
    """Plain text, escaped, with its web addresses as links."""
    parts = _ADDRESS.split(text)
    link = Markup('<a href="{0}">{0}</a>')
    return Markup("").join(
        link.format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )
