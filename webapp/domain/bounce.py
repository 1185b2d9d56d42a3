"""A bounce: the report of a mail server on what became of one of our e-mails (RFC 3464).

May import: the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

MOST_BYTES = 1024 * 1024
_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # how the outbox names a message
_RETURN_PATH = re.compile(rf"\+({_ID})@")
_MESSAGE_ID = re.compile(rf"<({_ID})@")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DEAD = re.compile(r"5\.(1\.\d+|2\.1|4\.4|0\.0)")  # RFC 3463: the address itself is bad
_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of one e-mail."""

    message_id: str  # the outbox's name for it
    arrived: bool
    status: str  # RFC 3463, such as 5.1.1

    @property
    def is_dead(self) -> bool:
        """Whether no mail to this address will ever arrive."""
        return bool(_DEAD.fullmatch(self.status))


def read_bounce(raw: bytes, recipient: str = "") -> Bounce | None:
    """The bounce in a whole message; None if it is none of ours, or says only that it takes long.

    `recipient` is the envelope's, where the mail server tells it.
    """
    message = message_from_bytes(raw[:MOST_BYTES])
    parts = list(message.walk())
    name = _name_of(message, parts, recipient)
    fate = next(_fates(parts), None)
    if not name or fate is None:
        return None
    action, status = fate
    ends = action in ("delivered", "failed")  # "delayed" and "relayed" are not the end of it
    return Bounce(name, arrived=action == "delivered", status=status) if ends else None


def _name_of(message: Message, parts: Sequence[Message], recipient: str) -> str:
    """Which e-mail came back: by the address that it came back to, or by what it quotes."""
    came_to = [recipient, *(str(message.get(name, "")) for name in _RECIPIENTS)]
    for text in came_to:
        if found := _RETURN_PATH.search(text.lower()):
            return found[1]
    for part in parts:
        quoted = part.get_payload() if part.get_content_type() == "text/rfc822-headers" else ""
        own = str(part.get("Message-ID", "")) if part is not message else ""
        if found := _MESSAGE_ID.search(f"{own} {quoted}".lower()):
            return found[1]
    return ""


def _fates(parts: Sequence[Message]) -> Iterator[tuple[str, str]]:
    """The action and the status of each recipient; a server that writes no report says nothing."""
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.walk():
            action = str(block.get("Action", "")).strip().lower()
            status = _STATUS.search(str(block.get("Status", "")))
            if action and status:
                yield action, status[1]
