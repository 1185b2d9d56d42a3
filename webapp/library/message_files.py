"""content/messages/<name>/<lang>.txt: the words of every message, with no word about health.

A file begins with `Subject:` and `SMS:`, then an empty line, then the text. A line that starts with
`| ` is used in place of the line before it where that one has a gap without a value; a bare `|`
drops the line. May import: pydantic, the domain and this room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import RootModel, field_validator

from webapp.domain.message import (
    GAPS,
    Line,
    Messages,
    Template,
    fitted,
    gaps,
    render,
    sms_size,
)
from webapp.library.languages import LANGUAGES
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import read_file, read_yaml

__all__ = ["load_messages", "render", "sms_problems"]

_HEADERS = ("Subject: ", "SMS: ")
_INSTEAD = "|"


class HealthWords(RootModel[dict[str, tuple[str, ...]]]):
    """content/messages/health-words.yaml: what no message may hold, by language."""

    @field_validator("root")
    @classmethod
    def _none_is_left_out(cls, words: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if missing := [code for code in LANGUAGES if not words.get(code)]:
            raise ValueError(f"there are no words in {', '.join(missing)}; add them")
        return words

    def pattern(self, language: str) -> re.Pattern[str]:
        """Finds any of the words; Arabic joins its article to them, so there it looks inside."""
        words = "|".join(map(re.escape, self.root[language]))
        return re.compile(f"(?:{words})" if language == "ar" else rf"\b(?:{words})\w*", re.I)


def load_messages(content: Path) -> Messages:
    """Every message by name and language. Raises LibraryError with every fault."""
    folder = content / "messages"
    health = read_yaml(folder / "health-words.yaml", HealthWords)
    templates: dict[tuple[str, str], Template] = {}
    problems: list[Problem] = []
    for name in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        for language in LANGUAGES:
            file = folder / name / f"{language}.txt"
            try:
                text = read_file(file, check="message-file")
                problems += _word_problems(file, text, health.pattern(language))
                templates[name, language] = _template(file, text)
            except LibraryError as fault:
                problems += fault.problems
    if problems:
        raise LibraryError(problems)
    return templates


def sms_problems(messages: Messages, values: Mapping[str, str]) -> tuple[Problem, ...]:
    """A warning for each short text that takes more than one SMS with these values.

    Arabic travels in 16 bits and rarely fits with a link; it is not warned about.
    """
    return tuple(
        Problem(
            file=f"content/messages/{name}/{language}.txt",
            line=2,
            check="message-sms",
            message=f"The SMS takes {size.parts} parts.",
            remedy="Shorten it: a text message of one part holds 160 letters.",
            warning=True,
        )
        for name, language in messages
        if language != "ar"
        and (size := sms_size(fitted(render(messages, name, language, **values).sms))).parts > 1
    )


def _template(file: Path, text: str) -> Template:
    lines = text.splitlines()
    for place, header in enumerate(_HEADERS):
        if len(lines) <= place or not lines[place].startswith(header):
            remedy = f"Begin the file with the lines {' and '.join(_HEADERS)}, then an empty line."
            message = f"Line {place + 1} does not start with “{header}”."
            raise LibraryError([Problem(str(file), place + 1, "message-header", message, remedy)])
    subject, sms = (
        line.removeprefix(header) for line, header in zip(lines, _HEADERS, strict=False)
    )
    return Template(subject, sms, tuple(_body(lines[len(_HEADERS) :])))


def _body(lines: list[str]) -> Iterator[Line]:
    for place, line in enumerate(lines):
        if line.startswith(_INSTEAD):
            continue
        after = lines[place + 1] if place + 1 < len(lines) else ""
        instead = after.removeprefix(_INSTEAD).strip() if after.startswith(_INSTEAD) else None
        yield Line(line, instead)


def _word_problems(file: Path, text: str, health: re.Pattern[str]) -> Iterator[Problem]:
    for place, line in enumerate(text.splitlines(), start=1):
        if found := health.search(line):
            message = f"“{found.group()}” says something about health."
            remedy = "Say it without: anybody may read this over the patient's shoulder."
            yield Problem(str(file), place, "message-health", message, remedy)
        try:
            strange = gaps(line) - GAPS
        except ValueError:
            yield Problem(str(file), place, "message-gap", "A brace stands alone.", "Close it.")
            continue
        if strange:
            message = f"{{{', '.join(sorted(strange))}}} is not known."
            remedy = f"Known: {', '.join(sorted(GAPS))}."
            yield Problem(str(file), place, "message-gap", message, remedy)
