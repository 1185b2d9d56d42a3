"""Thaw's own source as the house tests see it: modules with their room, syntax tree and functions.

May import: the standard library.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of webapp/: `room` is its folder, or its own name at the top."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(HERE))

    @property
    def room(self) -> str:
        inside = self.path.relative_to(HERE / "webapp").parts
        return inside[0] if len(inside) > 1 else self.path.stem

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imports(self) -> Iterator[tuple[int, str]]:
        """The line and the full name of everything imported, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.lineno, "." * node.level + (node.module or "")


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of webapp/, migrations included."""
    files = sorted((HERE / "webapp").rglob("*.py"))
    texts = ((file, file.read_text(encoding="utf-8")) for file in files)
    return tuple(Module(file, text, ast.parse(text)) for file, text in texts)


@cache
def tracked_files() -> tuple[Path, ...]:
    """What git keeps: what a stranger who clones will see. Deleted files are left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=HERE, check=True, capture_output=True, text=True
    )
    files = (HERE / name for name in listed.stdout.split("\0") if name)
    return tuple(file for file in files if file.is_file())


def tracked_texts() -> Iterator[tuple[str, str]]:
    """The name and the words of every tracked file that is text."""
    for file in tracked_files():
        try:
            yield str(file.relative_to(HERE)), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def length(node: Function) -> int:
    """Lines from `def` to the end, without the docstring: words that explain are free."""
    first = node.body[0]
    is_words = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    words = first.end_lineno - first.lineno + 1 if is_words else 0
    return node.end_lineno - node.lineno + 1 - words
