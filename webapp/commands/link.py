"""`thaw link`: a working check-in address for one patient and one local day.

May import: click, journeys.
"""

from __future__ import annotations

import sys
from datetime import date, datetime

import click

from webapp.commands import opening
from webapp.domain.person import PatientId
from webapp.domain.schedule import DayState
from webapp.journeys import linking

_SO_FAR = {
    DayState.NOT_YET: "this day has not begun; the address opens when it does",
    DayState.CHANGES_ONLY: "it is too late for a first answer; one that was sent can be changed",
    DayState.CLOSED: "this day is closed; the address says so and offers today's",
}


@click.command()
@click.argument("patient_id")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Local day; today if left out.")
def link(patient_id: str, day: datetime | None) -> None:
    """Print a check-in address for PATIENT_ID."""
    wanted: date | None = day.date() if day else None
    house, now = opening.house(), opening.now()
    try:
        made = linking.make_link(house, PatientId(patient_id), wanted, now=now)
    except linking.NoLink as fault:
        click.echo(f"thaw: {fault}", err=True)
        sys.exit(1)
    if made.state is not DayState.OPEN:
        click.echo(f"thaw: {_SO_FAR[made.state]}", err=True)
    click.echo(made.address)
