"""What is done about a notice, and how one patient is asked.

May import: flask, flask-babel, journeys, the domain, present and this room.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.enrolment import RowRefused
from webapp.domain.person import PatientId
from webapp.journeys import caring, noticing
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404
from webapp.web.gate import Door, open_to
from webapp.web.language import described
from webapp.web.present.enrolment_faults import sentence_of
from webapp.web.present.recovery_words import channel_words


@blueprint.post("/notices/<notice_id>/handled")
@open_to(Door.CLINICIAN)
@or_404
def handle_notice(notice_id: str) -> ResponseReturnValue:
    """Take a notice off the list, and go to the patient it was about."""
    patient_id = noticing.handle(desk(), notice_id)
    flash(_("Handled."))
    return redirect(url_for(".patient", patient_id=patient_id), 303)


@blueprint.get("/patients/<patient_id>/asking")
@open_to(Door.CLINICIAN)
@or_404
def asking(patient_id: str) -> ResponseReturnValue:
    """When, how and in which language she is asked."""
    chart = caring.open_chart(desk(), PatientId(patient_id))
    return _form(patient_id, caring.asking_of(chart.patient), {})


@blueprint.post("/patients/<patient_id>/asking")
@open_to(Door.CLINICIAN)
@or_404
def change_asking(patient_id: str) -> ResponseReturnValue:
    """Change it; only what has not gone out is made anew."""
    typed = {name: request.form.get(name, "") for name in caring.ASKING}
    try:
        caring.change_asking(desk(), PatientId(patient_id), typed)
    except RowRefused as refused:
        said = {fault.field: sentence_of(fault) for fault in refused.faults}
        return _form(patient_id, typed, said), 422
    flash(_("Changed. What has gone out stays; what comes next follows it."))
    return redirect(url_for(".patient", patient_id=patient_id), 303)


def _form(patient_id: str, values: dict[str, str], said: dict[str, str]) -> str:
    languages = [
        {"value": code, "label": described(code).name} for code in desk().house.library.languages
    ]
    channels = [{"value": one.value, "label": words} for one, words in channel_words().items()]
    return render_template(
        "clinic/asking.html",
        patient_id=patient_id,
        values=values,
        said=said,
        faults=[{"name": field, "text": words} for field, words in said.items()],
        languages=languages,
        channels=channels,
    )
