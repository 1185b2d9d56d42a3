"""A patient's own pages: her check-in of the day, what to do after it, and her diary.

May import: flask, domain, journeys, and the presenters of this room.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("patient", __name__, url_prefix="/<lang:lang>")

# These add their routes to the blueprint, so it has to be there first.
from webapp.web.patient import check_in_pages, diary_pages, reading_pages, thanks_pages  # noqa: E402

__all__ = ["blueprint", "check_in_pages", "diary_pages", "reading_pages", "thanks_pages"]
