"""What is done about an answer: one of the choices taken, thumbs, "have you called?".

May import: flask, journeys, present and this room.
"""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.turn import Feedback
from webapp.journeys import conversing, following_up
from webapp.journeys.conversing import NotOffered
from webapp.web.asking import blueprint
from webapp.web.asking.desk import asker, house, keys, now, page, reader
from webapp.web.gate import Door, open_to
from webapp.web.present.turn_page import TurnShown, choices_of, turn_shown

_NONE = "none"  # the button for none of the choices


@blueprint.get("/<any(choice, feedback, called, numbers):step>")
@open_to(Door.PUBLIC)
def again(step: str) -> ResponseReturnValue:
    """An answer cannot be opened again, nor in another language: ask anew."""
    return redirect(url_for(".ask"), 303)


@blueprint.post("/choice")
@open_to(Door.PUBLIC)
def choose() -> ResponseReturnValue:
    """Show the topic that was meant; or say that none was, and how to reach people."""
    turn_id, topic = request.form.get("turn", ""), request.form.get("topic", "")
    if topic == _NONE:
        conversing.rate(house(), turn_id, Feedback.NO_ANSWER, now=now())
        return page(asker(), TurnShown("", "decline", "", none_fitted=True))
    try:
        said = conversing.choose(house(), keys(), turn_id, topic, now=now())
    except NotOffered:
        abort(404)
    return page(said.asker, turn_shown(reader(said.asker), said))


@blueprint.post("/feedback")
@open_to(Door.PUBLIC)
def rate() -> ResponseReturnValue:
    """Keep what she thinks of an answer."""
    said = request.form.get("feedback", "")
    if said not in set(Feedback):
        abort(400)
    turn = conversing.rate(house(), request.form.get("turn", ""), Feedback(said), now=now())
    if turn is None:
        abort(404)
    if Feedback(said) is Feedback.UP:
        return page(asker(), TurnShown("", "thanks", ""))
    who = asker()
    others = choices_of(reader(who), turn.offered)
    return page(who, TurnShown(turn.id, "sorry", "", choices=others))


@blueprint.post("/called")
@open_to(Door.PUBLIC)
def called() -> ResponseReturnValue:
    """Keep her answer to "have you called?"; whoever has not is told to, once more."""
    yes = request.form.get("called") == "yes"
    if (
        following_up.say_called(house(), request.form.get("turn", ""), called=yes, now=now())
        is None
    ):
        abort(404)
    return page(asker(), TurnShown("", "has-called" if yes else "has-not-called", ""))
