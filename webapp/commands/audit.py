"""`thaw audit verify`: proves that the audit trail has not been altered or cut.

May import: click, journeys.
"""

from __future__ import annotations

import sys

import click

from webapp.commands import opening
from webapp.journeys import governing


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option("--head", "heads", multiple=True, help="A head noted earlier: CLINIC=NUMBER:HASH.")
def verify(heads: tuple[str, ...]) -> None:
    """Check every clinic's trail; exit status 1 and the first bad row if one does not hold."""
    faults = 0
    for checked in governing.verify_trails(opening.house(), heads):
        faults += checked.fault is not None
        click.echo(f"{checked.clinic}: {checked.fault or f'whole, {checked.length} rows'}")
    sys.exit(1 if faults else 0)


@audit.command()
def head() -> None:
    """Print the last row of each clinic's trail, to be kept somewhere else as proof."""
    for line in governing.heads(opening.house()):
        click.echo(line)
