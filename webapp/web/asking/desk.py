"""What the chat's pages share: who asks, and the page around a turn.

With the script, a turn is fetched alone and put into the page that is open; without it, every
answer is a page of its own. May import: flask, domain, journeys, present, and patient's cookies.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from webapp.domain.turn import MOST_LETTERS
from webapp.journeys import recognising
from webapp.journeys.house import House
from webapp.journeys.recognising import Asker, Keys
from webapp.web.language import current_language
from webapp.web.patient import keeping
from webapp.web.present.turn_page import Reader, TurnShown, numbers_to_ring

ALONE = "X-Thaw-Turn"  # the header by which our script asks for the turn without the page
ENGINE = "thaw-ask"  # where a test may put another engine


def house() -> House:
    """The content and the rest of this installation."""
    opened: House = current_app.extensions["thaw"]
    return opened


def now() -> datetime:
    """The moment of this request."""
    return datetime.now(UTC)


def keys() -> Keys:
    """What this browser brings that may say who she is."""
    return Keys(
        lang=current_language().code,
        address=request.remote_addr or "",
        link=keeping.link_token(),
        diary=keeping.kept(keeping.DIARY),
    )


def asker() -> Asker:
    """Who asks, as far as this browser says."""
    return recognising.who_asks(house(), keys(), now())


def reader(who: Asker) -> Reader:
    """How this asker reads: her language, her clinic, today."""
    return Reader(house(), who, current_language().code, now())


def page(
    who: Asker,
    turn: TurnShown | None = None,
    *,
    words: str = "",
    fault: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """The turn alone for our script, or the whole page with it."""
    alone = ALONE in request.headers
    template = "asking/turn.html" if alone else "asking/ask.html"
    values = {"turn": turn, "words": words, "fault": fault, "longest": MOST_LETTERS}
    return render_template(template, **values, **place(who)), status


def place(who: Asker) -> dict[str, Any]:
    """What every page of the chat says of where it stands."""
    numbers = numbers_to_ring(reader(who)).emergency.numbers
    return {
        "clinic": who.clinic,
        "emergency_number": numbers[0] if numbers else None,
        "is_on": who.is_on,
        "known": who.holder is not None,
    }
