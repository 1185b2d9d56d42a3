"""`thaw simulate`: invented patients live through days by the real code, in their own database.

May import: click, config, journeys, library, store. It opens no database of this installation,
and sends nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from tempfile import TemporaryDirectory

import click

from webapp.config import load_config
from webapp.domain.person import Channel
from webapp.domain.zones import changing_zones
from webapp.journeys.house import House
from webapp.journeys.simulating import Figures, Scenario
from webapp.journeys.simulating import simulate as run_simulation
from webapp.library.shelf import load_library
from webapp.store import clinics
from webapp.store.engine import open_passing_store
from webapp.store.migrate import upgrade


@click.command()
@click.option("--patients", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--days", type=click.IntRange(min=1, max=800), default=30, show_default=True)
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--database-url", help="An empty PostgreSQL database, instead of a temporary file.")
def simulate(  # noqa: PLR0913  (the contract's options)
    patients: int, days: int, start: datetime, seed: int, as_json: bool, database_url: str | None
) -> None:
    """Let simulated patients live through days, with a virtual clock; print what came of it."""
    scenario = Scenario(patients, days, start.date(), seed, changing_zones(start.year))
    began = time.monotonic()
    with _house_of_its_own(database_url) as house:
        figures = run_simulation(house, scenario)
    _print(figures, round(time.monotonic() - began, 2), as_json=as_json)
    sys.exit(1 if figures.missed or figures.doubled or figures.in_quiet_hours else 0)


@contextmanager
def _house_of_its_own(database_url: str | None) -> Iterator[House]:
    """An empty house that nobody else uses; a file in a temporary folder unless one is given."""
    with TemporaryDirectory(prefix="thaw-simulation-") as folder:
        url = database_url or f"sqlite:///{folder}/simulation.sqlite"
        upgrade(url)
        store = open_passing_store(url, secrets.token_bytes(32))
        try:
            with store.read() as tx:
                if clinics.every(tx):
                    raise click.UsageError("This database is in use. Give an empty one.")
            library = load_library(load_config(os.environ).content_dir)
            yield House(library, store, "https://simulated.invalid", channels=frozenset(Channel))
        finally:
            store.close()


def _print(figures: Figures, seconds: float, *, as_json: bool) -> None:
    found = {**asdict(figures), "seconds": seconds}
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' '):16}{value}")
