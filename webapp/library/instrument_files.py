"""content/instruments/daily.yaml: the questions of a check-in, their words, and what is asked once.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import Literal

from pydantic import Field, field_validator, model_validator

from webapp.domain.checkin import Answers, SleepTrouble
from webapp.domain.instrument import (
    OPERATORS,
    Code,
    Condition,
    Instrument,
    Item,
    ItemKind,
    ItemWords,
    QueryRule,
    Question,
)
from webapp.domain.moment import Range
from webapp.library.languages import LANGUAGES, Words
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, line_at, parse_yaml, read_file

DAILY_FILE = Path("instruments") / "daily.yaml"
FAULT_CODES = {
    *("not-a-number", "out-of-range", "too-big", "not-a-choice", "not-a-list", "unknown-sign"),
    *("not-text", "too-long", "unknown-field"),
}
_ITSELF = "it"  # stands for each field of `each`


class ItemWordsFile(Strict):
    """An item in one language."""

    question: str = Field(min_length=1)
    help: str = ""
    low: str = ""
    high: str = ""
    choices: dict[str, str] = Field(default_factory=dict)


class RangeFile(Strict):
    """What can sensibly be meant."""

    low: float
    high: float
    step: float | None = Field(default=None, gt=0)


class CodeFile(Strict):
    """The item in another system."""

    system: Literal["loinc", "snomed"]
    code: str
    display: str
    verified: bool


class ItemFile(Strict):
    """One item."""

    id: str
    kind: ItemKind
    required: bool
    range: RangeFile | None = None
    choices: tuple[str, ...] = ()
    longest: int | None = Field(default=None, ge=1, le=2000)
    unit: str = ""
    facts: tuple[str, ...] = Field(min_length=1)
    codes: tuple[CodeFile, ...]
    words: dict[str, ItemWordsFile]

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> ItemFile:
        needs = {"number": self.range, "choice": self.choices, "text": self.longest, "ticks": True}
        if not needs[self.kind]:
            raise ValueError("a number needs `range`, a choice `choices`, a text `longest`; add it")
        if set(self.words) != set(LANGUAGES):
            raise ValueError(f"words are needed in exactly {', '.join(LANGUAGES)}")
        unsaid = [
            lang for lang, said in self.words.items() if set(self.choices) - set(said.choices)
        ]
        if unsaid:
            raise ValueError(f"a choice has no words in {', '.join(unsaid)}; add them")
        return self


class QuestionFile(Strict):
    """One question of the page."""

    id: str
    titles: Words
    items: tuple[ItemFile, ...] = Field(min_length=1)


class QueryFile(Strict):
    """What is asked about once."""

    code: str = Field(pattern=r"^[a-z-]+$")
    field: str | None = None
    each: tuple[str, ...] = ()
    when: dict[str, dict[str, float | bool | str]] = Field(min_length=1)
    words: Words

    @field_validator("when")
    @classmethod
    def _known_operators(
        cls, when: dict[str, dict[str, float | bool | str]]
    ) -> dict[str, dict[str, float | bool | str]]:
        strange = {name for tests in when.values() for name in tests} - set(OPERATORS)
        if strange:
            known = ", ".join(sorted(OPERATORS))
            raise ValueError(f"{', '.join(sorted(strange))} is no operator; the operators: {known}")
        return when

    @model_validator(mode="after")
    def _one_place_to_ask(self) -> QueryFile:
        if (self.field is None) == (not self.each):
            raise ValueError("write either `field` or `each`, to say where the question stands")
        return self

    def rules(self) -> Iterator[QueryRule]:
        """The rule, or one for each field of `each`."""
        for name in self.each or (str(self.field),):
            conditions = tuple(
                Condition(name if item == _ITSELF else item, operator, bound)
                for item, tests in self.when.items()
                for operator, bound in tests.items()
            )
            yield QueryRule(self.code, name, conditions, self.words.by_language())


class InstrumentFile(Strict):
    """content/instruments/daily.yaml."""

    id: str
    version: int = Field(ge=1)
    status: Literal["draft", "reviewed", "approved"]
    questions: tuple[QuestionFile, ...] = Field(min_length=1)
    queries: tuple[QueryFile, ...]
    faults: dict[str, Words]

    @field_validator("faults")
    @classmethod
    def _words_for_every_fault(cls, faults: dict[str, Words]) -> dict[str, Words]:
        if set(faults) != FAULT_CODES:
            wrong = ", ".join(sorted(set(faults) ^ FAULT_CODES))
            raise ValueError(
                f"exactly these need words: {', '.join(sorted(FAULT_CODES))} ({wrong})"
            )
        return faults


def load_instruments(content: Path) -> Mapping[str, Instrument]:
    """Every instrument by its id: today only the daily check-in."""
    daily = load_instrument(content)
    return {daily.id: daily}


def load_instrument(content: Path) -> Instrument:
    """The daily instrument. Raises LibraryError with file, line and remedy."""
    path = content / DAILY_FILE
    text = read_file(path, check="yaml-file")
    read = parse_yaml(text, InstrumentFile, file=str(path))
    problems = [
        Problem(str(path), line_at(text, place), check, message, remedy)
        for place, check, message, remedy in (*_item_problems(read), *_query_problems(read))
    ]
    if problems:
        raise LibraryError(problems)
    return _instrument(read)


_Wrong = tuple[tuple[int | str, ...], str, str, str]


def _item_problems(read: InstrumentFile) -> Iterator[_Wrong]:
    """The items must be the fields of a check-in, each once; the sleep words the closed three."""
    asked = [item.id for question in read.questions for item in question.items]
    wanted = [field.name for field in fields(Answers)]
    if sorted(asked) != sorted(wanted):
        message = f"The items are {', '.join(asked)}."
        remedy = f"A check-in holds exactly these, each once: {', '.join(wanted)}."
        yield ("questions",), "instrument-items", message, remedy
    for place, question in enumerate(read.questions):
        for inner, item in enumerate(question.items):
            if item.id == "sleep_trouble" and set(item.choices) != set(SleepTrouble):
                where = ("questions", place, "items", inner, "choices")
                remedy = f"The rules know exactly: {', '.join(SleepTrouble)}."
                yield where, "instrument-choices", "These are not the rules' answers.", remedy


def _query_problems(read: InstrumentFile) -> Iterator[_Wrong]:
    """A query may name only items, and its words only values that it has."""
    items = {item.id for question in read.questions for item in question.items}
    for place, query in enumerate(read.queries):
        named = {*query.each, *filter(None, [query.field])}
        if strange := (named | set(query.when) - {_ITSELF}) - items:
            message = f"{', '.join(sorted(strange))} is not asked."
            where = ("queries", place)
            yield where, "query-item", message, f"Items: {', '.join(sorted(items))}."
        values = set(query.when) | {_ITSELF, "low", "high", "celsius"} | _compared(query)
        for language, words in query.words.by_language().items():
            if strange := _placeholders(words) - values:
                message = f"{{{', '.join(sorted(strange))}}} has no value here."
                remedy = f"These have one: {', '.join(sorted(values))}."
                yield ("queries", place, "words", language), "query-words", message, remedy


def _compared(query: QueryFile) -> set[str]:
    return {str(tests["above_item"]) for tests in query.when.values() if "above_item" in tests}


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def _instrument(read: InstrumentFile) -> Instrument:
    return Instrument(
        id=read.id,
        version=read.version,
        status=read.status,
        questions=tuple(
            Question(each.id, each.titles.by_language(), tuple(map(_item, each.items)))
            for each in read.questions
        ),
        query_rules=tuple(rule for query in read.queries for rule in query.rules()),
        fault_words={code: words.by_language() for code, words in read.faults.items()},
    )


def _item(read: ItemFile) -> Item:
    return Item(
        id=read.id,
        kind=read.kind,
        required=read.required,
        words={lang: ItemWords(**said.model_dump()) for lang, said in read.words.items()},
        range=Range(read.range.low, read.range.high, read.range.step) if read.range else None,
        choices=read.choices,
        longest=read.longest,
        unit=read.unit,
        codes=tuple(Code(**code.model_dump()) for code in read.codes),
        facts=read.facts,
    )
