"""`thaw words`: brings every catalogue of interface words up to date with the source.

May import: click, the web's words.
"""

from __future__ import annotations

import click

from webapp.web.words import bring_up_to_date


@click.command("words")
@click.argument("codes", nargs=-1)
def words(codes: tuple[str, ...]) -> None:
    """Bring every catalogue up to date with the source; CODES are languages to add."""
    for code, missing in bring_up_to_date(codes).items():
        click.echo(f"{code}: {missing} to translate")
