"""YAML 1.2 read into strict models; a fault names the file, the line and the remedy.

A parser in C reads what is well written, four times as fast; what it stumbles over goes to the
plain one, which knows more and says better what is wrong. May import: ruamel.yaml, pydantic and
this room.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from webapp.library.problem import LibraryError, Problem

Read = TypeVar("Read", bound=BaseModel)


class Strict(BaseModel):
    """A model that refuses unknown keys and never guesses at a type."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_file(path: Path, *, check: str) -> str:
    """The text of a UTF-8 file, or a LibraryError that says what is missing."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = "Write it, or restore it from git."
        raise LibraryError([Problem(str(path), 1, check, "The file is missing.", remedy)]) from None
    except UnicodeDecodeError as fault:
        message = f"Byte {fault.start} is not UTF-8."
        raise LibraryError([Problem(str(path), 1, check, message, "Save it as UTF-8.")]) from None


def read_yaml(path: Path, model: type[Read]) -> Read:
    """A YAML file as a checked model. Raises LibraryError with every fault."""
    return parse_yaml(read_file(path, check="yaml-file"), model, file=str(path))


def parse_yaml(text: str, model: type[Read], *, file: str, first_line: int = 1) -> Read:
    """YAML text as a checked model; `first_line` is where the text begins in the file."""
    data = _plain(text, file, first_line)
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        root = _composed(text)
        raise LibraryError(
            Problem(
                file=file,
                line=first_line + _line_of(root, error["loc"]),
                check="yaml-shape",
                message=f"{'.'.join(map(str, error['loc'])) or 'The file'}: {error['msg']}.",
                remedy="Give the key a value of that kind, or remove a key that is not known.",
            )
            for error in _own_faults(fault)
        ) from None


def _own_faults(fault: ValidationError) -> list[Any]:
    """The faults without those that only echo one deeper down: a list is not empty because its
    one entry was wrong.
    """
    errors = fault.errors()
    above = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [each for each in errors if each["type"] != "too_short" or each["loc"] not in above]


def _plain(text: str, file: str, first_line: int) -> Any:
    """Parse YAML into plain dicts and lists; a syntax fault becomes a LibraryError."""
    with suppress(YAMLError):
        return quickly(text)
    try:
        return YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as fault:
        line = fault.problem_mark.line if fault.problem_mark else 0
        message = f"This is not YAML: {fault.problem or fault.context}."
        remedy = "Look at this line and the one above: indents, colons, quotes."
        raise LibraryError(
            [Problem(file, first_line + line, "yaml-syntax", message, remedy)]
        ) from None


def quickly(text: str) -> Any:
    """YAML text as plain dicts and lists, by the parser in C where the platform has it."""
    return YAML(typ="safe").load(text)


def _line_of(node: Node | None, path: tuple[int | str, ...]) -> int:
    """The line (0 is the first) of the deepest node that the path leads to."""
    line = node.start_mark.line if node else 0
    for step in path:
        node = _child(node, step)
        if node is None:
            break
        line = node.start_mark.line
    return line


def _child(node: Node | None, step: int | str) -> Node | None:
    """The node under a key or at an index, if it is there."""
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: Node = node.value[step]
        return found
    return None


def line_at(text: str, path: tuple[int | str, ...]) -> int:
    """The line (1 is the first) of the deepest node of YAML text that the path leads to."""
    return 1 + _line_of(_composed(text), path)


@lru_cache(maxsize=2)  # one file after the other is asked for its lines
def _composed(text: str) -> Node | None:
    root: Node | None = YAML(typ="safe", pure=True).compose(text)
    return root
