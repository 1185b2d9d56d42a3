"""Sealing: names, contacts and free text are unreadable without a key kept outside the database.

May import: cryptography, private_file and the standard library. Each patient has a key of her own,
wrapped by the master key; destroying that one wrapped key erases her words everywhere, backups
included.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.private_file import write_once

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"


class SealBroken(Exception):
    """Sealed bytes do not belong to this key, table and column, or have been altered."""


class KeyFileWrong(Exception):
    """The master key file is missing, unreadable or not a key."""


def read_or_create_master_key(path: Path) -> bytes:
    """The 32-byte master key at `path`; made (mode 600) if the file does not exist yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_once(path, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
    return read_master_key(path)


def read_master_key(path: Path) -> bytes:
    """The 32-byte master key at `path`. Raises `KeyFileWrong` with the remedy."""
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except FileNotFoundError:
        raise KeyFileWrong(
            f"There is no key file at {path}: restore it from safe-keeping."
        ) from None
    except (OSError, ValueError) as fault:
        raise KeyFileWrong(f"The key file {path} cannot be read: {fault}.") from fault
    if len(key) != KEY_BYTES:
        raise KeyFileWrong(f"The key file {path} does not hold a 32-byte key in base64.")
    return key


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens bytes under one key, authenticated with the place they are kept in."""

    cipher: AESGCM = field(repr=False)

    def seal(self, place: str, words: str) -> bytes:
        """Seal text for one place, such as `patient_secret.name`."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self.cipher.encrypt(nonce, words.encode(), place.encode())

    def open(self, place: str, sealed: bytes) -> str:
        """Open what `seal` made for the same place. Raises `SealBroken` otherwise."""
        return self._open_bytes(place, sealed).decode()

    def _open_bytes(self, place: str, sealed: bytes) -> bytes:
        sealed = bytes(sealed)
        if sealed[:1] != _FORMAT:
            raise SealBroken(f"{place} holds something that was never sealed")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self.cipher.decrypt(nonce, body, place.encode())
        except InvalidTag:
            raise SealBroken(f"{place} was altered, or sealed under another key") from None


class Keyring:
    """Everything that is derived from the master key: one key for each purpose."""

    def __init__(self, master_key: bytes) -> None:
        self._wrapping = AESGCM(_derive(master_key, "wrap patient keys"))
        self._marking = _derive(master_key, "mark contacts")
        self.audit_key = _derive(master_key, "chain audit rows")
        self.session_key = _derive(master_key, "sign sessions")
        self.own = Seal(AESGCM(_derive(master_key, "seal staff secrets")))
        self._seals = lru_cache(maxsize=4096)(self._unwrap)

    def new_wrapped_key(self, patient_id: str) -> bytes:
        """A fresh key for one patient, wrapped by the master key and bound to her id."""
        nonce = os.urandom(_NONCE_BYTES)
        key = os.urandom(KEY_BYTES)
        return _FORMAT + nonce + self._wrapping.encrypt(nonce, key, patient_id.encode())

    def seal_of(self, patient_id: str, wrapped: bytes) -> Seal:
        """The seal of one patient. Raises `SealBroken` if the wrapped key is another's."""
        return self._seals(patient_id, bytes(wrapped))

    def _unwrap(self, patient_id: str, wrapped: bytes) -> Seal:
        return Seal(AESGCM(Seal(self._wrapping)._open_bytes(patient_id, wrapped)))

    def mark(self, *words: str) -> str:
        """A keyed fingerprint that finds a duplicate without storing what was compared."""
        text = "\x1f".join(word.strip().casefold() for word in words)
        return hmac.new(self._marking, text.encode(), hashlib.sha256).hexdigest()


def _derive(master_key: bytes, purpose: str) -> bytes:
    """A separate key for each purpose (HKDF-SHA256), so that none can stand in for another."""
    hkdf = HKDF(
        algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"thaw {purpose}".encode()
    )
    return hkdf.derive(master_key)
