"""`thaw clinic add`: a clinic with its numbers to ring and its hours.

May import: click, domain, journeys.
"""

from __future__ import annotations

import sys

import click

from webapp.commands import opening
from webapp.domain.clinic_wish import hours_fields
from webapp.domain.enrolment import RowRefused
from webapp.journeys import settling


@click.group()
def clinic() -> None:
    """The clinics of this installation."""


@clinic.command()
@click.option("--name", required=True, help="As patients know it.")
@click.option("--country", required=True, help="Two letters, such as US.")
@click.option("--timezone", required=True, help="Such as America/Los_Angeles.")
@click.option("--phone", required=True, help="As printed for patients.")
@click.option("--after-hours-phone", default="", help="Who answers when the clinic is closed.")
@click.option("--hours", multiple=True, help='When somebody is there: "mon-fri 08:00-17:00".')
def add(hours: tuple[str, ...], **typed: str) -> None:
    """Add a clinic, and print its id."""
    try:
        openings = {field: words for one in hours for field, words in hours_fields(one).items()}
        added = settling.add_clinic(opening.house(), {**typed, **openings}, now=opening.now())
    except (RowRefused, ValueError) as refused:
        click.echo(f"thaw: {refused}", err=True)
        sys.exit(1)
    click.echo(added.id)
