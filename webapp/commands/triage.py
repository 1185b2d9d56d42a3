"""`thaw triage`: the flag rules over recoveries, one JSON line in and out for each.

May import: click, the configuration, journeys, and the library that they need.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import click

from webapp.config import load_config
from webapp.journeys.triaging import Triage, sign_lines, triage_lines
from webapp.library.phrase_files import load_phrases
from webapp.library.rule_files import load_rules
from webapp.library.sign_files import load_signs


@click.command()
@click.argument("files", nargs=-1, type=click.File("rb"))
@click.option("--effects", is_flag=True, help="Print the signs that `effects` may hold.")
def triage(files: tuple[BinaryIO, ...], effects: bool) -> None:
    """Judge recoveries by the flag rules: JSONL from FILES or standard input, JSONL out.

    The exit status is 1 if any line could not be used.
    """
    content = load_config(os.environ).content_dir
    if effects:
        print(*sign_lines(load_signs(content)), sep="\n")
        return
    tools = Triage(load_rules(content), load_phrases(content))
    lines = (line for file in files or (sys.stdin.buffer,) for line in file)
    all_usable = True
    for answer, usable in triage_lines(lines, tools):
        print(answer)
        all_usable &= usable
    sys.exit(0 if all_usable else 1)
