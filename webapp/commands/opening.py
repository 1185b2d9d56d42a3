"""Opening the house for a command, and the time it is.

May import: assemble, config.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from webapp.assemble import open_house
from webapp.config import load_config
from webapp.journeys.house import House


def house() -> House:
    """The house by this process's environment."""
    return open_house(load_config(os.environ))


def now() -> datetime:
    """The time it is, in UTC."""
    return datetime.now(UTC)
