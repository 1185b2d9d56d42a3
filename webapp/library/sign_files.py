"""content/instruments/signs.yaml: the signs that a patient can tick.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from webapp.domain.flag import Severity
from webapp.domain.sign import Lead, Sign, SignGroup
from webapp.library.languages import Words
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, line_at, parse_yaml, read_file

SIGNS_FILE = Path("instruments") / "signs.yaml"


class LeadFile(Strict):
    """A rule that the tick can lead to."""

    rule: str
    severity: Severity
    when: str


class SignFile(Strict):
    """One sign."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    group: SignGroup
    pathways: tuple[str, ...] = Field(min_length=1)
    days: tuple[()] | tuple[int, int | None]
    pump: bool = False
    words: Words
    leads_to: tuple[LeadFile, ...] = Field(min_length=1)


class SignsFile(Strict):
    """The whole file, in the order of the closed list."""

    signs: tuple[SignFile, ...] = Field(min_length=1)


def load_signs(content: Path) -> tuple[Sign, ...]:
    """Every sign, in order. Raises LibraryError with file, line and remedy."""
    path = content / SIGNS_FILE
    text = read_file(path, check="yaml-file")
    read = parse_yaml(text, SignsFile, file=str(path))
    problems = tuple(_twice(read.signs, text, str(path)))
    if problems:
        raise LibraryError(problems)
    return tuple(map(_sign, read.signs))


def _twice(signs: tuple[SignFile, ...], text: str, file: str) -> Iterator[Problem]:
    ids = [sign.id for sign in signs]
    for place, name in enumerate(ids):
        if name in ids[:place]:
            line = line_at(text, ("signs", place))
            message = f"The sign '{name}' stands here a second time."
            yield Problem(file, line, "sign-twice", message, "Keep one of the two.")


def _sign(read: SignFile) -> Sign:
    first, last = read.days or (None, None)
    return Sign(
        id=read.id,
        group=read.group,
        pathways=read.pathways,
        words=read.words.by_language(),
        leads_to=tuple(Lead(lead.rule, lead.severity, lead.when) for lead in read.leads_to),
        first_day=first,
        last_day=last,
        with_pump=read.pump,
    )
