"""Evaluating: how the chat does on labelled messages, by language, with every miss named.

May import: the domain and the library.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from webapp.domain.chat import CHOICES, Kind, Question, Reply, Shelf, reply
from webapp.library.example_files import Labelled

MEASURES = (
    "right topic first",
    "right topic among three",
    "right topic in the reply",
    "urgent caught",
    "urgent rule right",
    "false alarms among calm",
    "false alarms among other",
    "out-of-scope declined",
    "check-in values right",
    "small talk known",
)


@dataclass(slots=True)
class Tally:
    """How often something held, of how many; and the messages where it went wrong."""

    held: int = 0
    of: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 of none."""
        return self.held / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Results:
    """The tallies of one language by measure, and the milliseconds of each answer."""

    tallies: Mapping[str, Tally]
    milliseconds: Sequence[float]

    def time_at(self, share: float) -> float:
        """Milliseconds that this share of the answers keep within."""
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def measure(rows: Iterable[Labelled], shelf: Shelf) -> Mapping[str, Results]:
    """The results of every language among the messages."""
    by_lang: dict[str, list[Labelled]] = {}
    for row in rows:
        by_lang.setdefault(row.lang, []).append(row)
    return {lang: _results(by_lang[lang], shelf) for lang in sorted(by_lang)}


def _results(rows: Sequence[Labelled], shelf: Shelf) -> Results:
    tallies = {name: Tally() for name in MEASURES}
    spent: list[float] = []
    for row in rows:
        began = time.perf_counter()
        said = reply(Question(row.text, row.lang), shelf)
        spent.append((time.perf_counter() - began) * 1000)
        for name, held in _judged(row, said):
            tally = tallies[name]
            tally.of += 1
            tally.held += held
            if held == name.startswith("false"):
                tally.misses.append(_miss(row, said))
    return Results(tallies, spent)


def _judged(row: Labelled, said: Reply) -> Iterator[tuple[str, bool]]:
    """Each measure that the message counts for, and whether it holds."""
    urgent = said.kind is Kind.URGENT
    if row.kind == "urgent":
        yield "urgent caught", urgent
        yield "urgent rule right", bool(_short(said.rules) & _short(row.rules))
        return
    yield ("false alarms among calm" if row.kind == "calm" else "false alarms among other"), urgent
    if row.kind == "answer":
        first = said.kind is Kind.ANSWER and said.topic in row.topics
        chosen = said.kind is Kind.CHOOSE and bool(set(said.alternatives) & set(row.topics))
        yield "right topic first", first
        yield "right topic among three", first or chosen
        yield "right topic in the reply", first or _shows(said, row.topics)
    elif row.kind == "decline":
        yield "out-of-scope declined", said.kind is Kind.DECLINE
    elif row.kind == "checkin":
        right = said.kind is Kind.CHECK_IN and dict(said.values) == dict(row.values)
        yield "check-in values right", right
    elif row.kind == "smalltalk":
        yield "small talk known", said.kind is Kind.SMALL_TALK


def _short(rules: Iterable[str]) -> set[str]:
    """Rules by their number alone: labels may give "R05" or "R05-self-harm"."""
    return {rule[:3] for rule in rules}


def _shows(said: Reply, topics: Sequence[str]) -> bool:
    """Whether the topic shown or one of the two or three offered beside it is right."""
    offered = (said.topic, *said.alternatives) if said.topic else said.alternatives
    return said.kind in (Kind.ANSWER, Kind.CHOOSE) and bool(set(offered[:CHOICES]) & set(topics))


def _miss(row: Labelled, said: Reply) -> str:
    wanted = ",".join((*row.topics, *row.rules)) or str(dict(row.values) or row.kind)
    got = said.topic or ",".join(said.alternatives) or str(dict(said.values) or "")
    rules = "+".join(sorted(_short(said.rules)))
    return f"{row.id} {row.text!r}: {said.kind.value} {got} {rules}; wanted {row.kind} {wanted}"


def report(results: Mapping[str, Results], *, misses: bool = True) -> Iterator[str]:
    """The results as lines to print."""
    for lang, result in results.items():
        yield f"{lang}"
        for name, tally in result.tallies.items():
            yield f"  {name:26} {tally.held:4} of {tally.of:4}  {tally.share:6.1%}"
        yield f"  milliseconds p50 {result.time_at(0.5):.1f}, p95 {result.time_at(0.95):.1f}"
        for name, tally in result.tallies.items():
            yield from (f"    {name}: {miss}" for miss in tally.misses if misses)
