"""Staff's forms carry a token of their session, so that no other site can post in their name.

May import: flask-wtf. Patients' forms are proved by the daily link that they carry.
"""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

csrf = CSRFProtect()


def init_csrf(app: Flask) -> None:
    """Set the protection up; the gate and the sign-in pages ask for it."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a slow writer loses nothing
        WTF_CSRF_SSL_STRICT=False,  # we send no referrer that could be checked
    )
    csrf.init_app(app)
