"""content/topics/: each topic's own file, its words in each language, and the reading list.

May import: pydantic, the domain and this room. What is read here keeps its file and lines, so
that the checks can point at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field

from webapp.domain.topic import (
    FactId,
    Phase,
    Status,
    Topic,
    TopicGroup,
    TopicId,
    TopicWords,
    Urgency,
)
from webapp.library.languages import Words
from webapp.library.problem import LibraryError, Problem
from webapp.library.sections import ASK, MORE, PASSAGE, WHEN_TO_CALL, Section, read_sections
from webapp.library.yaml_model import Strict, parse_yaml, read_file, read_yaml

Found = TypeVar("Found")
TopicKey = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")


class TopicFile(Strict):
    """topic.yaml: what is the same in every language."""

    id: str = TopicKey
    urgency: Urgency
    phases: tuple[Phase, ...] = Field(min_length=1)
    pathways: tuple[str, ...] = Field(min_length=1)
    needs: Literal["pump"] | None
    facts: tuple[str, ...] = Field(min_length=1)
    review_by: date
    figures: tuple[str, ...] = ()


class FrontMatter(Strict):
    """What stands between the two --- lines of a <lang>.md."""

    title: str = Field(min_length=1)
    version: int = Field(ge=1)
    status: Status
    made_from: int | None
    reviewed_by: str | None
    approved_by: str | None
    approved_on: date | None


class GroupFile(Strict):
    """One group of the reading list."""

    id: str = TopicKey
    titles: Words
    topics: tuple[str, ...] = Field(min_length=1)


class IndexFile(Strict):
    """content/topics/index.yaml: every topic there should be, in order."""

    groups: tuple[GroupFile, ...]


@dataclass(frozen=True, slots=True)
class PageSource:
    """A <lang>.md as read, with its lines."""

    file: str
    lang: str
    front: FrontMatter
    sections: tuple[Section, ...]
    asks: tuple[str, ...]

    def section(self, heading: str) -> Section | None:
        """The section under a heading, if it is there."""
        return next((part for part in self.sections if part.heading == heading), None)


@dataclass(frozen=True, slots=True)
class TopicSource:
    """A topic's folder as read."""

    file: str
    head: TopicFile
    pages: dict[str, PageSource]


@dataclass(frozen=True, slots=True)
class TopicShelf:
    """Everything under content/topics/ that could be read, and what could not."""

    groups: tuple[TopicGroup, ...]
    sources: tuple[TopicSource, ...]
    problems: tuple[Problem, ...]


def load_topics(content: Path) -> TopicShelf:
    """Read every topic folder. Faulty files are left out and named in `problems`."""
    problems: list[Problem] = []
    groups = _attempt(problems, lambda: _read_index(content / "topics" / "index.yaml"))
    folders = sorted(path for path in (content / "topics").glob("*") if path.is_dir())
    sources = [_read_topic(folder, problems) for folder in folders]
    return TopicShelf(groups or (), tuple(source for source in sources if source), tuple(problems))


def topics(sources: Iterable[TopicSource]) -> tuple[Topic, ...]:
    """The topics of the domain. Call only when the shape checks found no fault."""
    return tuple(_topic(source) for source in sources)


def _attempt(problems: list[Problem], read: Callable[[], Found]) -> Found | None:
    """What `read` returns, or None with its problems kept."""
    try:
        return read()
    except LibraryError as fault:
        problems.extend(fault.problems)
        return None


def _read_index(path: Path) -> tuple[TopicGroup, ...]:
    index = read_yaml(path, IndexFile)
    return tuple(
        TopicGroup(group.id, group.titles.by_language(), tuple(map(TopicId, group.topics)))
        for group in index.groups
    )


def _read_topic(folder: Path, problems: list[Problem]) -> TopicSource | None:
    file = folder / "topic.yaml"
    head = _attempt(problems, lambda: read_yaml(file, TopicFile))
    pages = {
        path.stem: page
        for path in sorted(folder.glob("*.md"))
        if (page := _attempt(problems, partial(read_page, path))) is not None
    }
    return TopicSource(str(file), head, pages) if head is not None else None


def read_page(path: Path) -> PageSource:
    """One <lang>.md with the <lang>.asks.txt beside it. Raises LibraryError."""
    front, body, body_line = _split(read_file(path, check="page-file"), str(path))
    return PageSource(
        file=str(path),
        lang=path.stem,
        front=parse_yaml(front, FrontMatter, file=str(path), first_line=2),
        sections=read_sections(body, body_line),
        asks=_read_asks(path.with_suffix(".asks.txt")),
    )


def _split(text: str, file: str) -> tuple[str, str, int]:
    """Front matter, body, and the line on which the body begins."""
    lines = text.splitlines()
    ends = [number for number, line in enumerate(lines) if line.strip() == "---"]
    if len(ends) < 2 or ends[0] != 0:
        message = "There is no front matter."
        remedy = "Begin with a line ---, the seven keys, and a second line ---."
        raise LibraryError([Problem(file, 1, "front-matter", message, remedy)])
    front, body = lines[1 : ends[1]], lines[ends[1] + 1 :]
    return "\n".join(front), "\n".join(body), ends[1] + 2


def _read_asks(path: Path) -> tuple[str, ...]:
    """The ways people ask, one a line; none if nobody has written them yet."""
    if not path.exists():
        return ()
    lines = (line.strip() for line in read_file(path, check="asks-file").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _topic(source: TopicSource) -> Topic:
    head = source.head
    return Topic(
        id=TopicId(head.id),
        urgency=head.urgency,
        phases=head.phases,
        pathways=head.pathways,
        needs=head.needs,
        facts=tuple(map(FactId, head.facts)),
        review_by=head.review_by,
        words={lang: _words(TopicId(head.id), page) for lang, page in source.pages.items()},
        figures=head.figures,
    )


def _words(topic: TopicId, page: PageSource) -> TopicWords:
    front = page.front
    passages = {part.heading: part.passage for part in page.sections}
    return TopicWords(
        topic=topic,
        lang=page.lang,
        title=front.title,
        version=front.version,
        status=front.status,
        made_from=front.made_from,
        reviewed_by=front.reviewed_by or "",
        approved_by=front.approved_by or "",
        approved_on=front.approved_on,
        passage=passages[PASSAGE],
        when_to_call=passages[WHEN_TO_CALL],
        more=passages.get(MORE),
        ask_your_team=passages.get(ASK),
        asks=page.asks,
    )
