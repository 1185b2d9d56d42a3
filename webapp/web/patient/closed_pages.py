"""What is said when a link opens no form: unknown, over, not yet, or no link at all.

May import: flask, journeys, domain.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from webapp.domain.schedule import DayState
from webapp.journeys import linking
from webapp.journeys.checking_in import DayClosed
from webapp.journeys.house import House
from webapp.web.gate import Door, open_to
from webapp.web.patient import blueprint, keeping


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


def no_link() -> ResponseReturnValue:
    """Somebody came without a link: she can paste it."""
    return render_template("patient/no_link.html", unknown=False)


def unknown_link() -> ResponseReturnValue:
    """No such link. The page is the same whatever was tried."""
    return render_template("patient/no_link.html", unknown=True), 404


def day_closed(fault: DayClosed, token: str) -> ResponseReturnValue:
    """The day is over, or has not begun; today's check-in is offered if there is one."""
    now = datetime.now(UTC)
    offer = linking.offer_today(_house(), fault.holder, now)
    page = render_template(
        "patient/day_closed.html",
        clinic=fault.holder.clinic,
        not_yet=fault.state is DayState.NOT_YET,
        window=fault.window,
        offer=offer,
        token=token,
        sent=False,
        pathway=_house().library.pathways[fault.holder.patient.pathway].judged_as,
    )
    if fault.state is not DayState.NOT_YET:
        return page, 410
    response = make_response(page, 409)  # what she reads until then is noted as hers
    keeping.keep(response, keeping.LINK, token)
    return response


@blueprint.post("/check-in/today")
@open_to(Door.LINK)
def send_today() -> ResponseReturnValue:
    """Send today's link to the patient's own address: an old link never opens a new day."""
    token, now = request.form.get("token", ""), datetime.now(UTC)
    offered = linking.send_today(_house(), token, now=now)
    if offered is None:
        return unknown_link()
    holder, offer = offered
    return render_template(
        "patient/day_closed.html",
        clinic=holder.clinic,
        not_yet=False,
        window=offer.window,
        offer=offer,
        token=token,
        sent=True,
    )
