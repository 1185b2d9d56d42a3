"""Enrolling one patient by form.

May import: flask, flask-babel, journeys, the domain, present and this room.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.enrolment import FIELDS, Fault, RowRefused
from webapp.journeys import enrolling
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language, described
from webapp.web.present.enrolment_faults import sentence_of

TYPED = tuple(field for field in FIELDS if field != "clinic")  # the clinic is the actor's own


@blueprint.get("/enrol")
@open_to(Door.CLINICIAN)
@or_404
def enrol() -> ResponseReturnValue:
    """The empty form, with what a new patient of this clinic usually has."""
    usual = enrolling.defaults_of(desk().house, enrolling.clinic_of(desk()))
    known = {
        "timezone": usual.timezone,
        "language": usual.language,
        "prompt_time": usual.prompt_time,
        "quiet_from": usual.quiet_from,
        "quiet_until": usual.quiet_until,
        "mg_per_tablet": f"{usual.mg_per_tablet:g}",
    }
    return _form(known, ())


@blueprint.post("/enrol")
@open_to(Door.CLINICIAN)
@or_404
def send_enrolment() -> ResponseReturnValue:
    """Enrol her, and go on to her sheet; or show each fault beside what was typed."""
    typed = {field: request.form.get(field, "") for field in TYPED}
    try:
        patient_id = enrolling.enrol_at_desk(desk(), typed)
    except RowRefused as refused:
        return _form(typed, refused.faults), 422
    flash(_("Enrolled. Print this sheet and give it to the patient."))
    return redirect(url_for(".sheet", patient_id=patient_id), 303)


def _form(values: Mapping[str, str], faults: tuple[Fault, ...]) -> str:
    house, language = desk().house, current_language().code
    said = {fault.field: sentence_of(fault) for fault in faults}
    pathways = [
        {"value": one.id, "label": one.name(language)} for one in house.library.pathways.values()
    ]
    asking = [one.name(language) for one in house.library.pathways.values() if one.asks_baseline]
    return render_template(
        "clinic/enrol.html",
        values=values,
        said=said,
        faults=[{"name": field, "text": words} for field, words in said.items()],
        pathways=pathways,
        asking=asking,
        languages=[_language(code) for code in house.library.languages],
    )


def _language(code: str) -> dict[str, str]:
    return {"value": code, "label": described(code).name}
