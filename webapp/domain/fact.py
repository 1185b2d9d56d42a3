"""A fact: one numbered statement that patient words rest on, and where it comes from.

May import: the standard library and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.topic import FactId


class Mark(StrEnum):
    """How a fact is known, from an original paper down to somebody's memory."""

    SEED = "seed"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    MEMORY = "memory"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Source:
    """A paper or page; `doi` or `url` may be empty where none was found."""

    id: str
    title: str
    doi: str = ""
    url: str = ""

    @property
    def link(self) -> str:
        """Where a reader can look it up; empty if nowhere."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as the clinical sheet states it."""

    id: FactId
    text: str
    marks: tuple[Mark, ...]
    sources: tuple[Source, ...]
    needs_clinician_check: bool  # some part of it is from memory

    @property
    def is_memory_only(self) -> bool:
        """True if nothing but memory stands behind it."""
        return set(self.marks) == {Mark.MEMORY}
