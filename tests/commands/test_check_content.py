"""`thaw check-content` prints what is wrong, a problem a line; its exit code says if any is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.commands.check_content import check_content
from webapp.library.problem import Problem

BROKEN = Problem("content/a.md", 3, "fact-marker", "No facts.", "Add a marker.")
WARNING = Problem("content/a.md", 9, "review-due", "It was due.", "Read it again.", warning=True)


def run(monkeypatch: pytest.MonkeyPatch, found: tuple[Problem, ...], *options: str) -> Result:
    asked: list[tuple[Path, bool]] = []

    def pretend(content: Path, today: object, *, complete: bool) -> tuple[Problem, ...]:
        asked.append((content, complete))
        return found

    monkeypatch.setattr("webapp.commands.check_content.check", pretend)
    result = CliRunner().invoke(check_content, options)
    assert asked[0][1] == ("--complete" in options)
    return result


def test_a_broken_rule_ends_with_1_and_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch):
    result = run(monkeypatch, (BROKEN, WARNING))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "content/a.md:3: error [fact-marker] No facts. Add a marker.",
        "content/a.md:9: warning [review-due] It was due. Read it again.",
        "1 broken, 1 warnings.",
    ]


def test_a_warning_alone_ends_with_0(monkeypatch: pytest.MonkeyPatch):
    assert run(monkeypatch, (WARNING,), "--complete").exit_code == 0


def test_json_is_one_object_a_line_and_nothing_else(monkeypatch: pytest.MonkeyPatch):
    result = run(monkeypatch, (BROKEN, WARNING), "--json")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["check"] for line in lines] == ["fact-marker", "review-due"]
    assert lines[0]["line"] == 3
    assert lines[0]["remedy"] == "Add a marker."
