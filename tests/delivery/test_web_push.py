"""A push is read by nobody but the browser that it is for: checked with a receiver of our own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.delivery.fakes import Asked, Reply, provider
from webapp.delivery.channel import Browser, Fate, Letter
from webapp.delivery.http_line import Patience
from webapp.delivery.vapid import VapidKeyWrong, public_text, read_or_create_vapid_key
from webapp.delivery.web_push import Pusher, PushSender, encrypt, payload_of
from webapp.domain.push import PushAddress, is_public, padless, read_push_address, unpadded

QUICK = Patience(connect=1, silence=0.3, whole=0.6)
LETTER = Letter(
    id="m1",
    to="",
    subject="رسالة من عيادتك",
    text="",
    sms="اضغط لفتحها.",
    lang="ar",
    link="https://thaw.example.org/ar/check-in/abc",
    not_after=datetime.now(UTC) + timedelta(hours=2),
    topic="check-in:p:2026-11-21:push",
)


def hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 by hand, one block: nothing is shared with the code under test."""
    key = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()[:length]


class Phone:
    """A browser with keys of its own that opens what is pushed to it (RFC 8188, RFC 8291)."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"sixteen bytes ok"
        point = serialization.PublicFormat.UncompressedPoint
        self.public = self.key.public_key().public_bytes(serialization.Encoding.X962, point)

    def address(self, endpoint: str) -> PushAddress:
        return PushAddress(endpoint, padless(self.public), padless(self.auth))

    def read(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), sender)
        secret = hkdf(self.auth, shared, b"WebPush: info\x00" + self.public + theirs, 32)
        key = hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\x02")
        return plain[:-1]


@pytest.fixture
def pusher(tmp_path: Path) -> Pusher:
    key = read_or_create_vapid_key(tmp_path / "vapid.key")
    return Pusher(key, "mailto:care@example.org", anywhere=True)


def push(pusher: Pusher, url: str, *phones: Phone) -> tuple[object, PushSender]:
    browsers = tuple(
        Browser(str(place), phone.address(f"{url}/send/{place}"))
        for place, phone in enumerate(phones)
    )
    sender = PushSender(pusher, QUICK)
    outcome = sender.send(Letter(**{**_fields(LETTER), "browsers": browsers}))
    sender.close()
    return outcome, sender


def _fields(letter: Letter) -> dict[str, object]:
    return {name: getattr(letter, name) for name in Letter.__slots__}


def test_only_her_own_browser_reads_it_and_it_says_nothing_of_her(pusher: Pusher) -> None:
    phone = Phone()
    with provider(lambda _: Reply(201)) as service:
        outcome, _ = push(pusher, service.url, phone)
    assert outcome.fate is Fate.SENT  # type: ignore[attr-defined]
    said = json.loads(phone.read(service.asked[0].body))
    assert said == json.loads(payload_of(LETTER))
    shown = said["notification"]
    assert (shown["title"], shown["dir"], shown["navigate"]) == (LETTER.subject, "rtl", LETTER.link)
    with pytest.raises(Exception, match=r".*"):
        Phone().read(service.asked[0].body)


def test_the_example_of_the_rfc_is_read_back() -> None:
    """RFC 8291, appendix A: our receiver opens the standard's own message."""
    phone = Phone()
    private = int.from_bytes(unpadded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    phone.key = ec.derive_private_key(private, ec.SECP256R1())
    phone.auth = unpadded("BTBZMqHH6r4Tts7J_aSIgg")
    point = serialization.PublicFormat.UncompressedPoint
    phone.public = phone.key.public_key().public_bytes(serialization.Encoding.X962, point)
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc"
        "InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV"
        "WGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert phone.read(unpadded(body)) == b"When I grow up, I want to be a watermelon"


def test_the_headers_say_how_long_it_is_of_use_and_what_it_replaces(pusher: Pusher) -> None:
    with provider(lambda _: Reply(201)) as service:
        push(pusher, service.url, Phone())
        push(pusher, service.url, Phone())
    one, two = (asked.headers for asked in service.asked)
    assert one["content-encoding"] == "aes128gcm"
    assert LETTER.not_after is not None
    left = (LETTER.not_after - datetime.now(UTC)).total_seconds()
    assert left - 2 <= int(one["ttl"]) <= left + 60
    assert one["topic"] == two["topic"] and len(one["topic"]) <= 32
    assert LETTER.topic not in str(one)


def test_the_push_service_can_tell_who_sends(pusher: Pusher) -> None:
    with provider(lambda _: Reply(201)) as service:
        push(pusher, service.url, Phone())
    scheme, given = service.asked[0].headers["authorization"].split(" ", 1)
    parts = dict(part.strip().split("=", 1) for part in given.split(","))
    assert (scheme, parts["k"]) == ("vapid", public_text(pusher.key))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(unpadded(head)) == {"typ": "JWT", "alg": "ES256"}
    said = json.loads(unpadded(claims))
    assert said["aud"] == service.url and said["sub"] == "mailto:care@example.org"
    assert 0 < said["exp"] - datetime.now(UTC).timestamp() <= 24 * 3600
    raw = unpadded(signature)
    assert len(raw) == 64
    pair = encode_dss_signature(*(int.from_bytes(raw[at : at + 32], "big") for at in (0, 32)))
    signed = f"{head}.{claims}".encode()
    pusher.key.public_key().verify(pair, signed, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        (Reply(201), Fate.SENT),
        (Reply(429, b"", {"Retry-After": "60"}), Fate.REFUSED_FOR_NOW),
        (Reply(413), Fate.REFUSED),
        (Reply(500), Fate.UNSURE),
        (Reply(hang=0.5), Fate.UNSURE),
        (Reply(cut=True), Fate.UNSURE),
        (Reply(307, b"", {"Location": "http://127.0.0.1:1/"}), Fate.UNSURE),
    ],
)
def test_what_a_push_service_says_is_believed(pusher: Pusher, reply: Reply, fate: Fate) -> None:
    with provider(lambda _: reply) as service:
        outcome, _ = push(pusher, service.url, Phone())
    assert outcome.fate is fate  # type: ignore[attr-defined]
    assert "127.0.0.1" not in outcome.detail  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_gone_is_named_and_the_others_get_it(
    pusher: Pusher, status: int
) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(status if asked.path.endswith("0") else 201)

    with provider(answer) as service:
        outcome, _ = push(pusher, service.url, Phone(), Phone())
        alone, _ = push(pusher, service.url, Phone())
    assert (outcome.fate, outcome.gone) == (Fate.SENT, ("0",))  # type: ignore[attr-defined]
    assert (alone.fate, alone.gone) == (Fate.REFUSED, ("0",))  # type: ignore[attr-defined]


def test_no_private_address_is_ever_called(pusher: Pusher) -> None:
    closed = Pusher(pusher.key, pusher.contact)
    with provider(lambda _: Reply(201)) as service:
        for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0"):
            url = f"http://{host}:{service.port}"
            outcome, _ = push(closed, url, Phone())
            assert outcome.fate is Fate.REFUSED_FOR_NOW  # type: ignore[attr-defined]
    assert service.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        *("10.1.2.3", "172.16.0.1", "192.168.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1"),
        *("::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "0.0.0.0", "224.0.0.1"),
        "255.255.255.255",
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    assert not is_public(address)
    assert is_public("93.184.216.34") and is_public("2606:2800:220:1:248:1893:25c8:1946")


def test_the_key_is_made_once_kept_private_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "vapid.key"
    first = public_text(read_or_create_vapid_key(path))
    assert public_text(read_or_create_vapid_key(path)) == first
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("rubbish")
    with pytest.raises(VapidKeyWrong):
        read_or_create_vapid_key(path)


def test_keys_that_are_no_keys_and_payloads_too_long_are_refused() -> None:
    phone = Phone()
    with pytest.raises(ValueError, match="record"):
        encrypt(b"x" * 5000, phone.address("https://push.example.net/x"))
    off_the_curve = base64.urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode()
    sent = {"endpoint": "https://push.example.net/x", "keys": {"p256dh": off_the_curve}}
    sent["keys"]["auth"] = padless(phone.auth)  # type: ignore[index]
    with pytest.raises(ValueError, match=r".*"):
        encrypt(b"x", read_push_address(sent))
