"""`thaw bounce < message`: a mail server hands us what came back.

May import: click, the domain's bounce, journeys, opening.
"""

from __future__ import annotations

import sys

import click

from webapp.commands.opening import house, now
from webapp.domain.bounce import MOST_BYTES, read_bounce
from webapp.journeys import hearing_back
from webapp.journeys.watching import Unavailable

TRY_LATER = 75  # EX_TEMPFAIL: the mail server keeps the message and hands it over again


@click.command()
@click.option("--recipient", default="", help="The address it came back to, if the server says.")
def bounce(*, recipient: str) -> None:
    """Read a delivery report from standard input, and note which address is dead."""
    found = read_bounce(sys.stdin.buffer.read(MOST_BYTES), recipient)
    if found is None:
        click.echo("This is no delivery report about a message of ours.")
        return
    try:
        known = hearing_back.come_back(house(), found, now=now())
    except Unavailable as fault:
        click.echo("The database does not answer; hand it over again later.", err=True)
        raise SystemExit(TRY_LATER) from fault
    click.echo(f"{found.message_id}: {found.status}" if known else "No such message is ours.")
