"""What makes a password too easy: too short, a pattern, a known one, or the person herself.

May import: the standard library. Length first, a blocklist, and no rule about kinds of signs
(NIST 800-63B-4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST = 15  # letters
LONGEST = 256  # letters: more is only work for the hash
_FEWEST_KINDS = 6  # different letters
_LEFT_OVER = 8  # letters that must remain once the person's own words are taken out
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1234567890")
_KNOWN = frozenset(
    (
        "administrator",
        "changemechangeme",
        "clinicpassword",
        "correcthorsebatterystaple",
        "hospitalpassword",
        "iloveyouiloveyou",
        "letmeinletmein",
        "mypasswordissecret",
        "opensesameopensesame",
        "passwordforclinic",
        "quietnervesgrowback",  # the demo's
        "supersecretpassword",
        "thisismypassword",
        "trustnooneatall",
        "welcometothejungle",
    )
)


def fault_in(password: str, about: Iterable[str] = ()) -> str | None:
    """Why a password cannot be used, as a code; None if it can.

    `about` is what anybody knows of the person: her name, her e-mail address, her clinic.
    """
    if len(password) < SHORTEST:
        return "too-short"
    if len(password) > LONGEST:
        return "too-long"
    plain = _plain(password)
    if _is_known(plain) or _is_pattern(plain):
        return "easy-to-guess"
    return "about-you" if _says_who(plain, about) else None


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _is_known(plain: str) -> bool:
    return plain in _KNOWN or plain.rstrip("0123456789") in _KNOWN


def _is_pattern(plain: str) -> bool:
    """One piece again and again, a run along the keyboard, or hardly any different letters."""
    repeated = re.fullmatch(r"(.{1,12}?)\1+\d*", plain) is not None
    along = any(plain in row * 3 or plain in row[::-1] * 3 for row in _ROWS)
    return repeated or along or len(set(plain)) < _FEWEST_KINDS


def _says_who(plain: str, about: Iterable[str]) -> bool:
    """Whether little is left of a password without the words that stand for the person."""
    words = {_plain(word) for text in about for word in re.split(r"[\s@.,_-]+", text)}
    for word in sorted((word for word in words if len(word) > 2), key=len, reverse=True):
        plain = plain.replace(word, "")
    return len(plain) < _LEFT_OVER
