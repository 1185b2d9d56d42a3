"""Tokens: random words that open one thing, and the fingerprints under which they are kept.

May import: the standard library. A token is never stored: whoever reads the database cannot
use what it finds there.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import string
from typing import NewType

Token = NewType("Token", str)

_LETTERS = string.ascii_letters + string.digits
TOKEN_LENGTH = 22  # 22 letters of 62 are 131 random bits (reliability.md, case 3)
_FAIR = 256 - 256 % len(_LETTERS)  # bytes from here on would make some letters likelier
_UNFAIR = bytes(range(_FAIR, 256))
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
_LETTER_OF = bytes(ord(_LETTERS[byte % len(_LETTERS)]) for byte in range(256))


def new_token() -> Token:
    """A fresh random token of 131 bits that is safe in an address."""
    letters = b""
    while len(letters) < TOKEN_LENGTH:
        letters += secrets.token_bytes(2 * TOKEN_LENGTH).translate(_LETTER_OF, _UNFAIR)
    return Token(letters[:TOKEN_LENGTH].decode())


def new_id() -> str:
    """A name that nothing else has: a random UUID (RFC 9562, version 4), as `uuid4` makes them.

    For batches: it takes a third as long, which is more than storing the row that it names.
    """
    digits = os.urandom(16).hex()
    variant = _VARIANT[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def fingerprint(token: str) -> str:
    """What is stored in a token's place (SHA-256, hex)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def looks_like_token(text: str) -> bool:
    """Whether text has the shape of a token: saves asking the database about rubbish."""
    return len(text) == TOKEN_LENGTH and all(letter in _LETTERS for letter in text)
