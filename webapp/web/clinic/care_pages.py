"""What a clinic does about one patient: her sheet, a link by hand, pausing, resuming, stopping.

May import: flask, flask-babel, segno, journeys, the domain, present and this room.
"""

from __future__ import annotations

import segno
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.domain.person import PatientId
from webapp.domain.schedule import DayState, local_day
from webapp.journeys import caring
from webapp.journeys.linking import NoLink
from webapp.web.clinic import blueprint
from webapp.web.clinic.desk import desk, or_404
from webapp.web.gate import Door, open_to
from webapp.web.language import speaking
from webapp.web.present.sheet import sheet_of


@blueprint.get("/patients/<patient_id>/sheet")
@open_to(Door.CLINICIAN)
@or_404
def sheet(patient_id: str) -> ResponseReturnValue:
    """The sheet to take home, in the patient's language.

    Its code leads to the pages to read, never to a check-in: paper lies about, and lasts longer
    than the one day that a link is good for.
    """
    chart = caring.open_chart(desk(), PatientId(patient_id))
    language, house = chart.patient.language, desk().house
    back = _("Back to the patient")
    with speaking(language):
        address = f"{house.public_url}{url_for('public.home', lang=language)}"
        return render_template(
            "clinic/enrol_sheet.html",
            patient_id=patient_id,
            back_words=back,
            sheet=sheet_of(house, chart, local_day(desk().now, chart.patient.timezone)),
            address=address,
            picture=qr_code(address),
        )


@blueprint.post("/patients/<patient_id>/link")
@open_to(Door.CLINICIAN)
@or_404
def link(patient_id: str) -> ResponseReturnValue:
    """Make an address for today and show it once, for a patient who lost hers."""
    chart = caring.open_chart(desk(), PatientId(patient_id))
    try:
        made = caring.give_link(desk(), chart.patient.id)
    except NoLink:
        flash(_("No link can be made before the procedure, or for a patient who has stopped."))
        return _back(patient_id)
    return render_template(
        "clinic/enrol_link.html",
        chart=chart,
        made=made,
        is_open=made.state is DayState.OPEN,
        picture=qr_code(made.address),
    )


def qr_code(address: str) -> Markup:
    """An address as a drawing that a phone's camera reads; dark on light in every colour mode."""
    drawn = segno.make(address, error="m")
    svg = drawn.svg_inline(scale=4, title=_("QR code"), light="#fff", svgclass="qr")
    return Markup(svg)  # noqa: S704  (segno's own drawing)


@blueprint.post("/patients/<patient_id>/pause")
@open_to(Door.CLINICIAN)
@or_404
def pause(patient_id: str) -> ResponseReturnValue:
    """Ask her nothing until somebody resumes."""
    caring.pause(desk(), PatientId(patient_id))
    flash(_("Paused. The patient is asked nothing until somebody resumes."))
    return _back(patient_id)


@blueprint.post("/patients/<patient_id>/resume")
@open_to(Door.CLINICIAN)
@or_404
def resume(patient_id: str) -> ResponseReturnValue:
    """Ask her again."""
    caring.resume(desk(), PatientId(patient_id))
    flash(_("Resumed. The patient is asked again from the next day of the pathway on."))
    return _back(patient_id)


@blueprint.post("/patients/<patient_id>/stop")
@open_to(Door.CLINICIAN)
@or_404
def stop(patient_id: str) -> ResponseReturnValue:
    """Ask her nothing more."""
    caring.stop(desk(), PatientId(patient_id))
    flash(_("Stopped. The patient is asked nothing more, and no link of hers works."))
    return _back(patient_id)


def _back(patient_id: str) -> ResponseReturnValue:
    return redirect(url_for(".patient", patient_id=patient_id), 303)
