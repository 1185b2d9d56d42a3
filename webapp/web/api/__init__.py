"""The API: answers sent by a program, such as the page's own offline queue.

May import: flask, domain, journeys. Faults are `application/problem+json` (RFC 9457), one entry
for each field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, json, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.domain.answer import Reading, read_answers
from webapp.domain.checkin import Answers
from webapp.domain.instrument import outside
from webapp.domain.schedule import DayState
from webapp.journeys import checking_in, seeing
from webapp.journeys.checking_in import Submission
from webapp.journeys.house import House
from webapp.web.gate import Door, open_to

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

_SUBMISSION_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_EARLIEST_YEAR = 2000  # a clock that says less was never set, and year 1 has no UTC
_FIELDS = {"token", "submission_id", "answers", "answered_at", "confirmed"}
RETRY_AFTER_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is wrong with one field of what was sent."""

    field: str
    code: str
    detail: str


class Refused(Exception):
    """What was sent cannot be used; `entries` says why, field by field."""

    def __init__(self, *entries: Entry) -> None:
        super().__init__(", ".join(entry.field for entry in entries))
        self.entries = entries


@blueprint.post("/check-ins")
@open_to(Door.LINK)
def send_check_in() -> ResponseReturnValue:
    """Store a check-in: 201 with the advice, 200 if it was stored before, else a problem."""
    house: House = current_app.extensions["thaw"]
    now = datetime.now(UTC)
    try:
        token, submission = _read(house, _sent(), now)
        receipt = checking_in.submit(house, token, submission, now=now)
    except Refused as fault:
        return _problem(422, "These answers cannot be used", errors=fault.entries)
    except checking_in.LinkUnknown:
        return _problem(404, "There is no such link")
    except checking_in.DayClosed as fault:
        return _closed(fault)
    except checking_in.SubmissionReused:
        return _problem(422, "This submission id stands for other answers", errors=(_REUSED,))
    except checking_in.NotStored:
        return _problem(503, "Not stored yet: send the same again")
    return json.jsonify(receipt.body), 200 if receipt.repeated else 201


@blueprint.post("/check-ins/seen")
@open_to(Door.LINK)
def seen() -> ResponseReturnValue:
    """When the team first looked at what was sent; null while nobody has."""
    house: House = current_app.extensions["thaw"]
    sent = _sent()
    given = sent if isinstance(sent, dict) else {}
    token, report_id = given.get("token"), given.get("report_id")
    try:
        at = seeing.seen_at(house, str(token or ""), str(report_id or ""))
    except checking_in.LinkUnknown:
        return _problem(404, "There is no such link")
    return json.jsonify(seen_at=None if at is None else at.isoformat())


_REUSED = Entry("submission_id", "reused", "was used for other answers; make a new one")


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_fault: RequestEntityTooLarge) -> ResponseReturnValue:
    """A body that no check-in can fill."""
    return _problem(413, "This is more than a check-in can hold")


def _sent() -> object:
    """The JSON that was sent; None if it is none, or is nested deeper than anybody means."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _read(house: House, sent: object, now: datetime) -> tuple[str, Submission]:
    if not isinstance(sent, dict):
        raise Refused(Entry("", "not-json", "send a JSON object as application/json"))
    entries = [Entry(name, "unknown", "is not a field") for name in sorted(set(sent) - _FIELDS)]
    token, submission_id = sent.get("token"), sent.get("submission_id")
    if not isinstance(token, str) or not token:
        entries.append(Entry("token", "missing", "send the last part of the check-in address"))
    if not isinstance(submission_id, str) or not _SUBMISSION_ID.fullmatch(submission_id):
        entries.append(Entry("submission_id", "not-an-id", "send a new UUID with each check-in"))
    answered_at = _instant(sent.get("answered_at"), now, entries)
    answers = sent.get("answers")
    if not isinstance(answers, dict):
        entries.append(Entry("answers", "missing", "send an object of answers"))
        raise Refused(*entries)
    reading = read_answers(answers, house.library.instrument, house.library.known_signs)
    entries += _faults(house, reading, confirmed=sent.get("confirmed") is True)
    if entries:
        raise Refused(*entries)
    return str(token), Submission(str(submission_id), reading.answers, answered_at, "api")


def _faults(house: House, reading: Reading, *, confirmed: bool) -> list[Entry]:
    """Faults, and numbers out of range unless the sender says that the patient confirmed them."""
    instrument = house.library.instrument
    found = list(reading.faults)
    if not confirmed:
        found += outside(instrument, reading.answers)
    if not found and reading.answers == Answers():
        return [Entry("answers", "empty", "send at least one answer")]
    return [
        Entry(f"answers.{one.field}", one.code, instrument.words_of_fault(one, "en"))
        for one in found
    ]


def _instant(text: object, now: datetime, entries: list[Entry]) -> datetime:
    """When the patient answered; now if it is not said. A phone's clock may be a little ahead."""
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year < _EARLIEST_YEAR:
        english = "write it as 2026-11-20T09:00:00-08:00"
        entries.append(Entry("answered_at", "not-an-instant", english))
        return now
    return min(moment, now)


def _closed(fault: checking_in.DayClosed) -> ResponseReturnValue:
    if fault.state is DayState.NOT_YET:
        opens = fault.window.opens_at.isoformat()
        return _problem(409, "This day has not begun", opens_at=opens)
    return _problem(410, "This day takes no more answers")


def _problem(status: int, title: str, **more: Any) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    for name, value in more.items():
        body[name] = [_plain(entry) for entry in value] if name == "errors" else value
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _plain(entry: Entry) -> Mapping[str, str]:
    return {"field": entry.field, "code": entry.code, "detail": entry.detail}
