"""Who works in the clinic: the list, adding, and taking away what somebody signs in with.

May import: flask, flask-babel, journeys, the domain, present and this room.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.enrolment import RowRefused
from webapp.domain.person import StaffId
from webapp.journeys import staffing
from webapp.journeys.staffing import FirstPassword, NotYourself
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404
from webapp.web.gate import Door, open_to
from webapp.web.present.staff_faults import sentences

_ADDED = ("name", "email", "role")


@blueprint.get("/staff")
@open_to(Door.ADMINISTRATOR)
def staff() -> ResponseReturnValue:
    """Everybody who works or worked here, and the form to add somebody."""
    return _page({}, {})


def _page(values: dict[str, str], said: dict[str, str]) -> str:
    faults = [{"name": field, "text": words} for field, words in said.items()]
    people = staffing.staff_here(desk())
    return render_template(
        "clinic/staff.html", people=people, values=values, said=said, faults=faults
    )


@blueprint.post("/staff")
@open_to(Door.ADMINISTRATOR)
def add_staff() -> ResponseReturnValue:
    """Add somebody, and show her first password once."""
    typed = {field: request.form.get(field, "") for field in _ADDED}
    try:
        return _shown_once(staffing.add(desk(), typed))
    except RowRefused as refused:
        return _page(typed, sentences(refused.faults)), 422


def _shown_once(first: FirstPassword) -> str:
    return render_template("clinic/staff_password.html", first=first)


@blueprint.errorhandler(NotYourself)
def refuse_yourself(_fault: NotYourself) -> ResponseReturnValue:
    """Nobody takes away her own way in."""
    abort(409)


@blueprint.post("/staff/<staff_id>/deactivate")
@open_to(Door.ADMINISTRATOR)
@or_404
def deactivate_staff(staff_id: str) -> ResponseReturnValue:
    """Let somebody no longer sign in; she is out at once."""
    person = staffing.deactivate(desk(), StaffId(staff_id))
    flash(_("%(name)s can no longer sign in, and is signed out.", name=person.name))
    return redirect(url_for(".staff"), 303)


@blueprint.post("/staff/<staff_id>/reactivate")
@open_to(Door.ADMINISTRATOR)
@or_404
def reactivate_staff(staff_id: str) -> ResponseReturnValue:
    """Let somebody sign in again."""
    person = staffing.reactivate(desk(), StaffId(staff_id))
    flash(_("%(name)s can sign in again.", name=person.name))
    return redirect(url_for(".staff"), 303)


@blueprint.post("/staff/<staff_id>/start-over")
@open_to(Door.ADMINISTRATOR)
@or_404
def start_over_staff(staff_id: str) -> ResponseReturnValue:
    """Take a lost code app away, and show a new first password once."""
    return _shown_once(staffing.start_over(desk(), StaffId(staff_id)))
