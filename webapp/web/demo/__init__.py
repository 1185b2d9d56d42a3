"""The demo's own pages: the letters it sent, and the sign-in codes of its invented staff.

May import: flask, journeys and this room.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

# These add their routes to the blueprint, so it has to be there first.
from webapp.web.demo import design_pages, tour_pages  # noqa: E402

__all__ = ["blueprint", "design_pages", "tour_pages"]
