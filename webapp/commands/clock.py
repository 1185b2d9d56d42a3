"""`thaw clock`: the scheduler and sender; any number may run at once.

May import: click, assemble, clock.
"""

from __future__ import annotations

import os

import click

from webapp import logs
from webapp.assemble import open_house
from webapp.clock import run_clock
from webapp.config import load_config


@click.command()
def clock() -> None:
    """Queue, send, remind and close, until stopped."""
    logs.configure()
    config = load_config(os.environ)
    run_clock(open_house(config), config)
