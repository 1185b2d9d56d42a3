"""content/wording.yaml: words that may never reach a patient, by language.

May import: pydantic and this room.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, read_yaml


class BannedFile(Strict):
    """One rule of content/wording.yaml."""

    id: str
    remedy: str
    patterns: Mapping[str, tuple[str, ...]]


class WordingFile(Strict):
    """content/wording.yaml."""

    banned: tuple[BannedFile, ...]


@dataclass(frozen=True, slots=True)
class Ban:
    """One pattern that a language's words may not hold."""

    rule: str
    lang: str
    pattern: re.Pattern[str]
    remedy: str

    def found(self, text: str) -> str | None:
        """The words that break the rule, if any do."""
        match = self.pattern.search(folded(text))
        return match[0] if match else None


@lru_cache(maxsize=64)  # each text is searched for one ban after the other
def folded(text: str) -> str:
    """Lower case, Arabic vowel marks taken off, digits of any script as 0-9."""
    bare = (mark for mark in text.casefold() if not "\u064b" <= mark <= "\u0652")
    return "".join(str(unicodedata.digit(mark)) if mark.isdigit() else mark for mark in bare)


def load_bans(content: Path) -> tuple[Ban, ...]:
    """Every pattern of content/wording.yaml. Raises LibraryError."""
    path = content / "wording.yaml"
    return tuple(
        _ban(rule, lang, pattern, path)
        for rule in read_yaml(path, WordingFile).banned
        for lang, pattern in _pairs(rule)
    )


def _pairs(rule: BannedFile) -> Iterator[tuple[str, str]]:
    return ((lang, pattern) for lang, several in rule.patterns.items() for pattern in several)


def _ban(rule: BannedFile, lang: str, pattern: str, path: Path) -> Ban:
    try:
        return Ban(rule.id, lang, re.compile(pattern), rule.remedy)
    except re.error as fault:
        message = f"{rule.id}: {pattern!r} is not a regular expression: {fault}."
        remedy = "Correct the pattern."
        raise LibraryError([Problem(str(path), 1, "wording", message, remedy)]) from None
