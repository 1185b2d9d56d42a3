"""Signatures of what providers send us, checked in constant time.

May import: the standard library.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_UNIX_TIME = re.compile(r"[0-9]{1,11}")
MAY_DIFFER = timedelta(minutes=5)  # a signed message older than this is somebody's replay


def twilio_signature(url: str, params: Iterable[tuple[str, str]], token: str) -> str:
    """Twilio's X-Twilio-Signature: HMAC-SHA1 over the address and its parameters in order."""
    # Given twice with the same value, a parameter counts once, as in Twilio's own checkers.
    text = url + "".join(name + value for name, value in sorted(set(params)))
    mac = hmac.new(token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def is_twilios(url: str, params: Iterable[tuple[str, str]], *, token: str, signature: str) -> bool:
    """Whether Twilio sent this; never with an empty token."""
    if not token:
        return False
    expected = twilio_signature(url, params, token)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def plain_signature(body: bytes, secret: str, timestamp: str) -> str:
    """The signature of a generic provider: HMAC-SHA256, in hex, over "<timestamp>.<body>"."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, *, secret: str, timestamp: str, signature: str, now: datetime) -> bool:
    """Whether a generic provider signed this body, and just now; never with an empty secret."""
    if not secret or not _UNIX_TIME.fullmatch(timestamp):
        return False
    signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    expected = plain_signature(body, secret, timestamp)
    given = signature.removeprefix("sha256=").encode("utf-8", "replace")
    return hmac.compare_digest(expected.encode(), given) and abs(now - signed_at) <= MAY_DIFFER
