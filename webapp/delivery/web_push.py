"""Web push: a message encrypted for one browser (RFC 8291, aes128gcm) and given to its service.

Even the push service cannot read it. May import: cryptography, channel, http_line, vapid and the
domain's push.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.delivery.channel import Browser, Fate, Letter, Outcome
from webapp.delivery.http_line import Answer, HttpLine, InDoubt, NotSent, Patience
from webapp.delivery.vapid import VapidKey, authorization, public_bytes
from webapp.domain.push import PushAddress, unpadded

_RECORD_BYTES = 4096  # RFC 8291: one record, and services take no more
_SALT_BYTES = 16
_LAST_RECORD = b"\x02"
_USUAL_LIFE = timedelta(hours=4)
_RTL = frozenset({"ar"})
DECLARATIVE = 8030  # the mark of a payload that browsers can show without a script of ours


@dataclass(frozen=True, slots=True)
class Pusher:
    """By which key this site is known to push services, and whom they may write to."""

    key: VapidKey
    contact: str  # mailto: or https:
    anywhere: bool = False  # lets pushes go to private addresses: for tests on one machine only


class PushSender:
    """Sends letters to browsers, one connection to each push service."""

    def __init__(self, pusher: Pusher, patience: Patience | None = None) -> None:
        """Nothing is opened before the first letter goes."""
        self._pusher, self._patience = pusher, patience
        self._lines: dict[str, HttpLine] = {}

    def send(self, letter: Letter) -> Outcome:
        """Push to every browser of hers; sent if one service took it."""
        met = {browser.id: self._push(letter, browser) for browser in letter.browsers}
        gone = tuple(name for name, one in met.items() if one.fate is Fate.DEAD_ADDRESS)
        for fate in _BEST_FIRST:
            found = next((one for one in met.values() if one.fate is fate), None)
            if found is not None:
                down = found.provider_down
                return Outcome(found.fate, found.detail, found.wait, provider_down=down, gone=gone)
        return Outcome(Fate.REFUSED, "no browser takes pushes any more", gone=gone)

    def _push(self, letter: Letter, browser: Browser) -> Outcome:
        now, endpoint = datetime.now(UTC), browser.address.endpoint
        parts = urlsplit(endpoint)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            body = encrypt(payload_of(letter), browser.address)
            answer = self._line(f"{parts.scheme}://{parts.netloc}").ask(
                "POST", target, body=body, headers=self._headers(letter, endpoint, now)
            )
        except ValueError:
            return Outcome(Fate.DEAD_ADDRESS, "the browser's keys are no keys")
        except NotSent as fault:
            return Outcome(Fate.REFUSED_FOR_NOW, _without_host(fault), provider_down=True)
        except InDoubt as fault:
            return Outcome(Fate.UNSURE, f"push service: {fault}", provider_down=True)
        return _read(answer, now)

    def _headers(self, letter: Letter, endpoint: str, now: datetime) -> Mapping[str, str]:
        life = (letter.not_after - now) if letter.not_after else _USUAL_LIFE
        pusher = self._pusher
        return {
            "Authorization": authorization(pusher.key, endpoint, contact=pusher.contact, now=now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(int(life.total_seconds()), 0)),
            "Topic": topic_of(letter),
            "Urgency": "high",
        }

    def _line(self, origin: str) -> HttpLine:
        if origin not in self._lines:
            only_public = not self._pusher.anywhere
            line = HttpLine(origin, only_public=only_public, patience=self._patience)
            self._lines[origin] = line
        return self._lines[origin]

    def close(self) -> None:
        """Let the connections go."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()


_BEST_FIRST = (Fate.SENT, Fate.UNSURE, Fate.REFUSED_FOR_NOW, Fate.REFUSED)


def _read(answer: Answer, now: datetime) -> Outcome:
    """What a push service's answer means (RFC 8030)."""
    status = answer.status
    if status in (200, 201, 202, 204):
        return Outcome(Fate.SENT, f"push service: HTTP {status}")
    if status in (404, 410):
        return Outcome(Fate.DEAD_ADDRESS, "the browser has gone")
    detail = f"push service: HTTP {status}"
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        return Outcome(Fate.REFUSED_FOR_NOW, detail, answer.wait(now))
    if 400 <= status < 500:
        return Outcome(Fate.REFUSED, detail)
    return Outcome(Fate.UNSURE, detail, provider_down=True)


def _without_host(fault: NotSent) -> str:
    """The fault alone: the host of a push service is a part of her browser's address."""
    return f"push service: {str(fault).partition(' at ')[0]}"[:100]


def topic_of(letter: Letter) -> str:
    """The Topic header (RFC 8030, 5.4): a later push for the same reason takes this one's place."""
    digest = hashlib.sha256((letter.topic or letter.id).encode()).digest()
    return base64.urlsafe_b64encode(digest)[:32].decode()


def payload_of(letter: Letter) -> bytes:
    """What the browser shows: that the clinic wrote, a tap that opens it, and nothing else."""
    notification = {
        "title": letter.subject,
        "body": letter.sms,
        "navigate": letter.link,
        "lang": letter.lang,
        "dir": "rtl" if letter.lang in _RTL else "ltr",
        "tag": topic_of(letter),
    }
    said = {"web_push": DECLARATIVE, "notification": notification}
    return json.dumps(said, ensure_ascii=False).encode()


def encrypt(plain: bytes, address: PushAddress) -> bytes:
    """A payload that only this browser can read. Raises ValueError if its keys are none."""
    if len(plain) > _RECORD_BYTES - 200:
        raise ValueError("a push holds no more than one record")
    theirs = unpadded(address.p256dh)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    mine = ec.generate_private_key(ec.SECP256R1())
    point, salt = public_bytes(mine.public_key()), os.urandom(_SALT_BYTES)
    shared = mine.exchange(ec.ECDH(), public)
    both = b"WebPush: info\x00" + theirs + point
    secret = _derived(shared, salt=unpadded(address.auth), info=both, length=32)
    key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    sealed = AESGCM(key).encrypt(nonce, plain + _LAST_RECORD, None)
    return salt + _RECORD_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point + sealed


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
