"""The chat: one visible list of steps, safety first; the first that has something to say ends it.

May import: the standard library, and the phrase, search, topic, number_pieces and
said_numbers of this room. Nothing is ever written here: a reply names stored words, and the
journey shows them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from webapp.domain.number_pieces import NumberWords
from webapp.domain.phrase import PhraseBook, rules_met
from webapp.domain.said_numbers import SaidNumbers, read_numbers
from webapp.domain.search import CHECK_IN, DANGER, OUT_OF_SCOPE, SMALL_TALK, Found, Searcher
from webapp.domain.topic import TopicId

CHOICES = 3  # topics offered when the chat is not sure


class Kind(StrEnum):
    """What sort of reply it is (contract section 3)."""

    ANSWER = "answer"
    URGENT = "urgent"
    CHOOSE = "choose"
    CHECK_IN = "checkin"
    SMALL_TALK = "smalltalk"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wrote, and the language to answer in."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What to show. `rules` are flag rules met; `values` what a check-in said."""

    kind: Kind
    lang: str
    topic: TopicId | None = None
    alternatives: tuple[TopicId, ...] = ()
    rules: tuple[str, ...] = ()
    values: SaidNumbers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure the search must be; chosen by `thaw evaluate`, kept in content/chat/settings.yaml.

    Scores are about 1 for a text like those learnt from and 0 for one unlike any.
    """

    out_of_scope: float  # from here on nothing in the library answers
    doubt: float  # a topic must be this much likelier to be offered all the same
    least: float  # below this no topic is offered
    answer: float  # from here on the best topic is shown
    lead: float  # below `answer`, so far ahead of the second the best topic is shown
    danger: float  # from here on the words are treated as urgent without a phrase
    everyday: float  # and this share of an everyday topic's score above it
    small_talk: float
    check_in: float


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the chat answers from."""

    phrases: PhraseBook
    searcher: Searcher
    advice: Mapping[str, TopicId]  # the topic that each urgent flag rule leads to
    crisis: str  # the rule that leads to the crisis words
    personal_dose: TopicId
    number_words: Mapping[str, NumberWords]
    sureness: Sureness
    little_words: Mapping[str, frozenset[str]]  # words or letters that tell a language


@dataclass(frozen=True)
class Turn:
    """One question on its way through the steps; what several steps need is worked out once."""

    question: Question
    shelf: Shelf

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The urgent flag rules that the words meet, in order."""
        met = rules_met(self.question.text, self.question.lang, self.shelf.phrases)
        return tuple(sorted(met & self.shelf.advice.keys()))

    @cached_property
    def found(self) -> Found:
        """What the search makes of the words; nothing if it breaks, for phrases need no search."""
        try:
            return self.shelf.searcher.find(self.question.text, self.question.lang)
        except Exception as fault:
            warnings.warn(f"The chat's search failed: {fault!r}", RuntimeWarning, stacklevel=2)
            return Found((), {})

    @cached_property
    def values(self) -> SaidNumbers:
        """The answers of a check-in that the words give."""
        words = self.shelf.number_words.get(self.question.lang)
        return read_numbers(self.question.text, words) if words else {}

    def likely(self, label: str) -> float:
        """How likely one of the special labels is."""
        return self.found.special.get(label, 0.0)

    def reply(self, kind: Kind, topic: TopicId | None = None) -> Reply:
        """A reply of this kind, with the next best topics beside it."""
        others = [TopicId(name) for name, _ in self.found.topics[: CHOICES + 1] if name != topic]
        return Reply(kind, self.question.lang, topic, tuple(others[:CHOICES]), self.rules)


Step = Callable[[Turn], Reply | None]


def reply(question: Question, shelf: Shelf) -> Reply:
    """The first step that has something to say; safety steps come before search."""
    turn = Turn(question, shelf)
    return next(said for step in STEPS if (said := step(turn)) is not None)


def clean(turn: Turn) -> Reply | None:
    """Nothing was said: no letter and no number."""
    if any(mark.isalnum() for mark in turn.question.text):
        return None
    kind = Kind.SMALL_TALK if turn.likely(SMALL_TALK) > turn.likely(OUT_OF_SCOPE) else Kind.DECLINE
    return Reply(kind, turn.question.lang)


def emergency(turn: Turn) -> Reply | None:
    """Danger words: act now, before any search; a phrase is enough, a score alone never needed."""
    rules = [rule for rule in turn.rules if rule != turn.shelf.crisis]
    if not rules or turn.shelf.crisis in turn.rules:
        return None
    return turn.reply(Kind.URGENT, _urgent_topic(turn, rules[0]))


def crisis(turn: Turn) -> Reply | None:
    """Words of self-harm: the crisis line, whatever else was said."""
    if turn.shelf.crisis not in turn.rules:
        return None
    return turn.reply(Kind.URGENT, turn.shelf.advice[turn.shelf.crisis])


def personal_dose(turn: Turn) -> Reply | None:
    """How many she may take: the label and the team, never choices and never a number from here."""
    found, topic = turn.found, turn.shelf.personal_dose
    if not found.topics or found.topics[0][0] != topic or found.best < turn.shelf.sureness.least:
        return None
    return turn.reply(Kind.ANSWER, topic) if found.best > turn.likely(OUT_OF_SCOPE) else None


def check_in(turn: Turn) -> Reply | None:
    """Today's numbers: read back, not answered. More answers in it make it surer, a "?" less."""
    said, likely = len(turn.values), turn.likely(CHECK_IN)
    if not said or likely < turn.shelf.sureness.check_in / said:
        return None
    asks = any(mark in turn.question.text for mark in "?؟")
    slack = 2 * turn.shelf.sureness.doubt * (-1 if asks else said - 1)
    if likely + slack <= max(turn.found.best, turn.likely(OUT_OF_SCOPE)):
        return None
    return Reply(Kind.CHECK_IN, turn.question.lang, values=turn.values)


def sounds_dangerous(turn: Turn) -> Reply | None:
    """A second net under the phrases: words very like those of people in danger."""
    sure, advice = turn.shelf.sureness, set(turn.shelf.advice.values())
    everyday = max((score for name, score in turn.found.topics if name not in advice), default=0.0)
    least = max(sure.danger + sure.everyday * everyday, turn.likely(CHECK_IN))
    if turn.likely(DANGER) < least or not turn.found.topics:
        return None
    likely = [name for name, _ in turn.found.topics if name in advice]
    return turn.reply(Kind.URGENT, TopicId(likely[0]) if likely else None)


def small_talk(turn: Turn) -> Reply | None:
    """Greetings, thanks, and who is there."""
    least = max(turn.shelf.sureness.small_talk, turn.found.best, turn.likely(OUT_OF_SCOPE))
    if turn.likely(SMALL_TALK) < least:
        return None
    return Reply(Kind.SMALL_TALK, turn.question.lang)


def outside(turn: Turn) -> Reply | None:
    """Words that are about something else."""
    if turn.likely(OUT_OF_SCOPE) < turn.shelf.sureness.out_of_scope:
        return None
    if turn.likely(OUT_OF_SCOPE) + turn.shelf.sureness.doubt < turn.found.best:
        return None
    return Reply(Kind.DECLINE, turn.question.lang)


def find_passage(turn: Turn) -> Reply | None:
    """The topic that answers, if the search is sure of it."""
    found, sure = turn.found, turn.shelf.sureness
    if found.best < sure.least or (found.best < sure.answer and found.lead < sure.lead):
        return None
    return turn.reply(Kind.ANSWER, TopicId(found.topics[0][0]))


def offer_choices(turn: Turn) -> Reply | None:
    """Three topics to choose from, best first."""
    if turn.found.best < turn.shelf.sureness.least:
        return None
    return turn.reply(Kind.CHOOSE)


def admit_no_answer(turn: Turn) -> Reply:
    """Nothing in the library answers this."""
    return Reply(Kind.DECLINE, turn.question.lang)


STEPS: tuple[Step, ...] = (
    clean,
    emergency,
    crisis,
    sounds_dangerous,
    check_in,
    small_talk,
    outside,
    personal_dose,
    find_passage,
    offer_choices,
    admit_no_answer,
)


def _urgent_topic(turn: Turn, rule: str) -> TopicId:
    """The advice of the rule, or the topic found if that is some urgent rule's advice."""
    best = turn.found.topics[0][0] if turn.found.topics else ""
    return TopicId(best) if best in turn.shelf.advice.values() else turn.shelf.advice[rule]
