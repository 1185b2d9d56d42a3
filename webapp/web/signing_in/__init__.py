"""Signing in and out, for staff: password, then a code; the first time, a code app is set up.

May import: flask, flask-login, segno, journeys.
"""

from __future__ import annotations

from webapp.web.signing_in.pages import blueprint

__all__ = ["blueprint"]
