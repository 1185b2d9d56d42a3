"""content/facts.yaml and content/sources.yaml: what patient words rest on.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from webapp.domain.fact import Fact, Mark, Source
from webapp.domain.topic import FactId
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, read_yaml


class SourceFile(Strict):
    """One source: a paper, a guideline or a page."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    doi: str = ""
    url: str = Field(default="", pattern=r"^(https://\S+)?$")


class SourcesFile(Strict):
    """content/sources.yaml."""

    sources: tuple[SourceFile, ...]


class FactFile(Strict):
    """One fact of content/facts.yaml."""

    id: str = Field(pattern=r"^F[1-9]\d*$")
    text: str = Field(min_length=1)
    marks: tuple[Mark, ...] = Field(min_length=1)
    needs_clinician_check: bool = False
    sources: tuple[str, ...] = ()


class FactsFile(Strict):
    """content/facts.yaml: the facts, and whether a clinician has signed them."""

    reviewed_by: str | None
    facts: tuple[FactFile, ...]


def load_facts(content: Path) -> dict[FactId, Fact]:
    """Every fact by id, with its sources. Raises LibraryError."""
    sources = load_sources(content)
    path = content / "facts.yaml"
    rows = read_yaml(path, FactsFile).facts
    problems = _problems(rows, sources, str(path))
    if problems:
        raise LibraryError(problems)
    return {FactId(row.id): _fact(row, sources) for row in rows}


def load_sources(content: Path) -> dict[str, Source]:
    """Every source by id. Raises LibraryError."""
    rows = read_yaml(content / "sources.yaml", SourcesFile).sources
    return {row.id: Source(row.id, row.title, row.doi, row.url) for row in rows}


def _problems(rows: tuple[FactFile, ...], sources: dict[str, Source], file: str) -> list[Problem]:
    """Ids that are used twice, sources that do not exist, memory without its warning."""
    found, seen = list[Problem](), set[str]()
    for row in rows:
        if row.id in seen:
            found.append(Problem(file, 1, "fact-twice", f"{row.id} stands twice.", "Keep one."))
        seen.add(row.id)
        for source in (id_ for id_ in row.sources if id_ not in sources):
            message = f"{row.id} names the source {source!r}, which is not there."
            remedy = "Add it to content/sources.yaml, or correct the id."
            found.append(Problem(file, 1, "source-unknown", message, remedy))
        if Mark.MEMORY in row.marks and not row.needs_clinician_check:
            message = f"{row.id} is from memory but not marked needs_clinician_check."
            found.append(Problem(file, 1, "memory", message, "Set needs_clinician_check: true."))
    return found


def _fact(row: FactFile, sources: dict[str, Source]) -> Fact:
    return Fact(
        id=FactId(row.id),
        text=row.text,
        marks=row.marks,
        sources=tuple(sources[id_] for id_ in row.sources),
        needs_clinician_check=row.needs_clinician_check,
    )
