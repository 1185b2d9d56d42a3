"""A patient's own pages: her check-in of the day, what to do after it, and her diary.

May import: flask, domain, journeys, and the presenters of this room.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("patient", __name__, url_prefix="/<lang:lang>")

# These add their routes to the blueprint, so it has to be there first.
from webapp.web.patient import (  # noqa: E402
    check_in_pages,
    choices_pages,
    diary_pages,
    reading_pages,
    teach_back_pages,
    thanks_pages,
)

__all__ = [
    "blueprint",
    "check_in_pages",
    "choices_pages",
    "diary_pages",
    "reading_pages",
    "teach_back_pages",
    "thanks_pages",
]
