"""`thaw ask`: the chat over questions, one JSON line in and out for each.

May import: click, the configuration, journeys, and the library that they need.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import click

from webapp.commands.chat_room import open_chat
from webapp.config import load_config
from webapp.journeys.asking import ask_lines


@click.command()
@click.argument("files", nargs=-1, type=click.File("rb"))
def ask(files: tuple[BinaryIO, ...]) -> None:
    """Answer questions from stored passages: JSONL from FILES or standard input, JSONL out.

    The exit status is 1 if any line could not be used.
    """
    shelf, names = open_chat(load_config(os.environ).content_dir)
    lines = (line for file in files or (sys.stdin.buffer,) for line in file)
    all_usable = True
    for answer, usable in ask_lines(lines, shelf, names):
        print(answer)
        all_usable &= usable
    sys.exit(0 if all_usable else 1)
