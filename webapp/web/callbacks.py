"""Callbacks: what message providers post to us, believed only with their signature.

Twilio signs the address that the world knows us by (THAW_PUBLIC_URL) with its parameters; any
other provider signs `<timestamp>.<body>`. What is about nobody of ours is counted and answered
with 200, so that it is not posted again. May import: flask, domain, journeys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from webapp.domain.signature import is_signed, is_twilios
from webapp.domain.text_codes import Told, plain_state, twilio_state
from webapp.journeys import conversing, hearing_back, texting
from webapp.journeys.hearing_back import Word
from webapp.journeys.house import House
from webapp.journeys.replying import Inbound
from webapp.journeys.watching import Unavailable
from webapp.web.gate import Door, open_to

blueprint = Blueprint("callbacks", __name__, url_prefix="/callbacks")

_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
_LONGEST_REF = 100


@blueprint.post("/twilio/status")
@open_to(Door.PROVIDER)
def twilio_status() -> ResponseReturnValue:
    """What became of a text message that went over Twilio."""
    form = _from_twilio()
    told = twilio_state(form.get("MessageStatus", "") or form.get("SmsStatus", ""))
    ref = form.get("MessageSid", "") or form.get("SmsSid", "")
    ours = request.args.get("message", "")
    return _told("twilio", ref, told, code=form.get("ErrorCode", ""), ours=ours)


@blueprint.post("/twilio/inbound")
@open_to(Door.PROVIDER)
def twilio_inbound() -> ResponseReturnValue:
    """A text message to us; our answer goes through the outbox."""
    form = _from_twilio()
    ref = form.get("MessageSid", "") or form.get("SmsSid", "")
    _heard(Inbound("twilio", ref, form.get("From", ""), form.get("Body", "")))
    return Response(_NOTHING_TO_SAY, mimetype="text/xml")


@blueprint.post("/sms/status")
@open_to(Door.PROVIDER)
def sms_status() -> ResponseReturnValue:
    """What became of a text message that went over another provider."""
    sent = _from_provider()
    told, ours = plain_state(sent.get("status", "")), sent.get("id", "")
    ref = sent.get("ref", "") or ours
    return _told("sms", ref, told, code=sent.get("code", ""), ours=ours)


@blueprint.post("/sms/inbound")
@open_to(Door.PROVIDER)
def sms_inbound() -> ResponseReturnValue:
    """A text message to us."""
    sent = _from_provider()
    _heard(Inbound("sms", sent.get("id", ""), sent.get("from", ""), sent.get("text", "")))
    return Response(status=200)


def _from_twilio() -> Mapping[str, str]:
    """The form, if Twilio signed it; else 403."""
    query = request.query_string.decode("ascii", "replace")
    url = f"{_house().public_url}{request.path}" + (f"?{query}" if query else "")
    params = [(name, value) for name in request.form for value in request.form.getlist(name)]
    signature = request.headers.get("X-Twilio-Signature", "")
    token = _house().providers.twilio_token
    if not is_twilios(url, params, token=token, signature=signature):
        abort(403)
    return request.form


def _from_provider() -> Mapping[str, str]:
    """The JSON object, if the provider signed it just now; else 403."""
    signed = is_signed(
        request.get_data(),
        secret=_house().providers.texts_secret,
        timestamp=request.headers.get("X-Thaw-Timestamp", ""),
        signature=request.headers.get("X-Thaw-Signature", ""),
        now=datetime.now(UTC),
    )
    if not signed:
        abort(403)
    found = request.get_json(silent=True, force=True)
    sent = found if isinstance(found, dict) else {}
    return {name: str(value) for name, value in sent.items() if isinstance(value, str | int)}


def _told(
    provider: str, ref: str, told: Told | None, *, code: str, ours: str
) -> ResponseReturnValue:
    if told is None or not 0 < len(ref) <= _LONGEST_REF:
        return Response(status=200)  # a state that nobody knows yet changes nothing
    word = Word(provider, ref, told, code[:20], ours[:40])
    try:
        hearing_back.hear_back(_house(), word, now=datetime.now(UTC))
    except Unavailable:
        abort(503)
    return Response(status=200)


def _heard(inbound: Inbound) -> None:
    if not 0 < len(inbound.ref) <= _LONGEST_REF or not inbound.sender:
        return
    try:
        texting.hear(_house(), inbound, now=datetime.now(UTC), ask=_engine())
    except Unavailable:
        abort(503)


def _engine() -> conversing.Ask:
    """How words are understood; a test may put another engine there."""
    found: conversing.Ask = current_app.extensions.get("thaw-ask", conversing.from_the_shelf)
    return found


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house
