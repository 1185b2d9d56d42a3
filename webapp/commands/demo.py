"""`thaw demo`: fills a demo clinic with invented and published patients.

May import: click, journeys.
"""

from __future__ import annotations

import click

from webapp.commands import opening
from webapp.journeys import demonstrating


@click.command()
def demo() -> None:
    """Fill a demo clinic, and print a check-in address and how to sign in."""
    made = demonstrating.open_demo(opening.house(), opening.now())
    click.echo(f"A patient's check-in: {made.check_in}")
    click.echo(f"The clinic: sign in with {made.email}, password: {made.password}")
