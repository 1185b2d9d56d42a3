"""What a patient chooses about our messages: later today, a pause, another time, no more.

A link in every message opens it. Opening changes nothing; each button posts, carries the link in
its form, and may be pressed twice. May import: flask, domain, journeys, present and this room.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.enrolment import read_time
from webapp.domain.person import Channel, Patient
from webapp.domain.preference import Preferences, preferences_of
from webapp.domain.schedule import local_day
from webapp.journeys import choosing, preferring, texting
from webapp.journeys.checking_in import LinkUnknown
from webapp.journeys.house import House
from webapp.journeys.preferring import How, NoAddress, TooLate
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language, speaking
from webapp.web.patient import blueprint, closed_pages, keeping
from webapp.web.present.choices import choices_page

_LONGEST_PAUSE = timedelta(days=366)
_PAGE = How("page")


class _Wrong(Exception):
    """What was posted cannot be done; says why as a code."""


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


@blueprint.get("/choices/<token>")
@blueprint.get("/choices/<token>/one-click", endpoint="one_click_page")
@open_to(Door.LINK)
def follow_choices(token: str) -> ResponseReturnValue:
    """Swap the secret in the address for a short cookie, and show the clean address."""
    response = make_response(redirect(url_for(".choices"), 303))
    keeping.keep(response, keeping.CHOICES, keeping.token_in(token))
    return response


@blueprint.get("/choices")
@open_to(Door.LINK)
def choices() -> ResponseReturnValue:
    """What she may choose. From a check-in (`by=day`) the day's link stands for her."""
    by_day = request.args.get("by") == "day"
    token = keeping.kept(keeping.LINK if by_day else keeping.CHOICES)
    return _page(token, datetime.now(UTC)) if token else closed_pages.no_link()


@blueprint.post("/choices")
@open_to(Door.LINK)
def choose() -> ResponseReturnValue:
    """Do what was chosen, and say so on the same page."""
    token, now = request.form.get("token", ""), datetime.now(UTC)
    act = request.form.get("act", "")
    try:
        patient = choosing.who_chooses(_house(), token)
        _ACTS.get(act, _nothing)(patient, now)
    except LinkUnknown:
        return closed_pages.unknown_link()
    except _Wrong as wrong:
        return _page(token, now, fault=str(wrong))
    return _page(token, now, done=act)


@blueprint.post("/choices/<token>/one-click")
@open_to(Door.LINK)
def one_click(token: str) -> ResponseReturnValue:
    """The mail program's own "unsubscribe" (RFC 8058): stop, without a further question."""
    try:
        clinic = choosing.stop_by_message(_house(), token, datetime.now(UTC))
    except LinkUnknown:
        return closed_pages.unknown_link()
    return render_template("patient/stopped.html", clinic=clinic)


@blueprint.post("/check-in/not-me")
@open_to(Door.LINK)
def not_me() -> ResponseReturnValue:
    """Somebody else got the message: nothing more goes there, and the clinic looks into it."""
    token = request.form.get("token", "")
    try:
        clinic = choosing.not_me(_house(), token, datetime.now(UTC))
    except LinkUnknown:
        return closed_pages.unknown_link()
    response = make_response(render_template("patient/not_me.html", clinic=clinic))
    keeping.forget(response)
    return response


def _page(token: str, now: datetime, *, done: str = "", fault: str = "") -> ResponseReturnValue:
    try:
        opened = choosing.open_choices(_house(), token, now)
    except LinkUnknown:
        return closed_pages.unknown_link()
    spoken = speaking(opened.patient.language) if done == "language" else nullcontext()
    with spoken:
        page = choices_page(opened, token, _house().library.languages, now, (done, fault))
        shown = render_template(
            "patient/choices.html",
            page=page,
            clinic=opened.clinic,
            by_text=texting.how_to_answer(_house(), opened.patient, current_language().code),
        )
    return shown, 422 if fault else 200


def _stop(patient: Patient, now: datetime) -> None:
    preferring.stop(_house(), patient, how=_PAGE, now=now)


def _resume(patient: Patient, now: datetime) -> None:
    preferring.resume(_house(), patient, how=_PAGE, now=now)


def _pause(patient: Patient, now: datetime) -> None:
    preferring.pause(_house(), patient, until=_day(patient, now), how=_PAGE, now=now)


def _day(patient: Patient, now: datetime) -> date | None:
    """The day on which the pause ends; None until she starts again."""
    if "open" in request.form:
        return None
    today = local_day(now, patient.timezone)
    try:
        day = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        raise _Wrong("no-day") from None
    if not today < day <= today + _LONGEST_PAUSE:
        raise _Wrong("no-day")
    return day


def _later(patient: Patient, now: datetime) -> None:
    try:
        at = datetime.fromisoformat(request.form.get("later", ""))
        if at.tzinfo is None:
            raise _Wrong("no-later")
        preferring.later_today(_house(), patient, at, how=_PAGE, now=now)
    except (ValueError, TooLate):
        raise _Wrong("no-later") from None


def _time(patient: Patient, now: datetime) -> None:
    wanted = read_time(request.form.get("prompt_time", ""))
    if wanted is None:
        raise _Wrong("no-time")
    _prefer(patient, replace(preferences_of(patient), prompt_time=wanted), now)


def _quiet(patient: Patient, now: datetime) -> None:
    ends = [read_time(request.form.get(name, "")) for name in ("quiet_from", "quiet_until")]
    if "none" in request.form:
        ends = [None, None]
    elif None in ends:
        raise _Wrong("no-quiet")
    wanted = replace(preferences_of(patient), quiet_from=ends[0], quiet_until=ends[1])
    _prefer(patient, wanted, now)


def _channel(patient: Patient, now: datetime) -> None:
    named = request.form.get("channel", "")
    if named not in set(Channel):
        raise _Wrong("no-address")
    _prefer(patient, replace(preferences_of(patient), channel=Channel(named)), now)


def _language(patient: Patient, now: datetime) -> None:
    code = request.form.get("language", "")
    if code not in _house().library.languages:
        raise _Wrong("nothing")
    _prefer(patient, replace(preferences_of(patient), language=code), now)


def _prefer(patient: Patient, wanted: Preferences, now: datetime) -> None:
    try:
        preferring.change(_house(), patient, wanted, how=_PAGE, now=now)
    except NoAddress:
        raise _Wrong("no-address") from None


def _nothing(patient: Patient, now: datetime) -> None:
    raise _Wrong("nothing")


_ACTS: dict[str, Callable[[Patient, datetime], None]] = {
    "stop": _stop,
    "resume": _resume,
    "pause": _pause,
    "later": _later,
    "time": _time,
    "quiet": _quiet,
    "channel": _channel,
    "language": _language,
}
