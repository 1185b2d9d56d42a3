"""The letters that the demo's post-box keeps, read back from its folder for the demo page.

May import: mailbox, email, channel.
"""

from __future__ import annotations

import mailbox
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from webapp.delivery.channel import KeptLetter


def letters(folder: Path, limit: int = 50) -> tuple[KeptLetter, ...]:
    """The newest letters in the post-box, newest first."""
    if not (folder / "new").is_dir():
        return ()
    box = mailbox.Maildir(str(folder), create=False)
    kept = [_letter(message) for message in box]
    return tuple(sorted(kept, key=lambda letter: letter.at, reverse=True)[:limit])


def _letter(message: Message) -> KeptLetter:
    parts = (part for part in message.walk() if part.get_content_type() == "text/plain")
    body = next(parts, message).get_payload(decode=True)
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else ""
    sent = message["Date"]
    return KeptLetter(
        to=str(message["To"] or ""),
        subject=str(make_header(decode_header(message["Subject"] or ""))),
        text=text,
        at=parsedate_to_datetime(sent) if sent else datetime.now(UTC),
    )
