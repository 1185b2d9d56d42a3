"""Reads a flag rule's condition, as written in content, into one function of a moment.

May import: the standard library, and the moment of this room. A condition is a function from a
moment to True, False, or None for "cannot be known"; only True makes a rule hold, and "not"
leaves None alone, so no answer is ever taken for "no". The operators stand in operator.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.domain.moment import NUMBERS, WORDS, Moment

Condition = Callable[[Moment], bool | None]
Operand = Callable[[Moment], float | None]
Path = tuple[str | int, ...]
Spec = Any  # a tree of mappings, lists and scalars, as it is read from a rule file
Operator = Callable[[Spec, "Reader"], Condition]

DIGITS = 9  # 7.1 - 3.1 is a rise of 4, whatever binary fractions say


class BadCondition(ValueError):
    """A condition that cannot be read: where it stands, what is wrong, and how to mend it."""

    def __init__(self, path: Path, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.path, self.what, self.remedy = path, what, remedy


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads conditions: the operators there are, the definitions in force, and where we stand."""

    operators: Mapping[str, Operator]
    definitions: Mapping[str, Spec]
    path: Path = ()

    def condition(self, spec: Spec, *step: str | int) -> Condition:
        """One condition, `{operator: detail}`. Raises BadCondition with its place."""
        path = (*self.path, *step)
        if not isinstance(spec, Mapping) or len(spec) != 1:
            raise BadCondition(path, "A condition has one operator.", "Write {operator: ...}.")
        ((name, detail),) = spec.items()
        if name in self.definitions:
            return self.condition(filled(self.definitions[name], detail), *step)
        return Reader(self.operators, self.definitions, (*path, name))._read(name, detail)

    def _read(self, name: str, detail: Spec) -> Condition:
        operator = self._operator(name)
        try:
            return operator(detail, self)
        except BadCondition:
            raise
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            remedy = f"Look at another rule that uses {name}."
            raise self.fault(f"'{name}' cannot be read ({error}).", remedy) from error

    def _operator(self, name: str) -> Operator:
        if name in self.operators:
            return self.operators[name]
        allowed = ", ".join(sorted((*self.operators, *self.definitions)))
        raise self.fault(f"Unknown operator '{name}'.", f"Use one of: {allowed}.")

    def conditions(self, specs: Spec) -> tuple[Condition, ...]:
        """One or more conditions in a list."""
        if not isinstance(specs, list) or not specs:
            raise self.fault("A list of conditions is needed.", "Write [{...}, {...}].")
        return tuple(self.condition(spec, place) for place, spec in enumerate(specs))

    def number_item(self, name: Spec) -> str:
        """The name of an item that is a number."""
        return self._one_of(name, NUMBERS)

    def word_item(self, name: Spec) -> str:
        """The name of any item."""
        return self._one_of(name, (*WORDS, *NUMBERS))

    def operand(self, spec: Spec) -> Operand:
        """A number, an item, or {item: name, plus: number}."""
        if isinstance(spec, int | float) and not isinstance(spec, bool):
            return lambda moment: spec
        if isinstance(spec, Mapping):
            item, plus = self.number_item(spec.get("item")), self.number(spec.get("plus"))
            return lambda moment: _sum(moment.numbers[item], plus)
        item = self.number_item(spec)
        return lambda moment: moment.numbers[item]

    def number(self, value: Spec) -> float:
        """A plain number; a word or nothing is a fault."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(f"'{value}' is not a number.", "Write a number here.")
        return value

    def ids(self, value: Spec) -> frozenset[str]:
        """One id or a list of ids."""
        ids = [value] if isinstance(value, str) else value
        if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
            raise self.fault(f"'{value}' is no id or list of ids.", "Write id or [id, id].")
        return frozenset(ids)

    def pair(self, value: Spec) -> tuple[Spec, Spec]:
        """Exactly two things, as the comparisons need."""
        if not isinstance(value, list) or len(value) != 2:
            raise self.fault("Two things are compared.", "Write [item, number].")
        return value[0], value[1]

    def fault(self, what: str, remedy: str) -> BadCondition:
        """What is wrong here, to be raised."""
        return BadCondition(self.path, what, remedy)

    def _one_of(self, name: Spec, allowed: Iterable[str]) -> str:
        if name not in allowed:
            raise self.fault(f"Unknown item '{name}'.", f"Use one of: {', '.join(allowed)}.")
        return str(name)


def filled(spec: Spec, item: Spec) -> Spec:
    """A definition with `$item` replaced by what it is used for."""
    if isinstance(spec, Mapping):
        return {key: filled(value, item) for key, value in spec.items()}
    if isinstance(spec, list):
        return [filled(value, item) for value in spec]
    return item if spec == "$item" else spec


def _sum(value: float | None, plus: float) -> float | None:
    return None if value is None else round(value + plus, DIGITS)


def details_of(operator: str, spec: Spec) -> Iterable[Spec]:
    """The detail of each use of one operator inside a condition, at any depth."""
    if isinstance(spec, Mapping):
        for name, detail in spec.items():
            if name == operator:
                yield detail
            yield from details_of(operator, detail)
    elif isinstance(spec, list):
        for part in spec:
            yield from details_of(operator, part)
