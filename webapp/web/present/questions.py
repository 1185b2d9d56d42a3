"""The list of unanswered questions as its template prints it: by day, with what was shown.

May import: the domain, journeys, flask-babel and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.topic import Topic, TopicId
from webapp.domain.turn import Feedback, Turn, TurnOutcome
from webapp.journeys.listening import Heard
from webapp.web.present.clinic_time import clock_time
from webapp.web.present.inbox import View

Topics = Mapping[TopicId, Topic]


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question and what became of it."""

    id: str
    time: str
    lang: str
    words: str
    outcome: str
    said: str  # what the asker said of the answer; "" if nothing
    shown: tuple[str, ...]  # titles of what she was shown or offered
    passage: str


@dataclass(frozen=True, slots=True)
class QuestionDay:
    """The questions of one day of the clinic, newest first."""

    day: date
    questions: tuple[QuestionShown, ...]


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """Everything that templates/clinic/questions.html prints."""

    days: tuple[QuestionDay, ...]
    outcomes: tuple[tuple[str, int], ...]  # words and count, the most frequent first
    total: int


def questions_page(heard: Heard, view: View, topics: Topics) -> QuestionsPage:
    """The page of what was heard, in the clinic's own days."""
    words = outcome_words()
    counts = sorted(heard.tally.counts.items(), key=lambda one: (-one[1], one[0]))
    by_day = groupby(heard.questions, key=lambda turn: turn.at.astimezone(_zone(view)).date())
    return QuestionsPage(
        days=tuple(
            QuestionDay(day, tuple(_question(one, view, topics) for one in turns))
            for day, turns in by_day
        ),
        outcomes=tuple((words[outcome], count) for outcome, count in counts),
        total=heard.tally.total,
    )


def _zone(view: View) -> ZoneInfo:
    return ZoneInfo(view.zone)


def _question(turn: Turn, view: View, topics: Topics) -> QuestionShown:
    names = (turn.topic,) if turn.topic else turn.offered
    known = [topics[TopicId(name)] for name in names if TopicId(name) in topics]
    return QuestionShown(
        id=turn.id,
        time=clock_time(turn.at, view.zone),
        lang=turn.lang,
        words=turn.words,
        outcome=outcome_words()[turn.outcome],
        said=feedback_words()[turn.feedback] if turn.feedback else "",
        shown=tuple(topic.in_language(view.language).title for topic in known),
        passage=turn.passage or "",
    )


def outcome_words() -> dict[TurnOutcome, str]:
    """How a turn can end, in words."""
    return {
        TurnOutcome.URGENT_TOLD: _("Urgent: told whom to call"),
        TurnOutcome.URGENT_FLAGGED: _("Urgent: told whom to call, and flagged"),
        TurnOutcome.URGENT_SEEN_AGAIN: _("Urgent: told again, the flag was open"),
        TurnOutcome.CRISIS_TOLD: _("Crisis: told whom to call"),
        TurnOutcome.CRISIS_FLAGGED: _("Crisis: told whom to call, and flagged"),
        TurnOutcome.ANSWERED: _("Answered"),
        TurnOutcome.OFFERED: _("Choices offered"),
        TurnOutcome.CHOSEN: _("A choice taken"),
        TurnOutcome.READ_BACK: _("Numbers read back to a patient"),
        TurnOutcome.READ_BACK_ONLY: _("Numbers read back to a visitor"),
        TurnOutcome.CHECKED_IN: _("Numbers sent as a check-in"),
        TurnOutcome.NOT_SENT: _("Numbers not sent"),
        TurnOutcome.SMALL_TALK: _("Small talk"),
        TurnOutcome.DECLINED: _("No answer"),
        TurnOutcome.TOO_LONG: _("Too long to answer"),
    }


def feedback_words() -> dict[Feedback, str]:
    """What an asker can say of an answer."""
    return {
        Feedback.UP: _("It helped"),
        Feedback.DOWN: _("It did not help"),
        Feedback.NO_ANSWER: _("It did not answer the question"),
    }
