"""What a clinician signs lives in content/: no number to ring, no clinical number in Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.source import HERE, Module, modules, tracked_files

PLAIN = {-1, 0, 1, 2}  # counting, not judging
TELEPHONE = re.compile(
    r"(?<![\w./#-])(?:\+\d[\d ()-]{6,}\d|\(?\d{3}\)?[ -]\d{3}[ -]\d{4}\b|\b911\b)"
)
OPEN_TEMPLATES = {"components/cards.html": "our own icon paths, from a table in the same file"}


def numbers(module: Module) -> Iterator[tuple[int, float]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield node.lineno, node.value


def test_no_number_in_python_rests_on_a_medical_fact():
    clinical = [
        f"{module.name}:{line} {number}"
        for module in modules()
        if module.room in {"domain", "journeys", "web"}
        for line, number in numbers(module)
        if number not in PLAIN and re.search(r"\bF\d+\b", module.text.splitlines()[line - 1])
    ]
    assert clinical == [], "\n".join(clinical)


def test_no_answer_is_judged_by_a_number_in_python():
    """A rule's threshold is data; what else must be compared with has a name of its own."""
    judged = [
        f"{module.name}:{node.lineno} {side.value}"
        for module in modules()
        if module.room in {"domain", "journeys", "web"}
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant)
        and type(side.value) in (int, float)
        and side.value not in PLAIN
        and not (module.room == "web" and 100 <= side.value < 600)  # an HTTP status
    ]
    assert judged == [], "\n".join(judged)


def test_no_telephone_number_stands_in_python_or_in_a_template():
    files = [*(HERE / "webapp").rglob("*.py"), *(HERE / "webapp").rglob("*.html")]
    assert [hit for file in files for hit in telephones(file.read_text("utf-8"), file.name)] == []


def test_only_the_emergency_file_holds_a_number_that_patients_are_shown():
    shown = [
        *(HERE / "content").glob("topics/*/*.md"),
        *(HERE / "content").glob("messages/*/*.txt"),
        *(HERE / "content").glob("instruments/*.yaml"),
        *(HERE / "content").glob("pathways/*.yaml"),
        *(HERE / "content").glob("rules/*.yaml"),
    ]
    assert shown
    named = [hit for file in shown for hit in telephones(file.read_text("utf-8"), str(file))]
    assert named == [], "\n".join(named)


def telephones(text: str, name: str) -> list[str]:
    return [f"{name}: {hit[0]}" for hit in TELEPHONE.finditer(text)]


def test_no_template_trusts_words_it_did_not_write():
    trusting = [
        str(file.relative_to(HERE))
        for file in tracked_files()
        if file.suffix in {".html", ".xml", ".svg"}
        and re.search(r"\|\s*safe\b|autoescape false", file.read_text("utf-8"))
        and not any(file.as_posix().endswith(name) for name in OPEN_TEMPLATES)
    ]
    assert trusting == [], "\n".join(trusting)
