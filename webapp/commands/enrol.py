"""`thaw enrol`: JSONL or CSV of patients in, JSONL with their ids out.

May import: click, domain, journeys.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any, TextIO

import click

from webapp.commands import opening
from webapp.domain.enrolment import RowRefused
from webapp.journeys.enrolling import Enroller, enrol_row

Row = dict[str, Any]


class _Unreadable(Exception):
    """A line that is not a patient at all."""


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig"), default="-")
def enrol(file: TextIO) -> None:
    """Enrol the patients of FILE (JSONL, or CSV with a heading), or of standard input."""
    house, enroller = opening.house(), Enroller("command", "command")
    refused = False
    for number, row in enumerate(_rows(file.read()), start=1):
        try:
            if isinstance(row, _Unreadable):
                raise row
            patient_id = enrol_row(house, enroller, row, now=opening.now())
            click.echo(json.dumps({"id": patient_id, "row": number}))
        except (RowRefused, _Unreadable) as fault:
            refused = True
            click.echo(json.dumps({"id": None, "row": number, "error": str(fault)}))
    sys.exit(1 if refused else 0)


def _rows(text: str) -> Iterator[Row | _Unreadable]:
    """The rows of a file, by its first sign: a brace begins JSON, anything else a CSV heading."""
    if text.lstrip().startswith("{"):
        return (_json_row(line) for line in text.splitlines() if line.strip())
    heading = text.partition("\n")[0]
    mark = ";" if ";" in heading and "," not in heading else ","  # spreadsheets of some countries
    return (_csv_row(row) for row in csv.DictReader(StringIO(text), delimiter=mark))


def _json_row(line: str) -> Row | _Unreadable:
    try:
        row = json.loads(line)
    except ValueError as fault:
        return _Unreadable(f"this line is not JSON ({fault})")
    return row if isinstance(row, dict) else _Unreadable("this line is not a JSON object")


def _csv_row(row: dict[str | None, Any]) -> Row | _Unreadable:
    if None in row:
        return _Unreadable("this line has more columns than the heading")
    return {str(name).strip(): value for name, value in row.items()}
