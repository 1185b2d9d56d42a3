"""`thaw enrol`, `thaw staff` and `thaw clinic`: what goes in, what comes out, and how they end."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from tests.tables import count
from webapp.commands import clinic, enrol, opening, staff

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROW = {
    "name": "Rosa Example",
    "procedure_date": "2026-11-20",
    "pathway": "mastectomy",
    "email": "rosa@example.org",
    "clinic": "Sea View",
}
PLACE = ["add", "--name", "Sea View", "--country", "us", "--timezone", "America/Los_Angeles"]


@pytest.fixture(autouse=True)
def installed(house, monkeypatch):
    monkeypatch.setattr(opening, "house", lambda: house)
    monkeypatch.setattr(opening, "now", lambda: NOW)
    return house


def run(command, *arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(command, list(arguments), input=text)


@pytest.fixture
def here(house):
    done = run(clinic.clinic, *PLACE, "--phone", "(555) 010-0123", "--hours", "mon-fri 08:00-17:00")
    assert done.exit_code == 0, done.output
    return done.output.strip()


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_lines_give_the_ids_that_the_site_uses(house, here):
    text = "\n".join(json.dumps({**ROW, "name": name}) for name in ("Rosa", "Lily"))
    done = run(enrol.enrol, text=text)
    assert done.exit_code == 0
    found = lines(done)
    assert [line["row"] for line in found] == [1, 2]
    assert len({line["id"] for line in found}) == count(house.store, "patient") == 2


def test_a_table_with_a_heading_does_the_same(house, here):
    text = "\ufeffname,procedure_date,pathway,email,clinic\nRosa,2026-11-20,knee,r@example.org,\n"
    done = run(enrol.enrol, text=text.lstrip("\ufeff"))
    assert (done.exit_code, lines(done)[0]["row"]) == (0, 1)


def test_a_table_with_semicolons_is_read_as_some_spreadsheets_write_it(house, here):
    text = "name;procedure_date;pathway;email\nRosa;2026-11-20;knee;r@example.org\n"
    done = run(enrol.enrol, text=text)
    assert (done.exit_code, lines(done)[0]["row"]) == (0, 1)


def test_a_row_with_faults_is_refused_whole_and_the_others_are_enrolled(house, here):
    rows = [ROW, {**ROW, "name": "", "timezone": "Mars"}, {**ROW, "name": "Lily"}]
    done = run(enrol.enrol, text="\n".join(map(json.dumps, rows)))
    assert done.exit_code == 1
    first, wrong, last = lines(done)
    assert first["id"] and last["id"] and wrong["id"] is None
    assert "name" in wrong["error"] and "timezone" in wrong["error"]
    assert count(house.store, "patient") == 2


def test_a_line_that_is_no_patient_is_said_so(here):
    done = run(enrol.enrol, text=json.dumps(ROW) + "\n{oops\n[1]\n")
    assert done.exit_code == 1
    assert [bool(line["id"]) for line in lines(done)] == [True, False, False]


def test_the_same_file_twice_enrols_once(house, here):
    run(enrol.enrol, text=json.dumps(ROW))
    again = run(enrol.enrol, text=json.dumps(ROW))
    assert again.exit_code == 1
    assert "already" in lines(again)[0]["error"]
    assert count(house.store, "patient") == 1


def test_nothing_at_all_is_no_fault(here):
    done = run(enrol.enrol, text="")
    assert (done.exit_code, done.stdout) == (0, "")


def test_a_clinic_that_cannot_be_is_refused_with_every_reason(house):
    done = run(clinic.clinic, *PLACE[:-1], "Mars", "--phone", "none")
    assert done.exit_code == 1
    assert "timezone" in done.stderr and "phone" in done.stderr
    assert count(house.store, "clinic") == 0


def test_hours_that_cannot_be_read_are_shown_as_they_should_be(house):
    done = run(clinic.clinic, *PLACE, "--phone", "(555) 010-0123", "--hours", "always")
    assert (done.exit_code, "mon-fri 08:00-17:00" in done.stderr) == (1, True)


def test_the_first_administrator_gets_a_long_password_once(here):
    add = ["add", "--clinic", "Sea View", "--email", "chief@example.org", "--name", "Chief"]
    done = run(staff.staff, *add)
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()[-1]) >= 20
    again = run(staff.staff, *add)
    assert (again.exit_code, "email" in again.stderr) == (1, True)


def test_staff_of_a_clinic_that_is_not_here_names_those_that_are(here):
    add = ["add", "--clinic", "Elsewhere", "--email", "chief@example.org", "--name", "Chief"]
    assert "Sea View" in run(staff.staff, *add).stderr
