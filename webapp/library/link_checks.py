"""Where one content file points at another: each fact, topic and rule that is named must exist.

May import: the domain and this room.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from webapp.domain.cohort import PublishedCohort
from webapp.domain.instrument import Instrument
from webapp.domain.pathway import Pathway
from webapp.domain.rule import RuleBook
from webapp.library.problem import Problem

RULES_FILE = "content/rules/flags.yaml"


@dataclass(frozen=True, slots=True)
class Named:
    """What there is to point at."""

    facts: Collection[str]
    topics: Collection[str]


def rule_links(book: RuleBook, named: Named) -> Iterator[Problem]:
    """A rule's facts exist, and the topic it shows a patient is written."""
    for rule in book.rules.values():
        yield from _facts(RULES_FILE, rule.id, rule.facts, named)
        for topic in sorted({part.advice for part in rule.parts} - set(named.topics)):
            message = f"{rule.id} shows the topic {topic}, which nobody has written."
            remedy = "Write the topic, or give the rule other advice."
            yield Problem(RULES_FILE, 1, "advice-missing", message, remedy)


def pathway_links(pathways: Mapping[str, Pathway], named: Named) -> Iterator[Problem]:
    """A pathway's facts exist, and so does every topic that it offers to read."""
    for pathway in pathways.values():
        file = f"content/pathways/{pathway.id}.yaml"
        yield from _facts(file, pathway.id, pathway.facts, named)
        offered = {topic for part in pathway.reading for topic in part.topics}
        for topic in sorted(offered - set(named.topics)):
            message = f"{pathway.id} offers the topic {topic}, which nobody has written."
            remedy = "Write the topic, or take it off the list."
            yield Problem(file, 1, "reading-missing", message, remedy)


def instrument_links(instruments: Mapping[str, Instrument], named: Named) -> Iterator[Problem]:
    """The facts behind each item of an instrument exist."""
    for instrument in instruments.values():
        for item in instrument.items.values():
            file = f"content/instruments/{instrument.id}.yaml"
            yield from _facts(file, item.id, item.facts, named)


def cohort_links(cohorts: Mapping[str, PublishedCohort], named: Named) -> Iterator[Problem]:
    """The facts behind each published group, and behind each of its numbers, exist."""
    for cohort in cohorts.values():
        behind = [cohort.facts, *(each.facts for each in cohort.series)]
        behind += [each.facts for each in cohort.totals]
        resting = sorted({fact for facts in behind for fact in facts})
        yield from _facts("content/cohorts", cohort.id, resting, named)


def _facts(file: str, owner: str, facts: Collection[str], named: Named) -> Iterator[Problem]:
    """A problem for each fact that is named and does not exist."""
    for fact in facts:
        if fact not in named.facts:
            message = f"{owner} rests on {fact}, which does not exist."
            yield Problem(file, 1, "fact-unknown", message, "Use an id of content/facts.yaml.")
