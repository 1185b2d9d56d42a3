"""What the clinic says of itself: its name, its numbers, its hours.

May import: flask, flask-babel, babel, journeys, the domain, present and this room.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel.dates import get_day_names
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale  # type: ignore[import-untyped]
from flask_babel import gettext as _

from webapp.domain.clinic_wish import WEEK, as_row
from webapp.domain.enrolment import RowRefused
from webapp.journeys import settling
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, front, or_404
from webapp.web.gate import Door, open_to
from webapp.web.present.staff_faults import sentences


@blueprint.get("/settings")
@open_to(Door.ADMINISTRATOR)
@or_404
def settings() -> ResponseReturnValue:
    """The form with what is set now."""
    return _page(as_row(front().clinic), {})


@blueprint.post("/settings")
@open_to(Door.ADMINISTRATOR)
@or_404
def change_settings() -> ResponseReturnValue:
    """Store what was changed, or say what is wrong beside what was typed."""
    typed = {field: request.form.get(field, "") for field in as_row(front().clinic)}
    try:
        settling.change_clinic(desk(), typed)
    except RowRefused as refused:
        return _page(typed, sentences(refused.faults)), 422
    flash(_("Kept. Messages use it at once; the pages to read after the site starts again."))
    return redirect(url_for(".settings"), 303)


def _page(values: Mapping[str, str], said: Mapping[str, str]) -> str:
    names = get_day_names("wide", locale=get_locale())
    return render_template(
        "clinic/settings.html",
        values=values,
        said=said,
        faults=[{"name": field, "text": words} for field, words in said.items()],
        weekdays=[(f"hours_{day}", names[day]) for day in WEEK],
    )
