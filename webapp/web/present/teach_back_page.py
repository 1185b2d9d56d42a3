"""A question about the reading as its page prints it, in one language, its numbers filled in.

May import: the domain, journeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from webapp.domain.emergency import Contacts
from webapp.domain.teach_back import Question, TeachBack
from webapp.domain.topic import Standing


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language, and with which numbers to ring."""

    lang: str
    contacts: Contacts


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Everything that templates/public/teach_back.html prints of one question."""

    pathway: str
    id: str
    topic: str
    ask: str
    choices: tuple[dict[str, str], ...]  # as forms.html takes them
    right: str
    otherwise: str
    number: int  # 1 is the first
    of: int
    next: str  # the id of the question that follows; "" after the last
    name: str  # with language and version, as everywhere
    standing: Standing
    approved_by: str
    approved_on: date | None


def question_page(asked: TeachBack, question: Question, reader: Reader) -> QuestionPage:
    """One question of a set."""
    lang, fill = reader.lang, reader.contacts.fill_text
    following = asked.after(question)
    return QuestionPage(
        pathway=asked.id,
        id=question.id,
        topic=question.topic,
        ask=fill(question.ask[lang]),
        choices=tuple(
            {"value": choice.id, "label": fill(choice.words[lang])} for choice in question.choices
        ),
        right=fill(question.right.words[lang]),
        otherwise=fill(question.otherwise.words[lang]),
        number=asked.questions.index(question) + 1,
        of=len(asked.questions),
        next=following.id if following else "",
        name=f"{asked.id}/{question.id}@{lang}#{asked.version}",
        standing=asked.standing(lang),
        approved_by=asked.approved_by,
        approved_on=asked.approved_on,
    )
