"""Numbers that were read back: a yes makes them today's check-in, where one is open.

May import: flask, journeys, present and this room.
"""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from webapp.journeys import checking_in, conversing
from webapp.web.asking import blueprint, talk_pages
from webapp.web.asking.desk import asker, house, keys, now, page
from webapp.web.asking.talk_pages import Open, items, read, show, typed
from webapp.web.gate import Door, open_to
from webapp.web.patient import keeping
from webapp.web.present.talk import start
from webapp.web.present.turn_page import TurnShown

_MISSING = "missing"  # the query of an item that was not answered


@blueprint.post("/numbers")
@open_to(Door.PUBLIC)
def settle() -> ResponseReturnValue:
    """Send them, or not. Without a link, say how to send them."""
    if request.form.get("send") == "no":
        conversing.settle_numbers(house(), keys(), sent=False, now=now())
        return page(asker(), TurnShown("", "not-sent", ""))
    if not keeping.link_token():
        return page(asker(), TurnShown("", "no-link", ""))
    return talk_pages.with_open_day(_settle)


def _settle(opened: Open) -> ResponseReturnValue:
    """What cannot be, and a day that was answered before, is gone through question by question."""
    given = typed()
    reading = read(given)
    doubtful = reading.faults or [one for one in reading.queries if one.code != _MISSING]
    talk = start(items(), {name: given[name] for name in items() if given.get(name)})
    if doubtful or opened.day.answered or request.form.get("send") == "rest":
        return show(opened, talk)
    try:
        return talk_pages.store(opened, reading.answers)
    except checking_in.NotStored:
        return show(opened, talk, not_stored=True), 503, {"Retry-After": "5"}
