"""Public pages: the start page, the reading list, topics, privacy, accessibility, kind errors.

No account and no cookie; the database is asked only for the clinic's own name and number. May
import: journeys, the domain, flask, and this room.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)

# These add their routes to the blueprint, so it has to be there first.
from webapp.web.public import error_pages, site_pages, teach_back_pages, topic_pages  # noqa: E402

__all__ = ["blueprint", "error_pages", "site_pages", "teach_back_pages", "topic_pages"]
