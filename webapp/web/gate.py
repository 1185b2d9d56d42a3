"""The gate: every route says who may call it, and a route that does not is closed to everybody.

May import: flask, flask-login. The walking test reads the same words from every view.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from webapp.domain.person import Role
from webapp.web.csrf import csrf


class Door(StrEnum):
    """Who may come in."""

    PUBLIC = "public"  # anybody
    LINK = "link"  # whoever holds a daily link; the view itself asks for it
    DIARY = "diary"  # a patient who has proved herself with a code; the view itself asks
    PROVIDER = "provider"  # a message provider that signs; the view itself checks the signature
    DEMO = "demo"  # anybody, but only where the demo is switched on
    CLINICIAN = "clinician"  # signed in; administrators too
    ADMINISTRATOR = "administrator"  # signed in as an administrator


_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Where somebody may go who still has the password that an administrator has seen.
_FIRST_STEPS = frozenset({"clinic.own_page", "clinic.change_password", "signing_in.sign_out"})
View = TypeVar("View", bound=Callable[..., Any])
_OPEN = frozenset({Door.PUBLIC, Door.LINK, Door.DIARY, Door.PROVIDER})
_ATTRIBUTE = "thaw_door"
_ROLES = {
    Door.CLINICIAN: frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}),
    Door.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
}


def open_to(door: Door) -> Callable[[View], View]:
    """Say who may call a view. Goes right under the route's own decorator."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, door)
        return view

    return mark


def door_of(view: Callable[..., Any]) -> Door | None:
    """Who may call this view; None if it does not say, which closes it."""
    return getattr(view, _ATTRIBUTE, None)


def init_gate(app: Flask) -> None:
    """Let nobody past a door that is not theirs."""
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None  # an unknown address is the error handler's; our own files are everybody's
    door = door_of(current_app.view_functions[endpoint])
    if door in _OPEN:
        return None
    if door is Door.DEMO:
        return None if current_app.extensions["thaw"].demo else abort(404)
    return _check_staff(door)


def _check_staff(door: Door | None) -> ResponseReturnValue | None:
    if door is None:
        abort(403)
    if not current_user.is_authenticated:
        return redirect(url_for("signing_in.sign_in", next=request.full_path.rstrip("?")))
    if current_user.staff.must_change_password and request.endpoint not in _FIRST_STEPS:
        return redirect(url_for("clinic.own_page"))
    if current_user.staff.role not in _ROLES[door]:
        abort(403)
    if request.method not in _SAFE_METHODS:
        csrf.protect()
    return None
