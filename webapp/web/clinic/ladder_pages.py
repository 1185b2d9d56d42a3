"""Who is paged about an urgent flag, step by step, and who gets the notes.

May import: flask, flask-babel, journeys, the domain, present and this room.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.enrolment import RowRefused
from webapp.domain.ladder import EVERYBODY, LEADS, Hours
from webapp.domain.ladder_wish import STEPS
from webapp.journeys import laddering
from webapp.journeys.laddering import LadderForm
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk
from webapp.web.gate import Door, open_to
from webapp.web.present.staff_faults import sentences


@blueprint.get("/ladder")
@open_to(Door.CLINICIAN)
def ladder() -> ResponseReturnValue:
    """The form with the ladder that holds now."""
    form = laddering.open_form(desk())
    return _page(form, form.fields, {})


@blueprint.post("/ladder")
@open_to(Door.CLINICIAN)
def change_ladder() -> ResponseReturnValue:
    """Store what was changed, or say what is wrong beside what was typed."""
    form = laddering.open_form(desk())
    typed = {field: request.form.get(field, "") for field in form.fields}
    try:
        laddering.change(desk(), typed)
    except RowRefused as refused:
        return _page(form, typed, sentences(refused.faults)), 422
    flash(_("Kept. Flags that wait now go on by it."))
    return redirect(url_for(".ladder"), 303)


def _page(form: LadderForm, values: Mapping[str, str], said: Mapping[str, str]) -> str:
    people = [{"value": one.id, "label": one.name} for one in form.people]
    groups = [
        {"value": EVERYBODY, "label": _("Everybody who works here")},
        {"value": LEADS, "label": _("All administrators")},
    ]
    return render_template(
        "clinic/ladder.html",
        values=values,
        said=said,
        faults=[{"name": field, "text": words} for field, words in said.items()],
        is_own=form.is_own,
        steps=STEPS,
        lists=((Hours.STAFFED.value, _("When somebody is there")),
               (Hours.AWAY.value, _("When the clinic is closed"))),
        choices=[{"value": "", "label": _("Not used")}, *groups, *people],
        named=[{"value": "", "label": _("The first administrator")}, *people],
    )  # fmt: skip
