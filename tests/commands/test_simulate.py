"""`thaw simulate`: the real code, invented people, nobody's database, nothing sent."""

from __future__ import annotations

import json
import smtplib
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import willow
from webapp.commands import simulate
from webapp.journeys import prompting, simulating
from webapp.library.shelf import Library

ASKED = ["--patients", "12", "--days", "4", "--start", "2026-10-30", "--seed", "3", "--json"]
KEYS = [
    "patients", "days", "due", "sent", "reminded", "answered", "missed", "doubled",
    "in_quiet_hours", "flags", "seconds",
]  # fmt: skip


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, library: Library, tmp_path: Path) -> Path:
    """An installation that must not be touched, and no network."""
    monkeypatch.setattr(simulate, "load_library", lambda _: library)
    monkeypatch.setenv("THAW_DATA_DIR", str(tmp_path / "real"))
    monkeypatch.setenv("THAW_DATABASE_URL", f"sqlite:///{tmp_path}/real.sqlite")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a simulation opened a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(smtplib.SMTP, "__init__", refuse)
    return tmp_path


def run(*asked: str) -> Result:
    return CliRunner().invoke(simulate.simulate, [*asked])


def figures(*asked: str) -> dict[str, object]:
    done = run(*asked)
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.output)
    return found


def test_the_same_seed_gives_the_same_figures_and_nothing_real_is_touched(alone: Path) -> None:
    first, second = figures(*ASKED), figures(*ASKED)
    assert list(first) == KEYS
    assert first | {"seconds": 0} == second | {"seconds": 0}
    assert list(alone.iterdir()) == []


def test_everybody_is_asked_once_and_some_answer_and_some_are_flagged() -> None:
    found = figures(*ASKED)
    assert (found["missed"], found["doubled"], found["in_quiet_hours"]) == (0, 0, 0)
    assert found["due"] == found["sent"]
    assert 0 < int(str(found["answered"])) < int(str(found["due"]))
    assert int(str(found["reminded"])) > 0
    assert isinstance(found["flags"], dict)
    assert list(found["flags"]) == ["urgent", "soon", "watch"]
    assert sum(found["flags"].values()) > 0


def test_a_clock_that_asks_nobody_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the figures are not the scheduler's own word."""

    def skip(*_: object) -> None:
        """Ask nobody."""

    monkeypatch.setattr(prompting, "prompt_all", skip)
    done = run(*ASKED)
    assert done.exit_code == 1
    assert json.loads(done.output)["missed"] > 0


def test_a_message_in_the_night_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulating, "is_quiet", lambda *_: True)
    done = run(*ASKED)
    assert done.exit_code == 1
    assert json.loads(done.output)["in_quiet_hours"] > 0


def test_a_database_in_use_is_refused(house, config, clock_now) -> None:
    willow.open_clinic(house, clock_now)
    done = run(*ASKED, "--database-url", config.database_url)
    assert done.exit_code == 2
    assert "in use" in done.output


def test_an_empty_database_can_be_given(config) -> None:
    found = figures(*ASKED, "--database-url", config.database_url)
    assert found["due"] == found["sent"]
