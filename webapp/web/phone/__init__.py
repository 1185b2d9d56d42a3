"""What a patient's phone keeps of this site: the worker, its files, the page of what waits there.

May import: flask, journeys, the domain, assets and the patient's room.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("phone", __name__)

# These add their routes to the blueprint, so it has to be there first.
from webapp.web.phone import kept_pages, worker_pages  # noqa: E402

__all__ = ["blueprint", "kept_pages", "worker_pages"]
