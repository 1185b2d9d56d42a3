"""Reading one YAML file of content/ into a checked model, with faults that name file and line.

What it is for: every `_files` module reads through here, so that a clinician who made a slip is
told the file, the line, what is wrong and how to mend it. May import: ruamel.yaml, pydantic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError


@dataclass(frozen=True, slots=True)
class ContentFault:
    """One thing wrong in one content file; `line` counts from 1."""

    file: Path
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} {self.remedy}"


class ContentError(Exception):
    """Content that cannot be used: one or more faults, each with its remedy."""

    def __init__(self, faults: Sequence[ContentFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Strict(BaseModel):
    """The base of every content model: an unknown key is a fault, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)

# What a clinician can do about each kind of fault that pydantic finds.
_REMEDIES = {
    "missing": "Add this line.",
    "extra_forbidden": "Check the spelling of this name, or take the line out.",
    "list_type": "Write a list, such as [1, 2].",
    "tuple_type": "Write a list, such as [1, 2].",
    "dict_type": "Write indented `name: value` lines under it.",
    "model_type": "Write indented `name: value` lines under it.",
    "string_type": 'Write words here; put "quotes" round a number or a yes.',
}


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A parsed YAML file: plain data, and the line on which each part of it stands."""

    path: Path
    data: Any
    _marked: Any

    def line(self, location: Sequence[str | int]) -> int:
        """The line (from 1) of the part at `location`, or of the nearest part above it."""
        here, line = self._marked, 1
        for step in location:
            found = _line_of(here, step)
            if found is None:
                continue  # pydantic also names union branches, which are no part of the file
            here, line = here[step], found
        return line

    def fault(self, location: Sequence[str | int], problem: str, remedy: str) -> ContentFault:
        """A fault at `location` of this file."""
        return ContentFault(self.path, self.line(location), problem, remedy)


def read_yaml(path: Path) -> YamlFile:
    """Parse one YAML 1.2 file.

    Raises ContentError if the file is missing, is not UTF-8, or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        marked = YAML(typ="rt", pure=True).load(text)
    except FileNotFoundError:
        raise ContentError([ContentFault(path, 1, "There is no such file.", "Add it.")]) from None
    except UnicodeDecodeError as fault:
        raise ContentError([ContentFault(path, 1, str(fault), "Save it as UTF-8.")]) from fault
    except MarkedYAMLError as fault:
        raise ContentError([_syntax_fault(path, fault)]) from fault
    return YamlFile(path, _plain(marked), marked)


def read_model(path: Path, model: type[Model]) -> tuple[Model, YamlFile]:
    """Read one file as `model`; also gives the file, so that later checks can name lines.

    Raises ContentError with every fault found.
    """
    source = read_yaml(path)
    return validate(source, model), source


def validate(source: YamlFile, model: type[Model]) -> Model:
    """The file's data as `model`. Raises ContentError with every fault found."""
    try:
        return model.model_validate(source.data)
    except ValidationError as found:
        faults = [_model_fault(source, dict(error)) for error in found.errors()]
        raise ContentError(faults) from found


def _syntax_fault(path: Path, fault: MarkedYAMLError) -> ContentFault:
    line = fault.problem_mark.line + 1 if fault.problem_mark else 1
    problem = f"This is not YAML: {fault.problem or fault.context}."
    return ContentFault(path, line, problem, "Check the indents, colons and quotes near here.")


def _model_fault(source: YamlFile, error: dict[str, Any]) -> ContentFault:
    name = ".".join(str(step) for step in error["loc"]) or "the file"
    remedy = _REMEDIES.get(error["type"], "Write it as the other files of this folder do.")
    return source.fault(error["loc"], f"`{name}`: {error['msg']}.", remedy)


def _line_of(here: object, step: str | int) -> int | None:
    if isinstance(here, CommentedMap) and step in here:
        return int(here.lc.key(step)[0]) + 1
    if isinstance(here, CommentedSeq) and isinstance(step, int) and step < len(here):
        return int(here.lc.item(step)[0]) + 1
    return None


def _plain(value: object) -> object:
    """The same data in plain types, so that no YAML class leaks out of this room."""
    if isinstance(value, dict):
        return {_plain(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
