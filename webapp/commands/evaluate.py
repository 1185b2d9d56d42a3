"""`thaw evaluate`: how the chat does on labelled messages, by language, with every miss.

May import: click, the configuration, journeys, and the library that they need.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from webapp.commands.chat_room import learn_without, open_chat
from webapp.config import load_config
from webapp.journeys.evaluating import measure, report
from webapp.library.example_files import read_labelled


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--misses/--no-misses", default=True, help="List every miss.")
@click.option(
    "--without",
    multiple=True,
    metavar="NAME",
    help="Learn anew without content/chat/labelled/NAME.jsonl first, to be measured on it.",
)
def evaluate(files: tuple[Path, ...], misses: bool, without: tuple[str, ...]) -> None:
    """Measure the chat on labelled messages: JSONL FILES in the form of the shared questions."""
    content = load_config(os.environ).content_dir
    shelf, _names = open_chat(content)
    if without:
        shelf = replace(shelf, searcher=learn_without(content, frozenset(without)))
    rows = [row for path in files for row in read_labelled(path)]
    for line in report(measure(rows, shelf), misses=misses):
        click.echo(line)
