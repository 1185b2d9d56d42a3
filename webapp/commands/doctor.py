"""`thaw doctor`: what is wrong with this installation, in order of harm, with the remedy.

May import: click, journeys.
"""

from __future__ import annotations

import sys

import click

from webapp.commands import opening
from webapp.journeys import watching


@click.command()
def doctor() -> None:
    """Say what is wrong here, the most harmful first. Exit status 1 if anything is."""
    found = watching.troubles(opening.house(), opening.now())
    for number, trouble in enumerate(found, start=1):
        click.echo(f"{number}. {trouble.what}\n   {trouble.remedy}")
    if found:
        sys.exit(1)
    click.echo("Nothing is wrong.")
