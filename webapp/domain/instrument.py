"""The instrument: what a check-in asks, in which words, and what is asked about once.

The questions, ranges and words are content (content/instruments/daily.yaml); how what came in is
read is answer.py's. May import: the standard library, moment (for ranges).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.moment import Range

Value = float | str | tuple[str, ...] | None
Values = Mapping[str, Value]

CELSIUS = "Cel"  # UCUM
_SHORT_NUMBER = 1e6  # from here on `g` would write an exponent
NO_SIGN = "none"  # the tick "none of these": an answer, unlike no tick at all


class ItemKind(StrEnum):
    """How an item is answered."""

    NUMBER = "number"
    CHOICE = "choice"
    TICKS = "ticks"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Code:
    """What another system calls the same thing; unverified ones are from memory."""

    system: str
    code: str
    display: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ItemWords:
    """An item in one language."""

    question: str
    help: str = ""
    low: str = ""  # what the low end of a scale means
    high: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)  # the words of each choice


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is asked for; its id is a field of `Answers`."""

    id: str
    kind: ItemKind
    required: bool  # asked about once if it is missing
    words: Mapping[str, ItemWords]  # by language
    range: Range | None = None  # of a number: what can sensibly be meant
    choices: tuple[str, ...] = ()
    longest: int | None = None  # of a text, in characters
    unit: str = ""  # UCUM
    codes: tuple[Code, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a patient sees as one question: one or two items under one title."""

    id: str
    titles: Mapping[str, str]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one answer: an operator of `OPERATORS` and what it compares with."""

    item: str
    operator: str
    bound: float | str | bool


@dataclass(frozen=True, slots=True)
class QueryRule:
    """What is impossible, contradictory or missing, and the question that it leads to."""

    code: str
    field: str
    when: tuple[Condition, ...]  # all must hold
    words: Mapping[str, str]  # by language, with {item} for a value


@dataclass(frozen=True, slots=True)
class Query:
    """Something to ask about once before the answers are stored as they are."""

    field: str
    code: str
    params: Mapping[str, float | str] = dataclasses.field(default_factory=dict)

    @property
    def key(self) -> str:
        """What a form carries to say that this was asked."""
        return f"{self.field}:{self.code}"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that cannot be read at all."""

    field: str
    code: str  # also the key of its words
    params: Mapping[str, float | str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instrument:
    """The whole check-in."""

    id: str
    version: int
    status: str  # draft | reviewed | approved
    questions: tuple[Question, ...]
    query_rules: tuple[QueryRule, ...] = ()
    fault_words: Mapping[str, Mapping[str, str]] = dataclasses.field(
        default_factory=dict
    )  # code: language
    items: Mapping[str, Item] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Index the items once: they are looked up at every check-in."""
        items = {item.id: item for question in self.questions for item in question.items}
        object.__setattr__(self, "items", items)

    def words_of_query(self, query: Query, language: str) -> str:
        """The question to ask, in a language or in English, with its numbers filled in."""
        rule = next(
            rule
            for rule in self.query_rules
            if (rule.code, rule.field) == (query.code, query.field)
        )
        return _in_language(rule.words, language).format_map(_plain_numbers(query.params))

    def words_of_fault(self, fault: Fault, language: str) -> str:
        """What to tell whoever sent this, in a language or in English."""
        words = _in_language(self.fault_words[fault.code], language)
        return words.format_map(_plain_numbers(fault.params))


def queries_about(instrument: Instrument, values: Values) -> tuple[Query, ...]:
    """At most one query for each field: the first rule that holds, in the order of the file."""
    found: dict[str, Query] = {}
    for rule in instrument.query_rules:
        if rule.field not in found and _holds(rule, values, instrument):
            found[rule.field] = Query(rule.field, rule.code, _params(rule, values, instrument))
    return tuple(found[name] for name in instrument.items if name in found)


def outside(instrument: Instrument, answers: object) -> tuple[Fault, ...]:
    """The numbers of a check-in that their ranges do not believe: a program must confirm them."""
    found: list[Fault] = []
    for item in instrument.items.values():
        value = getattr(answers, item.id) if item.range else None
        if item.range and value is not None and not item.range.believes(value):
            limits = {"low": item.range.low, "high": item.range.high}
            found.append(Fault(item.id, "out-of-range", limits))
    return tuple(found)


def celsius(fahrenheit: float) -> float:
    """Degrees Celsius, to a tenth."""
    return round((fahrenheit - 32) * 5 / 9, 1)


def say_number(value: float) -> str:
    """A number as a person writes it: 2 rather than 2.0."""
    return f"{value:g}" if abs(value) < _SHORT_NUMBER else str(value)


def _in_language(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words["en"]


def _plain_numbers(params: Mapping[str, float | str]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else say_number(value)
        for name, value in params.items()
    }


def _params(rule: QueryRule, values: Values, instrument: Instrument) -> dict[str, float | str]:
    """The values that the words of a query may name."""
    item = instrument.items[rule.field]
    named = [name for condition in rule.when for name in (condition.item, condition.bound)]
    given = {name: values.get(name) for name in (*named, rule.field) if isinstance(name, str)}
    params = {name: it for name, it in given.items() if isinstance(it, (int, float, str))}
    if isinstance(own := values.get(rule.field), (int, float)):
        params |= {"it": own}
        params |= {"celsius": celsius(own)} if item.unit == CELSIUS else {}
    return params | ({"low": item.range.low, "high": item.range.high} if item.range else {})


def _holds(rule: QueryRule, values: Values, instrument: Instrument) -> bool:
    for condition in rule.when:
        value = values.get(condition.item)
        if not OPERATORS[condition.operator](value, condition, values, instrument):
            return False
    return True


Operator = Callable[[Value, Condition, Values, Instrument], bool]


def _compare(test: Callable[[float, float], bool]) -> Operator:
    """An operator that holds only for a number that was given."""

    def compare(value: Value, by: Condition, _values: Values, _instrument: Instrument) -> bool:
        return isinstance(value, (int, float)) and test(value, float(by.bound))

    return compare


def _above_item(value: Value, by: Condition, values: Values, _instrument: Instrument) -> bool:
    other = values.get(str(by.bound))
    if not isinstance(value, (int, float)) or not isinstance(other, (int, float)):
        return False
    return value > other


def _outside(value: Value, by: Condition, _values: Values, instrument: Instrument) -> bool:
    limits = instrument.items[by.item].range
    if limits is None or not isinstance(value, (int, float)):
        return False
    return not limits.low <= value <= limits.high


def _off_step(value: Value, by: Condition, _values: Values, instrument: Instrument) -> bool:
    limits = instrument.items[by.item].range
    if limits is None or not limits.step or not isinstance(value, (int, float)):
        return False
    return not (value / limits.step).is_integer()


def _ticked(value: Value, by: Condition, _values: Values, _instrument: Instrument) -> bool:
    return isinstance(value, tuple) and by.bound in value


OPERATORS: Mapping[str, Operator] = {
    "missing": lambda value, by, _values, _instrument: (value is None) == by.bound,
    "is": lambda value, by, _values, _instrument: value is not None and value == by.bound,
    "is_not": lambda value, by, _values, _instrument: value != by.bound,
    "at_least": _compare(lambda value, bound: value >= bound),
    "above": _compare(lambda value, bound: value > bound),
    "below": _compare(lambda value, bound: value < bound),
    "multiple_of": _compare(lambda value, bound: (value / bound).is_integer()),
    "above_item": _above_item,
    "outside": _outside,
    "off_step": _off_step,
    "ticked": _ticked,
}
