"""`thaw settings`: every setting, where its value comes from, and what it means.

May import: click, config.
"""

from __future__ import annotations

import os

import click

from webapp.config import SETTINGS, Setting, source_of


@click.command()
def settings() -> None:
    """Print every setting; secrets are masked."""
    for setting in SETTINGS:
        source = source_of(setting, os.environ)
        click.echo(f"{setting.name}={_shown(setting)}\n    from: {source}. {setting.meaning}")


def _shown(setting: Setting) -> str:
    value = os.environ.get(setting.name) or setting.default
    return "********" if setting.secret and _hides_something(setting, value) else value


def _hides_something(setting: Setting, value: str) -> bool:
    """Whether a secret setting holds a secret: an address without a password shows what is wrong.

    A token or a key has no address around it, and is never shown.
    """
    is_address = "://" in value and setting.name not in ("THAW_METRICS_TOKEN", "THAW_DEAD_MAN_URL")
    return bool(value) and ("@" in value or not is_address)
