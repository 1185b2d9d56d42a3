"""Tokens: random words that open one thing, and the fingerprints under which they are kept.

May import: the standard library. A token is never stored: whoever reads the database cannot
use what it finds there.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from typing import NewType

Token = NewType("Token", str)

_LETTERS = string.ascii_letters + string.digits
TOKEN_LENGTH = 22  # 22 letters of 62 are 131 random bits (reliability.md, case 3)


def new_token() -> Token:
    """A fresh random token of 131 bits that is safe in an address."""
    return Token("".join(secrets.choice(_LETTERS) for _ in range(TOKEN_LENGTH)))


def fingerprint(token: str) -> str:
    """What is stored in a token's place (SHA-256, hex)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def looks_like_token(text: str) -> bool:
    """Whether text has the shape of a token: saves asking the database about rubbish."""
    return len(text) == TOKEN_LENGTH and all(letter in _LETTERS for letter in text)
