"""`thaw check-content`: every rule that content must keep, with file, line and remedy.

May import: click, config and the library.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from webapp.config import load_config
from webapp.library.checks import check
from webapp.library.problem import Problem


@click.command("check-content")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--complete", is_flag=True, help="A topic that is not written yet is an error.")
def check_content(*, as_json: bool, complete: bool) -> None:
    """Check every rule that content must keep; exit 1 if any is broken."""
    # Relative paths where they can be: short to read, and a click away in an editor.
    content = Path(os.path.relpath(load_config(os.environ).content_dir))
    problems = check(content, datetime.now(UTC).date(), complete=complete)
    for problem in problems:
        click.echo(json.dumps(asdict(problem), ensure_ascii=False) if as_json else str(problem))
    if not as_json:
        click.echo(_summary(problems))
    if any(not problem.warning for problem in problems):
        raise SystemExit(1)


def _summary(problems: tuple[Problem, ...]) -> str:
    """How many rules are broken, and how many warnings there are."""
    warnings = sum(problem.warning for problem in problems)
    return f"{len(problems) - warnings} broken, {warnings} warnings."
