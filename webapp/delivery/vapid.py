"""VAPID (RFC 8292): the key by which push services know this site, and the token that proves it.

May import: cryptography, the domain's push, private_file and the standard library.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from webapp.domain.push import padless
from webapp.private_file import write_once

VapidKey = ec.EllipticCurvePrivateKey

GOOD_FOR = timedelta(hours=12)  # RFC 8292 allows 24
_COORDINATE_BYTES = 32


class VapidKeyWrong(Exception):
    """The push key file is unreadable or no key; the message says what to do."""


def read_or_create_vapid_key(path: Path) -> VapidKey:
    """The P-256 key at `path`; made (mode 600) if the file is not there. Raises `VapidKeyWrong`."""
    if not path.exists():
        write_once(path, _pem(ec.generate_private_key(ec.SECP256R1())))
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as fault:
        raise VapidKeyWrong(f"The push key {path} cannot be read: restore or move it.") from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise VapidKeyWrong(f"The push key {path} is not a P-256 key: restore or move it.")
    return key


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as an uncompressed point of 65 bytes."""
    point = serialization.PublicFormat.UncompressedPoint
    return key.public_bytes(serialization.Encoding.X962, point)


def public_text(key: VapidKey) -> str:
    """The public key as browsers ask for it (`applicationServerKey`), in base64url."""
    return padless(public_bytes(key.public_key()))


def authorization(key: VapidKey, endpoint: str, *, contact: str, now: datetime) -> str:
    """The Authorization header for one push service; `contact` is a mailto: or https: address."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + GOOD_FOR).timestamp()),
        "sub": contact,
    }
    signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
    pair = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = b"".join(number.to_bytes(_COORDINATE_BYTES, "big") for number in pair)
    return f"vapid t={signed}.{padless(signature)}, k={public_text(key)}"


def _part(claims: dict[str, object]) -> str:
    return padless(json.dumps(claims, separators=(",", ":")).encode())


def _pem(key: VapidKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
