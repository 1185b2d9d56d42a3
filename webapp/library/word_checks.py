"""How a topic's words must read: short, plain, no promise, no dose, the right opening.

May import: the domain and this room. Each check is a function from what was read to problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.domain.topic import ENGLISH, Urgency
from webapp.library.problem import Problem
from webapp.library.reading_grade import (
    Exceptions,
    Limits,
    ReadabilityFile,
    english_grades,
    plain,
    sentence_lengths,
    sentences,
    spanish_ease,
    words,
)
from webapp.library.sections import ASK, PASSAGE, Section
from webapp.library.topic_files import PageSource, TopicSource
from webapp.library.wording_files import Ban

_SHORTER = "Shorten sentences, and use shorter words; exceptions are in content/readability.yaml."
_EMERGENCY = ("{emergency_number}", "{crisis_line}")
_OPENINGS = {
    Urgency.EMERGENCY: _EMERGENCY,
    Urgency.CALL_CLINIC: ("{clinic_phone}", "{poison_line}", *_EMERGENCY),
}


def check_length(page: PageSource, limits: Limits) -> Iterator[Problem]:
    """The passage is short enough for the chat."""
    passage = page.section(PASSAGE)
    count = len(words(passage.passage.text)) if passage else 0
    if passage and count > limits.passage_words:
        message = f"The passage has {count} words; at most {limits.passage_words} fit the chat."
        remedy = "Move the rest to `# more`."
        yield Problem(page.file, passage.line, "passage-length", message, remedy)


def check_opening(topic: TopicSource, page: PageSource) -> Iterator[Problem]:
    """An urgent topic's passage opens with whom to call."""
    needed = _OPENINGS.get(topic.head.urgency)
    passage = page.section(PASSAGE)
    if not needed or not passage or not passage.prose:
        return
    first = sentences(passage.prose[:1])[:1]
    if not first or not any(line in first[0] for line in needed):
        message = f"The first sentence of this {topic.head.urgency} topic says nobody to call."
        remedy = f"Open with {needed[0]}."
        yield Problem(page.file, passage.blocks[0].line, "opening", message, remedy)
    elif topic.head.urgency is Urgency.EMERGENCY and _EMERGENCY[0] not in passage.passage.text:
        message = "The passage does not hold {emergency_number}."
        yield Problem(page.file, passage.line, "opening", message, "Say when to call it.")


def check_bans(page: PageSource, bans: Sequence[Ban]) -> Iterator[Problem]:
    """No promise, no dose, no telephone number, no false comfort."""
    for line, text in _lines(page):
        for ban in bans:
            if ban.lang == page.lang and (found := ban.found(text)):
                yield Problem(
                    page.file, line, f"banned-{ban.rule}", f"It says {found!r}.", ban.remedy
                )


def _lines(page: PageSource) -> Iterator[tuple[int, str]]:
    """Everything a patient reads, with its line: the title, then every block."""
    yield 2, page.front.title
    for section in page.sections:
        for block in section.blocks:
            yield block.line, block.text


def check_reading(page: PageSource, readability: ReadabilityFile) -> Iterator[Problem]:
    """Each section is easy enough by the measure of its language."""
    for section in page.sections:
        if section.heading != ASK:
            yield from check_section(page.file, page.lang, section, readability)


def check_section(
    file: str, lang: str, section: Section, readability: ReadabilityFile
) -> Iterator[Problem]:
    """One section is easy enough by the measure of its language, if it has one."""
    measure, exceptions = _MEASURES.get(lang), readability.exceptions.get(lang)
    if measure is not None and exceptions is not None and section.prose:
        yield from measure(Reading(file, section, exceptions, readability.limits))


@dataclass(frozen=True, slots=True)
class Reading:
    """One section to be measured."""

    file: str
    section: Section
    exceptions: Exceptions
    limits: Limits

    @property
    def prose(self) -> tuple[str, ...]:
        """The section's paragraphs with names and placeholders replaced by the stand-in."""
        return tuple(plain(block, self.exceptions) for block in self.section.prose)

    def problem(self, message: str, remedy: str = _SHORTER) -> Problem:
        """A problem that points at the section's heading."""
        said = f"`# {self.section.heading}`: {message}"
        return Problem(self.file, self.section.line, "reading-grade", said, remedy)


def _english(reading: Reading) -> Iterator[Problem]:
    """Two school grades, and a warning for a long sentence."""
    limits = reading.limits
    kincaid, ari = english_grades(reading.prose)
    if kincaid > limits.english_grade:
        yield reading.problem(f"Flesch-Kincaid grade {kincaid}, at most {limits.english_grade}.")
    if ari > limits.english_second_grade:
        yield reading.problem(f"ARI grade {ari}, at most {limits.english_second_grade}.")
    yield from _long_sentences(reading)


def _long_sentences(reading: Reading) -> Iterator[Problem]:
    """A warning at the line of each sentence that is too long."""
    for block in reading.section.blocks:
        for sentence in sentences([block.text]):
            if len(words(sentence)) > reading.limits.english_sentence:
                message = f"{len(words(sentence))} words in one sentence: {sentence[:60]!r}."
                remedy = f"Cut it in two; at most {reading.limits.english_sentence} words."
                yield Problem(
                    reading.file, block.line, "sentence-length", message, remedy, warning=True
                )


def _spanish(reading: Reading) -> Iterator[Problem]:
    """Easy by one of the two published formulas."""
    limits = reading.limits
    huerta, inflesz = spanish_ease(reading.prose)
    if huerta < limits.spanish_ease and inflesz < limits.spanish_inflesz:
        yield reading.problem(
            f"Fernández Huerta {huerta}, at least {limits.spanish_ease}; "
            f"INFLESZ {inflesz}, at least {limits.spanish_inflesz}."
        )


def _arabic(reading: Reading) -> Iterator[Problem]:
    """Sentence length, on average and at most: no formula for Arabic is agreed on."""
    lengths, limits = sentence_lengths(reading.prose), reading.limits
    mean = round(sum(lengths) / max(1, len(lengths)), 1)
    if mean > limits.arabic_mean_sentence:
        yield reading.problem(f"{mean} words a sentence, at most {limits.arabic_mean_sentence}.")
    if max(lengths, default=0) > limits.arabic_sentence:
        yield reading.problem(
            f"{max(lengths)} words in one sentence, at most {limits.arabic_sentence}."
        )


_MEASURES = {ENGLISH: _english, "es": _spanish, "ar": _arabic}
