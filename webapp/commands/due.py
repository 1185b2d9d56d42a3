"""`thaw due`: what would be prompted, without sending.

May import: click, journeys.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import NoReturn

import click

from webapp.commands import opening
from webapp.journeys import foreseeing

_YEARS = (1900, 2999)  # the days around an instant must exist in every zone


@click.command()
@click.option("--from", "start", required=True, help="ISO 8601, included.")
@click.option("--to", "end", required=True, help="ISO 8601, excluded.")
def due(start: str, end: str) -> None:
    """Print a line of JSON for each prompt that would be sent from --from to --to."""
    first, last = _instant(start), _instant(end)
    if last < first:
        _refuse(f"--to {end} is before --from {start}")
    for line in foreseeing.due_lines(opening.house(), first, last):
        plain = {**asdict(line), "day": line.day.isoformat(), "at": line.at.isoformat()}
        click.echo(json.dumps(plain))


def _instant(text: str) -> datetime:
    """An instant; one without an offset is read as UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"{text!r} is not ISO 8601; write 2026-11-20T09:00:00-08:00")
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        _refuse(f"{text!r} is not between the years {_YEARS[0]} and {_YEARS[1]}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refuse(why: str) -> NoReturn:
    click.echo(f"thaw: {why}", err=True)
    sys.exit(2)
