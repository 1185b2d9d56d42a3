"""The list of patients, and one patient's recovery on one page.

May import: flask, journeys, the domain, present and this room.
"""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webapp.domain.person import PatientId
from webapp.journeys import noticing, recovering, teaching_back
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404, view
from webapp.web.clinic.inbox_pages import flag_words
from webapp.web.gate import Door, open_to
from webapp.web.language import current_language
from webapp.web.present.ideas import ideas_shown
from webapp.web.present.notices import own_notices
from webapp.web.present.recovery_page import recovery_page
from webapp.web.present.roster_page import roster_page


@blueprint.get("/patients/")
@open_to(Door.CLINICIAN)
def patients() -> ResponseReturnValue:
    """Everybody who is followed here."""
    return _list("")


@blueprint.post("/patients/")
@open_to(Door.CLINICIAN)
def find_patients() -> ResponseReturnValue:
    """Those whose name holds what was typed: posted, so that no name stands in an address."""
    return _list(request.form.get("name", "").strip())


def _list(wanted: str) -> str:
    rows = roster_page(recovering.roster(desk(), wanted), view())
    return render_template("clinic/patients.html", rows=rows, wanted=wanted)


@blueprint.get("/patients/<patient_id>")
@open_to(Door.CLINICIAN)
@or_404
def patient(patient_id: str) -> ResponseReturnValue:
    """One recovery, as it is read and printed."""
    found = recovering.recovery(desk(), PatientId(patient_id))
    page = recovery_page(found, view(), rtl=current_language().dir == "rtl")
    ideas = ideas_shown(teaching_back.ideas_of(desk(), found.patient), view())
    told = own_notices(noticing.unhandled_of(desk(), found.patient), view())
    shown = {"page": page, "patient": found.patient, "ideas": ideas, "notices": told}
    return render_template("clinic/patient.html", **shown, **flag_words())
