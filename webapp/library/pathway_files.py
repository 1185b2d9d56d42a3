"""content/pathways/: which days are asked, for how long, and what to read when.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, pairwise
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from webapp.domain.pathway import AskingPhase, Pathway, ReadingPhase
from webapp.domain.topic import Phase
from webapp.library.languages import LANGUAGES
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, read_yaml

_LAST_DAY = 3650  # ten years on, a day is a slip of the pen


class EveryFile(Strict):
    """Days counted off evenly, both ends asked."""

    first: int = Field(alias="from", ge=1, le=_LAST_DAY)
    last: int = Field(alias="to", ge=1, le=_LAST_DAY)
    step: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _ends_on_a_step(self) -> EveryFile:
        if self.last < self.first or (self.last - self.first) % self.step:
            message = f"counting from {self.first} by {self.step} never reaches {self.last}"
            raise ValueError(f"{message}; give `to` a day that is asked")
        return self

    def days(self) -> tuple[int, ...]:
        """The days themselves."""
        return tuple(range(self.first, self.last + 1, self.step))


class AskingFile(Strict):
    """A run of asked days: counted (`every`) or named (`days`), never both."""

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    every: EveryFile | None = None
    days: tuple[int, ...] | None = Field(default=None, min_length=1)
    open_hours: int = Field(ge=1, le=24 * 14)
    reminder_after_hours: int | None = Field(ge=1)

    @model_validator(mode="after")
    def _one_list_of_days(self) -> AskingFile:
        if (self.every is None) == (self.days is None):
            raise ValueError("write either `every` or `days`, not both and not neither")
        if self.reminder_after_hours and self.reminder_after_hours >= self.open_hours:
            raise ValueError(
                "a reminder must come before the day closes: lower it below open_hours"
            )
        return self

    def all_days(self) -> tuple[int, ...]:
        """The days, however they were written."""
        return self.every.days() if self.every else (self.days or ())


class ReadingFile(Strict):
    """What to read until a day."""

    phase: Phase
    until: int | None
    topics: tuple[str, ...] = Field(min_length=1)

    @field_validator("topics")
    @classmethod
    def _each_once(cls, topics: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(topics)) < len(topics):
            raise ValueError("a topic stands here twice; take one out")
        return topics


class PathwayFile(Strict):
    """One content/pathways/<id>.yaml."""

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    version: int = Field(ge=1)
    status: Literal["draft", "reviewed", "approved"]
    judged_as: Literal["mastectomy", "knee"]
    names: dict[str, str]
    asks_baseline: bool
    asking: tuple[AskingFile, ...] = Field(min_length=1)
    last_day_changes_hours: int = Field(ge=0, le=24 * 31)
    reading: tuple[ReadingFile, ...] = Field(min_length=1)
    facts: tuple[str, ...] = Field(min_length=1)

    @field_validator("names")
    @classmethod
    def _named_everywhere(cls, names: dict[str, str]) -> dict[str, str]:
        if missing := [lang for lang in LANGUAGES if not names.get(lang, "").strip()]:
            raise ValueError(f"no name in {', '.join(missing)}; add one for each language")
        return names

    @field_validator("asking")
    @classmethod
    def _days_go_forward(cls, asking: tuple[AskingFile, ...]) -> tuple[AskingFile, ...]:
        days = list(chain.from_iterable(phase.all_days() for phase in asking))
        for day, following in pairwise(days):
            if following <= day:
                raise ValueError(f"day {following} comes after day {day}; put the days in order")
        if days[0] < 1 or days[-1] > _LAST_DAY:
            raise ValueError(f"a day outside 1 to {_LAST_DAY}; days count from the procedure")
        return asking

    @field_validator("reading")
    @classmethod
    def _reading_goes_forward(cls, reading: tuple[ReadingFile, ...]) -> tuple[ReadingFile, ...]:
        ends = [part.until for part in reading]
        if ends[-1] is not None:
            raise ValueError("the last part has an end; give it `until: null`")
        if None in ends[:-1] or any(b <= a for a, b in pairwise(e for e in ends if e is not None)):
            raise ValueError("the parts are out of order; let `until` grow, null only at the end")
        return reading


def load_pathways(content: Path) -> Mapping[str, Pathway]:
    """Every pathway by its id. Raises LibraryError with every fault of every file."""
    files = sorted((content / "pathways").glob("*.yaml"))
    problems: list[Problem] = []
    pathways: dict[str, Pathway] = {}
    for file in files:
        try:
            pathways[file.stem] = _read_one(file)
        except LibraryError as fault:
            problems += fault.problems
    if not files:
        remedy = "Restore content/pathways from git."
        where = str(content / "pathways")
        problems.append(Problem(where, 1, "pathway-none", "There is no pathway.", remedy))
    if problems:
        raise LibraryError(problems)
    return pathways


def _read_one(file: Path) -> Pathway:
    read = read_yaml(file, PathwayFile)
    if read.id != file.stem:
        message = f"The id is {read.id}, but the file is called {file.name}."
        remedy = "Give both the same name."
        raise LibraryError([Problem(str(file), 1, "pathway-id", message, remedy)])
    return _pathway(read)


def _pathway(read: PathwayFile) -> Pathway:
    return Pathway(
        id=read.id,
        version=read.version,
        status=read.status,
        judged_as=read.judged_as,
        names=read.names,
        asks_baseline=read.asks_baseline,
        asking=tuple(
            AskingPhase(part.id, part.all_days(), part.open_hours, part.reminder_after_hours)
            for part in read.asking
        ),
        last_day_changes_hours=read.last_day_changes_hours,
        reading=tuple(
            ReadingPhase(part.phase.value, part.until, part.topics) for part in read.reading
        ),
        facts=read.facts,
    )
