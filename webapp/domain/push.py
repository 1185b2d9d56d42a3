"""The address of a browser that takes push messages, checked before anything is sent to it.

A browser names its own push service, so an address is hostile until proved otherwise: only https,
only a public host by name, only keys of the right length. May import: the standard library.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_LETTERS = 1000  # of an endpoint; the longest known are about 500
_P256_POINT_BYTES, _AUTH_BYTES = 65, 16  # RFC 8291, section 3.2 and 2.1
_UNCOMPRESSED = 4


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where to push to, and the browser's keys (base64url) under which only it can read."""

    endpoint: str
    p256dh: str
    auth: str


class PushAddressWrong(Exception):
    """What a browser sent is no subscription that can be used; `field` says where."""

    def __init__(self, field: str, english: str) -> None:
        super().__init__(f"{field} {english}")
        self.field, self.english = field, english


def read_push_address(sent: object, *, anywhere: bool = False) -> PushAddress:
    """A PushSubscription as browsers write it in JSON. Raises `PushAddressWrong`.

    `anywhere` lets http and private hosts pass: for tests on one machine only.
    """
    given = sent if isinstance(sent, Mapping) else {}
    keys = given.get("keys")
    held = keys if isinstance(keys, Mapping) else {}
    endpoint = read_endpoint(given.get("endpoint"), anywhere=anywhere)
    p256dh = _key(held.get("p256dh"), "keys.p256dh", _P256_POINT_BYTES)
    if unpadded(p256dh)[0] != _UNCOMPRESSED:
        raise PushAddressWrong("keys.p256dh", "is not an uncompressed point")
    return PushAddress(endpoint, p256dh, _key(held.get("auth"), "keys.auth", _AUTH_BYTES))


def read_endpoint(sent: object, *, anywhere: bool = False) -> str:
    """An endpoint that may be called at all. Raises `PushAddressWrong`."""
    if not isinstance(sent, str) or not 0 < len(sent) <= MOST_LETTERS or not sent.isascii():
        raise PushAddressWrong("endpoint", "is missing or no address")
    try:
        parts = urlsplit(sent)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise PushAddressWrong("endpoint", "is no address") from None
    plain = all("!" <= letter <= "~" for letter in sent) and "\\" not in sent
    if not host or not plain or "@" in parts.netloc or parts.fragment:
        raise PushAddressWrong("endpoint", "is no address of a push service")
    if not anywhere and (parts.scheme != "https" or not _is_public_name(host)):
        raise PushAddressWrong("endpoint", "must be an https address of a public host")
    if parts.scheme not in ("https", "http"):
        raise PushAddressWrong("endpoint", "must be an https address")
    return sent


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    plain = mapped or found
    return plain.is_global and not plain.is_multicast


def _is_public_name(host: str) -> bool:
    """A name with a dot whose last part is no number: no address, and no name of a machine here."""
    labels = host.rstrip(".").split(".")
    inside = labels[-1] in ("local", "localhost", "internal", "lan", "home", "arpa")
    literal = ":" in host or not labels[-1][:1].isalpha()
    return len(labels) > 1 and not literal and not inside


def _key(sent: object, field: str, length: int) -> str:
    if not isinstance(sent, str) or len(sent) > 2 * length:
        raise PushAddressWrong(field, "is missing")
    try:
        found = len(unpadded(sent))
    except (ValueError, binascii.Error):
        found = -1
    if found != length:
        raise PushAddressWrong(field, f"is not {length} bytes in base64url")
    return sent


def unpadded(text: str) -> bytes:
    """The bytes of base64url without its padding. Raises ValueError."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def padless(content: bytes) -> str:
    """Bytes as base64url without padding, as RFC 7515 and browsers write them."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
