"""What a figure must keep: safe shapes, every word in every language, facts behind what it says.

May import: the domain and this room. Its sentences are judged as a topic's are, by the same checks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from webapp.domain.topic import ENGLISH, FactId
from webapp.library.figure_drawing import drawing_problems, too_wide
from webapp.library.figure_files import FigurePage, FigureShelf, FigureSource
from webapp.library.languages import LANGUAGES
from webapp.library.problem import Problem
from webapp.library.reading_grade import ReadabilityFile
from webapp.library.shape_checks import (
    check_facts,
    check_front,
    check_markers,
    check_placeholders,
    check_translation,
)
from webapp.library.topic_files import PageSource, TopicSource
from webapp.library.word_checks import check_bans, check_reading
from webapp.library.wording_files import Ban


def figure_problems(shelf: FigureShelf, facts: Collection[FactId]) -> Iterator[Problem]:
    """What keeps a site from starting; `facts` are the ids there are."""
    for source in shelf.sources:
        yield from drawing_problems(source.drawing)
        yield from check_languages(source)
        for words in source.pages.values():
            yield from check_labels(source, words)
            yield from check_front(words.page)
            yield from check_translation(words.page, _english(source))
            yield from check_markers(words.said, words.page.file)
            yield from check_facts(words.page, facts)
            yield from check_placeholders(words.page)


def figure_links(topics: Sequence[TopicSource], shelf: FigureShelf) -> Iterator[Problem]:
    """Every figure that a topic shows is drawn."""
    known = {source.id for source in shelf.sources}
    for topic in topics:
        for figure in sorted(set(topic.head.figures) - known):
            message = f"There is no figure {figure}."
            remedy = f"Draw content/figures/{figure}/figure.svg, or take it off the list."
            yield Problem(topic.file, 1, "figure-missing", message, remedy)


def check_languages(source: FigureSource) -> Iterator[Problem]:
    """A figure speaks every language, and rests on the same facts in each."""
    english = source.pages.get(ENGLISH)
    for lang in LANGUAGES:
        if lang not in source.pages:
            message = f"There are no words in {lang!r}."
            yield Problem(source.file, 1, "figure-words", message, f"Write words.{lang}.yaml.")
        elif english and set(_facts(source.pages[lang])) != set(_facts(english)):
            message = "It rests on other facts than the English words."
            file = source.pages[lang].page.file
            yield Problem(file, 1, "facts-differ", message, "Say the same in both.")


def check_labels(source: FigureSource, words: FigurePage) -> Iterator[Problem]:
    """The drawing's labels are all there, none is left over, and each has room."""
    given, needed = set(words.file.labels), source.drawing.labels
    for label in sorted(needed ^ given):
        message = f"The label {label} is {'missing' if label in needed else 'not in the drawing'}."
        yield Problem(words.page.file, 1, "figure-label", message, "Make the two agree.")
    for label in too_wide(source.drawing, words.file.labels):
        message = f"The label {label} runs over the edge of the drawing."
        yield Problem(words.page.file, 1, "figure-label", message, "Use fewer letters.")


def check_figure_words(
    shelf: FigureShelf, bans: Sequence[Ban], readability: ReadabilityFile
) -> Iterator[Problem]:
    """No promise, no dose and no hard words in a figure, wherever in it they stand."""
    for source in shelf.sources:
        for words in source.pages.values():
            yield from check_bans(words.page, bans)
            yield from check_reading(words.page, readability)
            yield from _banned_in_the_drawing(words, bans)


def _banned_in_the_drawing(words: FigurePage, bans: Sequence[Ban]) -> Iterator[Problem]:
    for text in (words.file.description, *words.file.labels.values()):
        for ban in bans:
            if ban.lang == words.page.lang and (found := ban.found(text)):
                message = f"It says {found!r}."
                yield Problem(words.page.file, 1, f"banned-{ban.rule}", message, ban.remedy)


def _facts(words: FigurePage) -> tuple[FactId, ...]:
    return words.said.passage.facts


def _english(source: FigureSource) -> PageSource | None:
    english = source.pages.get(ENGLISH)
    return english.page if english else None
