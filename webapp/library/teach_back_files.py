"""content/teach-back/: questions about what a patient has read before the day, one file a pathway.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from webapp.domain.teach_back import Choice, Explanation, Question, TeachBack
from webapp.domain.topic import FactId, Status, TopicId
from webapp.library.languages import LANGUAGES, SOURCE, Words
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, line_at, parse_yaml, read_file

_ID = r"^[a-z][a-z0-9-]*$"
_FEWEST, _MOST = 5, 7  # questions: fewer leave ideas out, more are not finished


class ChoiceFile(Strict):
    """One thing she can say."""

    id: str = Field(pattern=_ID, max_length=40)
    right: bool = False
    words: Words


class ExplanationFile(Strict):
    """Words that rest on facts."""

    words: Words
    facts: tuple[str, ...] = Field(min_length=1)

    def explanation(self) -> Explanation:
        """The same as the domain knows it."""
        return Explanation(self.words.by_language(), tuple(map(FactId, self.facts)))


class QuestionFile(Strict):
    """One question."""

    id: str = Field(pattern=_ID, max_length=60)
    topic: str
    idea: Words
    ask: Words
    choices: tuple[ChoiceFile, ...] = Field(min_length=2, max_length=4)
    right: ExplanationFile
    otherwise: ExplanationFile

    @field_validator("choices")
    @classmethod
    def _one_fits(cls, choices: tuple[ChoiceFile, ...]) -> tuple[ChoiceFile, ...]:
        if len({choice.id for choice in choices}) < len(choices):
            raise ValueError("two choices have the same id; give each its own")
        if sum(choice.right for choice in choices) != 1:
            raise ValueError("exactly one choice has `right: true`; correct the others")
        return choices

    def question(self) -> Question:
        """The same as the domain knows it."""
        return Question(
            id=self.id,
            topic=TopicId(self.topic),
            idea=self.idea.by_language(),
            ask=self.ask.by_language(),
            choices=tuple(
                Choice(one.id, one.right, one.words.by_language()) for one in self.choices
            ),
            right=self.right.explanation(),
            otherwise=self.otherwise.explanation(),
        )


class TeachBackFile(Strict):
    """One content/teach-back/<pathway>.yaml."""

    id: str = Field(pattern=_ID)
    version: int = Field(ge=1)
    status: Status
    made_from: dict[str, int]
    approved_by: str | None
    approved_on: date | None
    questions: tuple[QuestionFile, ...] = Field(min_length=_FEWEST, max_length=_MOST)

    @model_validator(mode="after")
    def _signed_or_not(self) -> TeachBackFile:
        signed = self.status is Status.APPROVED
        if signed != bool(self.approved_by and self.approved_on):
            raise ValueError("`approved` goes with approved_by and approved_on; give all or none")
        return self

    @field_validator("questions")
    @classmethod
    def _each_once(cls, questions: tuple[QuestionFile, ...]) -> tuple[QuestionFile, ...]:
        if len({one.id for one in questions}) < len(questions):
            raise ValueError("two questions have the same id; give each its own")
        return questions


@dataclass(frozen=True, slots=True)
class TeachBackSource:
    """A file as read: its text is kept so that a fault can name its line."""

    path: str
    text: str
    file: TeachBackFile

    def line(self, *steps: int | str) -> int:
        """The line of a place in the file."""
        return line_at(self.text, steps)


@dataclass(frozen=True, slots=True)
class TeachBackShelf:
    """Every file that could be read, and what could not."""

    sources: tuple[TeachBackSource, ...]
    problems: tuple[Problem, ...]


def load_teach_back(content: Path) -> TeachBackShelf:
    """Read every file. Faulty ones are left out and named in `problems`."""
    sources, problems = list[TeachBackSource](), list[Problem]()
    for path in sorted((content / "teach-back").glob("*.yaml")):
        try:
            sources.append(_read(path))
        except LibraryError as fault:
            problems.extend(fault.problems)
    return TeachBackShelf(tuple(sources), tuple(problems))


def teach_backs(sources: Iterable[TeachBackSource]) -> Mapping[str, TeachBack]:
    """The questions by pathway. Call only when the checks found no fault."""
    return {source.file.id: _teach_back(source.file) for source in sources}


def _read(path: Path) -> TeachBackSource:
    text = read_file(path, check="teach-back-file")
    file = parse_yaml(text, TeachBackFile, file=str(path))
    if problems := list(_own_problems(path, text, file)):
        raise LibraryError(problems)
    return TeachBackSource(str(path), text, file)


def _own_problems(path: Path, text: str, file: TeachBackFile) -> Iterator[Problem]:
    if file.id != path.stem:
        message = f"The id is {file.id}, but the file is called {path.name}."
        yield Problem(str(path), 1, "teach-back-id", message, "Give both the same name.")
    for lang in LANGUAGES:
        if lang != SOURCE and lang not in file.made_from:
            message = f"made_from does not say what the {lang} words were made from."
            remedy = f"Add {lang} with the version that was translated."
            yield Problem(str(path), line_at(text, ("made_from",)), "made-from", message, remedy)


def _teach_back(file: TeachBackFile) -> TeachBack:
    return TeachBack(
        id=file.id,
        version=file.version,
        status=file.status,
        approved_by=file.approved_by or "",
        approved_on=file.approved_on,
        made_from=file.made_from,
        questions=tuple(one.question() for one in file.questions),
    )
