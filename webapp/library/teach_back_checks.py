"""The questions about the reading must name pages and facts that exist, and use plain words.

May import: the domain and this room. A question may ask only what its page says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from webapp.domain.topic import FactId
from webapp.library.languages import LANGUAGES, SOURCE, Words
from webapp.library.problem import Problem
from webapp.library.reading_grade import ReadabilityFile
from webapp.library.sections import Section, read_sections
from webapp.library.teach_back_files import QuestionFile, TeachBackShelf, TeachBackSource
from webapp.library.topic_files import TopicSource
from webapp.library.word_checks import check_section
from webapp.library.wording_files import Ban


def teach_back_links(
    shelf: TeachBackShelf, topics: Sequence[TopicSource], pathways: Collection[str]
) -> Iterator[Problem]:
    """What keeps a site from starting: each file is for a pathway, and asks what a page says."""
    told = {topic.head.id: _facts_of(topic) for topic in topics}
    for source in shelf.sources:
        if source.file.id not in pathways:
            message = f"There is no pathway {source.file.id}."
            remedy = "Name the file after a pathway of content/pathways."
            yield Problem(source.path, 1, "teach-back-pathway", message, remedy)
        for at, question in enumerate(source.file.questions):
            yield from _question_links(source, at, question, told)


def _question_links(
    source: TeachBackSource, at: int, question: QuestionFile, told: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    if question.topic not in told:
        message = f"{question.id} is about {question.topic}, which nobody has written."
        line = source.line("questions", at, "topic")
        yield Problem(source.path, line, "topic-missing", message, "Name a written topic.")
        return
    for part in ("right", "otherwise"):
        for fact in getattr(question, part).facts:
            if fact not in told[question.topic]:
                message = f"{question.id} rests on {fact}, and {question.topic} does not."
                line = source.line("questions", at, part, "facts")
                remedy = "Ask only what the page says, or name another page."
                yield Problem(source.path, line, "fact-untold", message, remedy)


def _facts_of(topic: TopicSource) -> Collection[str]:
    english = topic.pages.get(SOURCE)
    sections = english.sections if english else ()
    return {fact for part in sections for fact in part.passage.facts}


def check_teach_back_words(
    shelf: TeachBackShelf, bans: Sequence[Ban], readability: ReadabilityFile
) -> Iterator[Problem]:
    """Translations that are up to date, plain words, no promise and no dose."""
    for source in shelf.sources:
        yield from _stale(source)
        for at, question in enumerate(source.file.questions):
            for lang in LANGUAGES:
                yield from _banned(source, at, question, lang, bans)
                for part in ("right", "otherwise"):
                    section = _section(source, at, part, lang)
                    yield from check_section(source.path, lang, section, readability)


def check_teach_back_memory(
    shelf: TeachBackShelf, unchecked: Collection[FactId]
) -> Iterator[Problem]:
    """A warning for words that rest on nothing but memory."""
    for source in shelf.sources:
        for at, question in enumerate(source.file.questions):
            for part in ("right", "otherwise"):
                facts = getattr(question, part).facts
                if all(fact in unchecked for fact in facts):
                    message = f"{question.id} rests on memory alone ({', '.join(facts)})."
                    line = source.line("questions", at, part)
                    remedy = "A clinician must check it before a patient sees it."
                    yield Problem(source.path, line, "memory-only", message, remedy, warning=True)


def _stale(source: TeachBackSource) -> Iterator[Problem]:
    for lang, version in source.file.made_from.items():
        if version != source.file.version:
            message = f"The {lang} words were made from version {version}."
            remedy = f"Translate what changed, then set {lang}: {source.file.version}."
            yield Problem(
                source.path, source.line("made_from"), "translation-stale", message, remedy
            )


def _banned(
    source: TeachBackSource, at: int, question: QuestionFile, lang: str, bans: Sequence[Ban]
) -> Iterator[Problem]:
    """Explanations only: a choice that does not fit may say what nobody should promise."""
    for part in ("right", "otherwise"):
        text = _in(getattr(question, part).words, lang)
        for ban in bans:
            if ban.lang == lang and (found := ban.found(text)):
                line = source.line("questions", at, part, "words", lang)
                message = f"It says {found!r}."
                yield Problem(source.path, line, f"banned-{ban.rule}", message, ban.remedy)


def _section(source: TeachBackSource, at: int, part: str, lang: str) -> Section:
    """One explanation with its question, so that it is measured as she reads it."""
    question = source.file.questions[at]
    said = (_in(question.ask, lang), _in(getattr(question, part).words, lang))
    text = f"# {question.id}, {part}\n\n" + "\n\n".join(said)
    return read_sections(text, source.line("questions", at, part))[0]


def _in(words: Words, lang: str) -> str:
    return words.by_language()[lang]
