"""Thaw: explains cryoneurolysis, asks patients how they are, shows clinicians who needs a human.

May import: one_thread, and the site when it is asked for.
"""

from __future__ import annotations

import webapp.one_thread  # noqa: F401  # isort: skip  (before anything that imports numpy)

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.config import Config
    from webapp.journeys.house import House


def create_app(config: Config | None = None, house: House | None = None) -> Flask:
    """The web application. `app.extensions["thaw"]` is the `House` that views hand to journeys."""
    from webapp.site import make_site  # late: `thaw triage` need not load a web framework

    return make_site(config, house)
