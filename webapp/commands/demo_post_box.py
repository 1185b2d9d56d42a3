"""`thaw demo-post-box`: the mail server of the demo.

May import: click, config, delivery.
"""

from __future__ import annotations

import os
import signal
from urllib.parse import urlsplit

import click

from webapp.config import load_config
from webapp.delivery.post_box import open_post_box


@click.command()
def demo_post_box() -> None:
    """Keep every message that Thaw sends to THAW_SMTP_URL, for the demo page."""
    config = load_config(os.environ)
    parts = urlsplit(config.smtp_url)
    server = open_post_box(config.post_box_dir, parts.hostname or "127.0.0.1", parts.port or 8025)
    server.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop()
