"""content/figures/: each drawing with its words in each language.

May import: pydantic, the domain and this room. A figure's words are read as a topic's page is, so
that the same checks hold for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from webapp.domain.figure import Figure, FigureId, FigureWords
from webapp.library.figure_drawing import Drawing, Lettering, drawn, read_drawing
from webapp.library.problem import LibraryError, Problem
from webapp.library.sections import Section, read_sections
from webapp.library.topic_files import FrontMatter, PageSource
from webapp.library.yaml_model import line_at, parse_yaml, read_file


class FigureFile(FrontMatter):
    """A words.<lang>.yaml."""

    description: str = Field(min_length=1)  # for those who cannot see the drawing
    labels: dict[str, str]  # the words that stand in the drawing, by name
    says: str = Field(min_length=1)  # Markdown with fact markers: the same in sentences


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A figure's words in one language, as read."""

    page: PageSource
    said: Section
    file: FigureFile


@dataclass(frozen=True, slots=True)
class FigureSource:
    """A figure's folder as read."""

    id: FigureId
    file: str
    drawing: Drawing
    pages: Mapping[str, FigurePage]  # by language

    def words(self, lang: str) -> FigureWords:
        """The figure in one of its languages."""
        page = self.pages[lang]
        file = page.file
        lettering = Lettering(f"figure-{self.id}", file.title, file.description, file.labels)
        return FigureWords(
            figure=self.id,
            lang=lang,
            title=file.title,
            version=file.version,
            status=file.status,
            made_from=file.made_from,
            approved_by=file.approved_by or file.reviewed_by or "",
            approved_on=file.approved_on,
            svg=drawn(self.drawing, lettering),
            says=page.said.passage,
        )


@dataclass(frozen=True, slots=True)
class FigureShelf:
    """Every figure that could be read, and what could not."""

    sources: tuple[FigureSource, ...]
    problems: tuple[Problem, ...]


def load_figures(content: Path) -> FigureShelf:
    """Read every figure's folder. Faulty ones are left out and named in `problems`."""
    sources, problems = list[FigureSource](), list[Problem]()
    for folder in sorted(path for path in (content / "figures").glob("*") if path.is_dir()):
        try:
            sources.append(_read_figure(folder))
        except LibraryError as fault:
            problems.extend(fault.problems)
    return FigureShelf(tuple(sources), tuple(problems))


def figures(sources: Iterable[FigureSource]) -> dict[FigureId, Figure]:
    """The figures of the domain. Call only when the checks found no fault."""
    return {
        source.id: Figure(source.id, {lang: source.words(lang) for lang in source.pages})
        for source in sources
    }


def _read_figure(folder: Path) -> FigureSource:
    drawing = read_drawing(folder / "figure.svg")
    files = sorted(folder.glob("words.*.yaml"))
    pages = {path.suffixes[0].removeprefix("."): _read_words(path) for path in files}
    return FigureSource(FigureId(folder.name), drawing.file, drawing, pages)


def _read_words(path: Path) -> FigurePage:
    text = read_file(path, check="figure-file")
    file = parse_yaml(text, FigureFile, file=str(path))
    said = read_sections(file.says, 1 + line_at(text, ("says",)))
    page = PageSource(str(path), path.suffixes[0].removeprefix("."), file, said, ())
    return FigurePage(page, said[0], file)
