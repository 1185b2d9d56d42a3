"""The cohort page: many recoveries by postoperative day, beside the published ones.

May import: flask, journeys, the domain, present and this room.
"""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from webapp.domain.person import Origin
from webapp.journeys import comparing
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language
from webapp.web.present.cohort_page import cohort_page


@blueprint.get("/cohort")
@open_to(Door.CLINICIAN)
def cohort() -> ResponseReturnValue:
    """The clinic's own patients; in a demo, the published three."""
    first = Origin.CASE_REPORT if desk().house.demo else Origin.ENROLLED
    return _page(first)


@blueprint.get("/cohort/<origin>")
@open_to(Door.CLINICIAN)
def cohort_of(origin: str) -> ResponseReturnValue:
    """The patients of one origin."""
    if origin not in set(Origin):
        abort(404)
    return _page(Origin(origin))


def _page(origin: Origin) -> str:
    language = current_language()
    page = cohort_page(comparing.compare(desk(), origin), language.code, rtl=language.dir == "rtl")
    return render_template("clinic/cohort.html", page=page, here=origin.value)
