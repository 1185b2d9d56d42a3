"""Every rule for content, run over a content folder: what `thaw check-content` prints.

May import: the domain and this room.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from webapp.domain.topic import FactId
from webapp.library import topic_checks, word_checks
from webapp.library.emergency_files import number_problems
from webapp.library.figure_checks import check_figure_words
from webapp.library.message_checks import check_texts
from webapp.library.problem import LibraryError, Problem
from webapp.library.reading_grade import ReadabilityFile, load_readability
from webapp.library.shelf import Stock, take_stock
from webapp.library.teach_back_checks import check_teach_back_memory, check_teach_back_words
from webapp.library.topic_files import PageSource, TopicSource
from webapp.library.wording_files import Ban, load_bans


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What words are measured with."""

    from_memory: Collection[FactId]  # facts that a clinician has yet to check
    bans: tuple[Ban, ...]
    readability: ReadabilityFile


def check(content: Path, today: date, *, complete: bool = False) -> tuple[Problem, ...]:
    """Every problem of a content folder, by file and line.

    `complete` makes a topic that nobody has written yet an error instead of a warning.
    """
    return check_stock(take_stock(content), content, today, complete=complete)


def check_stock(
    stock: Stock, content: Path, today: date, *, complete: bool = False
) -> tuple[Problem, ...]:
    """The same for a folder that has been read."""
    found = [*stock.problems(), *_list_problems(stock, content, complete=complete)]
    for messages in stock.messages.found:
        found += check_texts(messages, str(content / "messages"))
    for telephones in stock.telephones.found:
        found += number_problems(telephones, str(content / "emergency.yaml"))
    try:
        yardstick = Yardstick(_from_memory(stock), load_bans(content), load_readability(content))
    except LibraryError as fault:
        return tuple(sorted({*found, *fault.problems}))
    found += check_figure_words(stock.figures, yardstick.bans, yardstick.readability)
    found += check_teach_back_words(stock.teach_back, yardstick.bans, yardstick.readability)
    found += check_teach_back_memory(stock.teach_back, yardstick.from_memory)
    for source in stock.topics.sources:
        found += topic_checks.check_topic_facts(source)
        found += topic_checks.check_same_facts(source)
        found += topic_checks.check_review_by(source, today)
        for page in source.pages.values():
            found += _page_problems(source, page, yardstick)
    return tuple(sorted(set(found)))


def _from_memory(stock: Stock) -> Collection[FactId]:
    """The facts that nothing but memory stands behind."""
    every = stock.facts.value if stock.facts.found else {}
    return {id_ for id_, fact in every.items() if fact.is_memory_only}


def _list_problems(stock: Stock, content: Path, *, complete: bool) -> Iterator[Problem]:
    """Where the reading list and the folders disagree."""
    file = str(content / "topics" / "index.yaml")
    written = {source.head.id for source in stock.topics.sources}
    groups = stock.topics.groups
    return topic_checks.check_index(groups, written, file=file, complete=complete)


def _page_problems(source: TopicSource, page: PageSource, by: Yardstick) -> Iterator[Problem]:
    """How one page reads."""
    yield from topic_checks.check_memory(page, by.from_memory)
    yield from word_checks.check_length(page, by.readability.limits)
    yield from word_checks.check_opening(source, page)
    yield from word_checks.check_bans(page, by.bans)
    yield from word_checks.check_reading(page, by.readability)
