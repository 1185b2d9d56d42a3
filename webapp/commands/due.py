"""`thaw due`: what would be prompted, without sending.

May import: click, journeys.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from webapp.commands import opening
from webapp.journeys import prompting


@click.command()
@click.option("--from", "start", required=True, help="ISO 8601, included.")
@click.option("--to", "end", required=True, help="ISO 8601, excluded.")
def due(start: str, end: str) -> None:
    """Print a line of JSON for each prompt that would be sent from --from to --to."""
    for line in prompting.due_lines(opening.house(), _instant(start), _instant(end)):
        plain = {**asdict(line), "day": line.day.isoformat(), "at": line.at.isoformat()}
        click.echo(json.dumps(plain))


def _instant(text: str) -> datetime:
    """An instant; one without an offset is read as UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        click.echo(f"thaw: {text!r} is not ISO 8601; write 2026-11-20T09:00:00-08:00", err=True)
        sys.exit(2)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
