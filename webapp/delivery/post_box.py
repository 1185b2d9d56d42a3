"""The demo's own mail server: a real SMTP server on this machine that keeps what it is given.

May import: aiosmtpd, mailbox, email. The demo page reads the letters back from the same folder.
"""

from __future__ import annotations

import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter that arrived in the post-box."""

    to: str
    subject: str
    text: str
    at: datetime


def open_post_box(folder: Path, host: str, port: int) -> Controller:
    """A server that keeps each message in `folder`; call `start` and `stop` on it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return Controller(Mailbox(folder), hostname=host, port=port)


def letters(folder: Path, limit: int = 50) -> tuple[KeptLetter, ...]:
    """The newest letters in the post-box, newest first."""
    if not (folder / "new").is_dir():
        return ()
    box = mailbox.Maildir(str(folder), create=False)
    kept = [_letter(message) for message in box]
    return tuple(sorted(kept, key=lambda letter: letter.at, reverse=True)[:limit])


def _letter(message: Message) -> KeptLetter:
    body = message.get_payload(decode=True)
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else ""
    sent = message["Date"]
    return KeptLetter(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=text,
        at=parsedate_to_datetime(sent) if sent else datetime.now(UTC),
    )
