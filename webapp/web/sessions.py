"""Flask's signed session cookie, without the work of checking a signature where there is none.

Patients have no session: their link is all they carry. May import: flask.
"""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class SessionsOfStaff(SecureCookieSessionInterface):
    """The usual sessions; a browser that brings no cookie starts with an empty one at once."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session that this request's cookie holds."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)
