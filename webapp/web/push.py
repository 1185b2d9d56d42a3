"""Push: the key that a browser asks for, and the browsers that a patient lets us push to.

`GET /api/v1/push-key` gives `{"public_key": …}`. `POST /api/v1/push-subscriptions` takes
`{"subscription": <PushSubscription.toJSON()>, "token": …}`, `DELETE` takes `{"endpoint": …,
"token": …}`. The token is the daily link's; it may be left out where its cookie is sent. May
import: flask, domain, journeys, and patient's cookies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, json, request
from flask.typing import ResponseReturnValue

from webapp.domain.push import PushAddressWrong
from webapp.domain.token import looks_like_token
from webapp.journeys import subscribing
from webapp.journeys.house import House
from webapp.web.gate import Door, open_to
from webapp.web.patient import keeping

blueprint = Blueprint("push", __name__, url_prefix="/api/v1")


@blueprint.get("/push-key")
@open_to(Door.PUBLIC)
def key() -> ResponseReturnValue:
    """The key to subscribe with; 404 where this site does not push."""
    public = subscribing.push_key(_house())
    return {"public_key": public} if public else _problem(404, "This site does not push")


@blueprint.post("/push-subscriptions")
@open_to(Door.LINK)
def subscribe() -> ResponseReturnValue:
    """Push to this browser from now on: 201, also when it is known already."""
    sent = _sent()
    return _answered(
        lambda token, now: subscribing.subscribe(
            _house(), token, sent.get("subscription"), now=now
        ),
        201,
    )


@blueprint.delete("/push-subscriptions")
@open_to(Door.LINK)
def unsubscribe() -> ResponseReturnValue:
    """Push to this browser no more: 204, also when it was not known."""
    sent = _sent()
    return _answered(
        lambda token, now: subscribing.unsubscribe(_house(), token, sent.get("endpoint"), now=now),
        204,
    )


def _answered(act: Callable[[str, datetime], object], status: int) -> ResponseReturnValue:
    token = _sent().get("token") or keeping.kept(keeping.LINK)
    if not isinstance(token, str) or not looks_like_token(token):
        return _problem(404, "There is no such link")
    try:
        act(token, datetime.now(UTC))
    except PushAddressWrong as wrong:
        entry = {"field": wrong.field, "code": "unusable", "detail": wrong.english}
        return _problem(422, "This subscription cannot be used", errors=[entry])
    except subscribing.LinkUnknown:
        return _problem(404, "There is no such link")
    except subscribing.NotStored:
        return _problem(503, "Not stored yet: send the same again")
    return Response(status=status)


def _sent() -> dict[str, object]:
    """The JSON object that was sent; empty if it is none."""
    try:
        found = request.get_json(silent=True)
    except RecursionError:
        return {}
    return found if isinstance(found, dict) else {}


def _problem(status: int, title: str, **more: object) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, **more}
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house
