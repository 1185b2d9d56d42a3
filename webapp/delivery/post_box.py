"""The demo's own mail server: a real SMTP server on this machine that keeps what it is given.

May import: aiosmtpd. The demo page reads the letters back from the same folder (kept_letters.py).
"""

from __future__ import annotations

from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


def open_post_box(folder: Path, host: str, port: int) -> Controller:
    """A server that keeps each message in `folder`; call `start` and `stop` on it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return Controller(Mailbox(folder), hostname=host, port=port)
