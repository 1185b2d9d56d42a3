"""Who is signed in, for flask-login: a server-side session that ends when it should.

May import: flask, flask-login, journeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, Response, current_app, request, session
from flask_login import LoginManager, UserMixin  # type: ignore[import-untyped]

from webapp.domain.person import Staff
from webapp.domain.token import Token
from webapp.journeys import signing_in
from webapp.journeys.house import House
from webapp.journeys.signing_in import Caller, Half, SignedIn
from webapp.web.csrf import init_csrf

DEVICE_DAYS = 365
_SESSION, _HALF = "staff", "half"


@dataclass(frozen=True)
class SignedInStaff(UserMixin):  # type: ignore[misc]
    """The member of staff behind a request."""

    staff: Staff
    token: str

    def get_id(self) -> str:
        """The session's token: flask-login keeps it in the signed cookie."""
        return self.token


class _Manager(LoginManager):  # type: ignore[misc]
    """flask-login without "remember me", which would look into the session on every request: then
    no page, however public, could be kept by a cache.
    """

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


def init_login(app: Flask) -> None:
    """Let flask-login know who is signed in, and protect staff's forms against forged posts."""
    manager = _Manager(app, add_context_processor=False)  # pages name whom they show themselves
    manager.session_protection = None  # sessions are rows of ours that end by themselves
    manager.user_loader(_load)
    init_csrf(app)


def _load(token: str) -> SignedInStaff | None:
    found = signing_in.session_of(_house(), token, now=datetime.now(UTC))
    return None if found is None else SignedInStaff(found.staff, token)


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


def caller() -> Caller:
    """Where this request comes from."""
    return Caller(request.remote_addr or "", request.cookies.get(_device_cookie(), ""))


def _device_cookie() -> str:
    return "__Host-thaw-device" if request.is_secure else "thaw-device"


def remember_half(half: Half, now: datetime) -> None:
    """Keep, signed and for a few minutes, that the password was right."""
    session.clear()  # a new person, a new session: nothing of the old one stays
    session[_HALF] = [half.staff_id, half.has_totp, now.timestamp()]


def half_signed_in(now: datetime) -> Half | None:
    """Who has given the right password a few minutes ago at most."""
    staff_id, has_totp, at = session.get(_HALF) or (None, False, 0.0)
    fresh = now.timestamp() - at < signing_in.HALF_LASTS.total_seconds()
    return Half(staff_id, has_totp) if staff_id and fresh else None


def remember_device(response: Response, device: Token) -> None:
    """Mark this browser as one that has signed in."""
    response.set_cookie(
        _device_cookie(),
        device,
        max_age=DEVICE_DAYS * 86400,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def signed_in_user(signed_in: SignedIn) -> SignedInStaff:
    """The user that flask-login keeps for a fresh session."""
    return SignedInStaff(signed_in.staff, signed_in.session)
