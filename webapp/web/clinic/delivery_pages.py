"""What was sent, what came of it, and whom a human has to reach instead.

May import: flask, journeys, the domain, present and this room.
"""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webapp.domain.person import PatientId
from webapp.journeys import ledger
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404, view
from webapp.web.gate import Door, open_to
from webapp.web.present.delivery import SORTS, delivery_page, ledger_page


@blueprint.get("/delivery")
@open_to(Door.CLINICIAN)
@or_404
def delivery() -> ResponseReturnValue:
    """The clinic's sending: today and the last days, alarms, and whom to ring."""
    words = desk().house.library.alarm_words
    shown = delivery_page(ledger.delivery(desk()), words, view())
    return render_template("clinic/delivery.html", page=shown)


@blueprint.get("/patients/<patient_id>/messages")
@open_to(Door.CLINICIAN)
@or_404
def patient_messages(patient_id: str) -> ResponseReturnValue:
    """Every message to one patient."""
    wanted = request.args.get("by", "")
    by = wanted if wanted in SORTS else SORTS[0]
    found = ledger.of_patient(desk(), PatientId(patient_id))
    return render_template("clinic/messages.html", page=ledger_page(found, view(), by))
