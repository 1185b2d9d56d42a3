"""The library: everything in content/, read once when the site starts. One fault and it does not.

May import: the domain and this room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar

from webapp.domain.emergency import Telephones
from webapp.domain.fact import Fact
from webapp.domain.flag import Severity
from webapp.domain.pathway import Pathway
from webapp.domain.rule import RuleBook
from webapp.domain.sign import Sign
from webapp.domain.topic import FactId, Topic, TopicGroup, TopicId
from webapp.library.emergency_files import load_telephones
from webapp.library.fact_files import load_facts
from webapp.library.pathway_files import load_pathways
from webapp.library.policy_files import EnrolmentDefaults, load_policy
from webapp.library.problem import LibraryError, Problem
from webapp.library.rule_files import load_rules
from webapp.library.shape_checks import shape_problems
from webapp.library.sign_files import load_signs
from webapp.library.topic_files import LANGUAGES, load_topics, topics

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Library:
    """All content, ready for use; nothing in it changes while the site runs."""

    topics: Mapping[TopicId, Topic]
    groups: tuple[TopicGroup, ...]  # the reading list, in order
    facts: Mapping[FactId, Fact]
    telephones: Telephones
    rules: RuleBook
    signs: tuple[Sign, ...]
    pathways: Mapping[str, Pathway]
    phrases: Any
    instruments: Any
    messages: Any
    response_times: Mapping[Severity, timedelta]
    silence_after: int  # missed prompts in a row that put a patient on the silent list
    enrolment: EnrolmentDefaults
    languages: tuple[str, ...] = LANGUAGES


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Loaded]):
    """What a loader made of the content, or what is wrong with it."""

    found: tuple[Loaded, ...]  # one, or none
    problems: tuple[Problem, ...] = ()

    @property
    def value(self) -> Loaded:
        """What was loaded. Raises LibraryError if nothing was."""
        if not self.found:
            raise LibraryError(self.problems)
        return self.found[0]


def load_library(content: Path) -> Library:
    """Read all content. Raises LibraryError with every fault that can be found in one go."""
    facts = _attempt(load_facts, content)
    telephones = _attempt(load_telephones, content)
    rules = _attempt(load_rules, content)
    signs = _attempt(load_signs, content)
    pathways = _attempt(load_pathways, content)
    policy = _attempt(load_policy, content)
    shelf = load_topics(content)
    attempts: tuple[Attempt[Any], ...] = (facts, telephones, rules, signs, pathways, policy)
    problems = [problem for attempt in attempts for problem in attempt.problems]
    problems += shelf.problems
    problems += shape_problems(shelf, facts.value if facts.found else ())
    if faults := [problem for problem in problems if not problem.warning]:
        raise LibraryError(faults)
    return Library(
        topics={topic.id: topic for topic in topics(shelf.sources)},
        groups=shelf.groups,
        facts=facts.value,
        telephones=telephones.value,
        rules=rules.value,
        signs=signs.value,
        pathways=pathways.value,
        phrases=_later("phrase_files", "load_phrases", content),
        instruments=_later("instrument_files", "load_instruments", content),
        messages=_later("message_files", "load_messages", content),
        response_times=policy.value.response_times,
        silence_after=policy.value.silence_after,
        enrolment=policy.value.enrolment,
    )


def _attempt(load: Callable[[Path], Loaded], content: Path) -> Attempt[Loaded]:
    """What the loader makes of the content, its problems kept instead of raised."""
    try:
        return Attempt((load(content),))
    except LibraryError as fault:
        return Attempt((), fault.problems)


def _later(module: str, function: str, content: Path) -> Any:
    try:
        return getattr(import_module(f"webapp.library.{module}"), function)(content)
    except ModuleNotFoundError:
        return None
