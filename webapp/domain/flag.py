"""What a rule found, and how grave it is.

May import: the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How soon a human is needed (topics.md, 2). Ordered by `rank`, gravest first."""

    URGENT = "urgent"
    SOON = "soon"
    WATCH = "watch"

    @property
    def rank(self) -> int:
        """0 for urgent, 1 for soon, 2 for watch: sorts the gravest first."""
        return _RANKS[self]


_RANKS = {Severity.URGENT: 0, Severity.SOON: 1, Severity.WATCH: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds for one report, with the numbers that made it hold."""

    pod: int
    rule: str
    rule_version: int
    severity: Severity
    because: str  # English, for clinicians, with the numbers in it
    advice: str  # topic id that the patient is shown
    numbers: Mapping[str, float | str | None] = field(default_factory=dict)
