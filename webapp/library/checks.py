"""Every rule for content, run over a content folder: what `thaw check-content` prints.

May import: the domain and this room. `python -m webapp.library.checks` prints the problems too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from webapp.domain.fact import Fact
from webapp.domain.topic import FactId
from webapp.library import topic_checks, word_checks
from webapp.library.fact_files import load_facts
from webapp.library.problem import LibraryError, Problem
from webapp.library.reading_grade import ReadabilityFile, load_readability
from webapp.library.shape_checks import shape_problems
from webapp.library.topic_files import PageSource, TopicSource, load_topics
from webapp.library.wording_files import Ban, load_bans


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What topics are measured with: facts, banned words and reading limits."""

    facts: dict[FactId, Fact]
    bans: tuple[Ban, ...]
    readability: ReadabilityFile


def check(content: Path, today: date, *, complete: bool = False) -> tuple[Problem, ...]:
    """Every problem of a content folder, by file and line.

    `complete` makes a topic that nobody has written yet an error instead of a warning.
    """
    try:
        yardstick = Yardstick(load_facts(content), load_bans(content), load_readability(content))
    except LibraryError as fault:
        return fault.problems
    shelf = load_topics(content)
    index = str(content / "topics" / "index.yaml")
    found = [
        *shelf.problems,
        *shape_problems(shelf, yardstick.facts),
        *topic_checks.check_index(
            shelf.groups, {s.head.id for s in shelf.sources}, file=index, complete=complete
        ),
    ]
    for source in shelf.sources:
        found += topic_checks.check_topic_facts(source)
        found += topic_checks.check_review_by(source, today)
        for page in source.pages.values():
            found += _page_problems(source, page, yardstick)
    return tuple(sorted(set(found)))


def _page_problems(source: TopicSource, page: PageSource, by: Yardstick) -> Iterator[Problem]:
    """How one page reads."""
    unchecked = {id_ for id_, fact in by.facts.items() if fact.is_memory_only}
    yield from topic_checks.check_memory(page, unchecked)
    yield from word_checks.check_length(page, by.readability.limits)
    yield from word_checks.check_opening(source, page)
    yield from word_checks.check_bans(page, by.bans)
    yield from word_checks.check_reading(page, by.readability)


if __name__ == "__main__":
    problems = check(Path("content"), datetime.now(UTC).date())
    print(*problems, sep="\n")
    sys.exit(any(not problem.warning for problem in problems))
