"""The `thaw` program: thin commands, each of which calls one journey.

May import: click, and what each command assembles. A command's module is only imported when it
is called, so that `thaw triage` does not wait for a web framework.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from webapp.keeping import keeping

COMMANDS = {
    "ask": "ask",
    "audit": "audit",
    "bounce": "bounce",
    "check-content": "check_content",
    "clinic": "clinic",
    "clock": "clock",
    "demo": "demo",
    "demo-post-box": "demo_post_box",
    "doctor": "doctor",
    "due": "due",
    "enrol": "enrol",
    "evaluate": "evaluate",
    "link": "link",
    "run": "run",
    "serve": "serve",
    "settings": "settings",
    "simulate": "simulate",
    "staff": "staff",
    "train": "train",
    "triage": "triage",
    "words": "words",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in order of name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        with keeping():
            command: click.Command = getattr(import_module(f"{__name__}.{module}"), module)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="thaw")
def program() -> None:
    """Explains cryoneurolysis, asks patients how they are, shows clinicians who needs a human."""


def main() -> None:
    """Run the program; what the operator can mend is a sentence, not a traceback."""
    try:
        program()
    except Exception as fault:
        from webapp.commands.faults import MENDABLE  # late: it knows every room

        if not isinstance(fault, MENDABLE):
            raise
        click.echo(f"thaw: {fault}", err=True)
        sys.exit(1)
