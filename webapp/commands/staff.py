"""`thaw staff add`: the first people of a clinic; later ones are added on its pages.

May import: click, domain, journeys.
"""

from __future__ import annotations

import sys

import click

from webapp.commands import opening
from webapp.domain.enrolment import RowRefused
from webapp.domain.person import Role
from webapp.journeys import staffing


@click.group()
def staff() -> None:
    """The staff of a clinic."""


@staff.command()
@click.option("--clinic", required=True, help="The clinic's name or id.")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(tuple(Role)), default=Role.ADMINISTRATOR)
def add(clinic: str, email: str, name: str, role: str) -> None:
    """Add somebody and print her first password, once."""
    typed = {"email": email, "name": name, "role": role}
    try:
        first = staffing.add_by_command(opening.house(), clinic, typed, now=opening.now())
    except RowRefused as refused:
        click.echo(f"thaw: {refused}", err=True)
        sys.exit(1)
    click.echo(f"{first.person.email} may sign in with this password, and has to change it:")
    click.echo(first.password)
