"""The clinicians' pages: inbox, patients, cohort, and what is enrolled and set here.

May import: flask, flask-login, journeys, the domain, present and this room. Each module of
`PAGES` adds its routes to the blueprint.
"""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

PAGES = (
    "inbox_pages",
    "patient_pages",
    "cohort_pages",
    "question_pages",
    "enrol_pages",
    "care_pages",
    "notice_pages",
    "delivery_pages",
    "ladder_pages",
    "staff_pages",
    "settings_pages",
    "own_pages",
)

blueprint = Blueprint("clinic", __name__, url_prefix="/clinic")

for page in PAGES:  # they need the blueprint, so it has to be there first
    import_module(f"{__name__}.{page}")
