"""Why a rule holds, in words with the numbers: a template filled from a moment.

May import: the standard library, and the moment of this room. A template names fields in braces:
an item (`{nrs_avg}`), its recent answers (`{recent_nrs_avg}`), `{signs}` (what was ticked or
said), `{odd}`, `{strange_ticks}` and `{flags_before}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from string import Formatter

from webapp.domain.moment import NUMBERS, WORDS, Moment

RECENT = "recent_"
SHOWN_ANSWERS = 4  # how many answers a "recent" field shows, so that a reason stays one line

Field = Callable[[Moment], str]


class BadTemplate(ValueError):
    """A reason that names a field there is not."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A template, ready to be filled."""

    pieces: tuple[tuple[str, Field | None], ...]
    items: tuple[str, ...]  # the number items it names

    def words(self, moment: Moment) -> str:
        """The reason for one moment."""
        return "".join(
            text + (field(moment) if field is not None else "") for text, field in self.pieces
        )


def compile_reason(template: str, signs: Mapping[str, str]) -> Reason:
    """Read a template; `signs` gives the words of the ticks that the rule looks at.

    Raises BadTemplate for a field that does not exist.
    """
    pieces: list[tuple[str, Field | None]] = []
    items: list[str] = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        pieces.append((text, None if name is None else _field(name, signs)))
        item = (name or "").removeprefix(RECENT)
        items += [item] if item in NUMBERS and item not in items else []
    return Reason(tuple(pieces), tuple(items))


def plain(value: float | str | bool | None) -> str:
    """A value as a person writes it: 4, 4.5, or "not answered"."""
    if value is None:
        return "not answered"
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _field(name: str, signs: Mapping[str, str]) -> Field:
    if name in NUMBERS:
        return lambda moment: plain(moment.numbers[name])
    if name in WORDS:
        return lambda moment: plain(moment.words[name])
    if name.removeprefix(RECENT) in NUMBERS:
        return lambda moment: _recent(moment, name.removeprefix(RECENT))
    if name == "signs":
        return lambda moment: _signs(moment, signs)
    if name in _FIELDS:
        return _FIELDS[name]
    known = ", ".join((*NUMBERS, *WORDS, f"{RECENT}<item>", "signs", *_FIELDS))
    raise BadTemplate(f"There is no field '{name}'. Use one of: {known}.")


def _recent(moment: Moment, item: str) -> str:
    """The last answers, oldest first: "3 on day 4, 7 on day 6"."""
    every = chain((moment,), moment.before())
    given = (seen for seen in every if seen.numbers[item] is not None)
    shown = [
        f"{plain(seen.numbers[item])} on day {seen.pod}" for seen in islice(given, SHOWN_ANSWERS)
    ]
    return ", ".join(reversed(shown))


def _signs(moment: Moment, signs: Mapping[str, str]) -> str:
    ticked = [words for tick, words in signs.items() if tick in (moment.ticks or ())]
    return "ticked: " + "; ".join(ticked) if ticked else "in the patient's own words"


def _flags_before(moment: Moment) -> str:
    (before,) = islice(moment.due_before(), 1)
    rules = " ".join(sorted(before.held or {}))
    return f"day {before.pod}: {rules}"


_FIELDS: Mapping[str, Field] = {
    "odd": lambda moment: ", ".join(f"{item} {plain(value)}" for item, value in moment.odd),
    "strange_ticks": lambda moment: ", ".join(sorted(moment.strange_ticks)),
    "flags_before": _flags_before,
}
