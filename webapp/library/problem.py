"""A rule that a content file breaks: which file, which line, and what to do about it.

May import: the standard library.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One broken rule. A warning is worth a look; anything else must be put right."""

    file: str
    line: int  # 1 is the first line
    check: str  # id of the rule, such as "fact-unknown"
    message: str
    remedy: str
    warning: bool = False

    def __str__(self) -> str:
        """One line as a compiler prints it, so that an editor can jump to the place."""
        grade = "warning" if self.warning else "error"
        return f"{self.file}:{self.line}: {grade} [{self.check}] {self.message} {self.remedy}"


class LibraryError(Exception):
    """Content that cannot be used, with every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of file and line."""
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
