"""The commands that a running clinic is scripted with say what the contract says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from tests import willow
from webapp.assemble import open_house
from webapp.commands import opening, program
from webapp.config import SettingWrong, load_config
from webapp.domain.person import Patient
from webapp.journeys import checking_in
from webapp.journeys.house import House, Operator
from webapp.store import beats
from webapp.store.engine import sqlite_module, wal_is_safe

DUE_KEYS = ["patient", "day", "pod", "at", "timezone", "channel", "purpose"]


@pytest.fixture
def rosa(house: House, monkeypatch: pytest.MonkeyPatch) -> Patient:
    staffed = replace(house, operator=Operator("operator@example.org"))
    monkeypatch.setattr(opening, "house", lambda: staffed)
    now = datetime.now(UTC)
    willow.open_clinic(house, now, willow.WILLOW, willow.SAM)
    return willow.patient_on_day(house, 3, now)


def thaw(*words: str) -> Result:
    return CliRunner().invoke(program, words)


def test_link_prints_one_working_address(house: House, rosa: Patient) -> None:
    said = thaw("link", rosa.id)
    assert said.exit_code == 0
    token = urlsplit(said.stdout.strip()).path.rsplit("/", 1)[1]
    assert checking_in.open_day(house, token, datetime.now(UTC)).holder.patient.id == rosa.id


def test_link_says_why_there_is_none(rosa: Patient) -> None:
    said = thaw("link", "nobody")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "no patient nobody" in said.stderr
    closed = thaw("link", rosa.id, "--day", str(rosa.procedure_date))
    assert closed.exit_code == 0 and "closed" in closed.stderr


def test_due_prints_the_contracts_lines(rosa: Patient) -> None:
    start = datetime.now(UTC)
    said = thaw("due", "--from", start.isoformat(), "--to", str(start + timedelta(days=3)))
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert len(lines) == 3 and all(list(line) == DUE_KEYS for line in lines)
    assert {line["patient"] for line in lines} == {rosa.id}
    assert all(datetime.fromisoformat(line["at"]).utcoffset() is not None for line in lines)
    assert thaw("due", "--from", "soon", "--to", "later").exit_code == 2


def test_doctor_names_what_is_wrong_in_order_of_harm_and_then_nothing(
    house: House, rosa: Patient
) -> None:
    said = thaw("doctor")
    assert said.exit_code == 1 and said.stdout.startswith("1. No clock is running")
    assert "Start `thaw clock`" in said.stdout
    with house.store.begin() as tx:
        beats.beat(tx, beats.CLOCK, datetime.now(UTC))
    if house.store.engine.dialect.name == "sqlite" and not wal_is_safe(
        sqlite_module().sqlite_version_info
    ):
        return
    assert (thaw("doctor").exit_code, thaw("doctor").stdout) == (0, "Nothing is wrong.\n")


def test_audit_verify_passes_a_whole_trail_and_fails_a_rolled_back_one(rosa: Patient) -> None:
    said = thaw("audit", "verify")
    assert said.exit_code == 0 and "Willow Clinic: whole, 1 rows" in said.stdout
    noted = thaw("audit", "head").stdout.strip()
    assert thaw("audit", "verify", "--head", noted).exit_code == 0
    assert thaw("audit", "verify", "--head", "willow=7:abc").exit_code == 1


def test_settings_prints_every_setting_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THAW_SMTP_URL", "smtp://thaw:hunter2@mail.example:587")
    said = thaw("settings")
    assert said.exit_code == 0 and "hunter2" not in said.stdout
    for name in ("THAW_DATABASE_URL", "THAW_DATA_DIR", "THAW_SECRET_KEY_FILE", "THAW_PUBLIC_URL"):
        assert name in said.stdout
    assert "from: environment" in said.stdout and "from: default" in said.stdout


def test_a_database_that_is_away_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    away = {
        "THAW_DATA_DIR": str(tmp_path),
        "THAW_DATABASE_URL": "postgresql+psycopg://t@127.0.0.1:1/t",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "webapp.commands", "doctor"],
        env={**os.environ, **away},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("thaw: ") and "Traceback" not in ran.stderr


def test_every_command_says_what_it_is_for() -> None:
    for name in program.list_commands(None):  # type: ignore[arg-type]
        said = thaw(name, "--help")
        assert said.exit_code == 0, (name, said.output)


@pytest.mark.parametrize(
    ("start", "end", "said_of_it"),
    [
        ("0001-01-01", "2026-11-21", "between the years"),
        ("2026-11-21", "9999-12-31", "between the years"),
        ("2026-11-22", "2026-11-21", "is before --from"),
        ("yesterday", "2026-11-21", "not ISO 8601"),
    ],
)
def test_due_names_a_range_that_cannot_be_used(rosa, start: str, end: str, said_of_it: str) -> None:
    said = thaw("due", "--from", start, "--to", end)
    assert (said.exit_code, said.stdout) == (2, "")
    assert said_of_it in said.stderr


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingWrong, match="set THAW_DATA_DIR to a folder of yours"):
        open_house(load_config({"THAW_DATA_DIR": str(tmp_path / "file")}))
