"""What came across of the reading, as the clinic's pages print it.

May import: journeys, clinic_time, inbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.teach_back import Question
from webapp.journeys.teaching_back import Idea, Unclear
from webapp.web.present.clinic_time import moment, short_day
from webapp.web.present.inbox import View, who


@dataclass(frozen=True, slots=True)
class IdeaShown:
    """One idea on a patient's page."""

    idea: str
    clarity: str  # of webapp.journeys.teaching_back.Clarity
    when: str


@dataclass(frozen=True, slots=True)
class UnclearShown:
    """One line of the inbox."""

    patient_id: str
    who: str
    day: str
    ideas: tuple[str, ...]


def ideas_shown(found: Sequence[Idea], view: View) -> tuple[IdeaShown, ...]:
    """The ideas of one patient; those that did not come across are first."""
    shown = [
        IdeaShown(
            _words(one.question, view),
            one.clarity.value,
            moment(one.at, view.zone, view.now) if one.at else "",
        )
        for one in found
    ]
    return tuple(sorted(shown, key=lambda one: one.clarity != "unclear"))


def unclear_shown(found: Sequence[Unclear], view: View) -> tuple[UnclearShown, ...]:
    """The patients whom somebody should talk to before the day."""
    return tuple(
        UnclearShown(
            patient_id=one.patient.id,
            who=who(one.contact),
            day=short_day(one.patient.procedure_date),
            ideas=tuple(_words(question, view) for question in one.ideas),
        )
        for one in found
    )


def _words(question: Question, view: View) -> str:
    return question.idea.get(view.language, question.idea["en"])
