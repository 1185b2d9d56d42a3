"""What can go wrong in a fresh clone ends in a sentence that says what to do, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import HERE

SUPPLIED = ("set-up/prepare.py", "pyproject.toml", "requirements.lock", "requirements-test.lock")
WORKING = '#!/bin/sh\necho "$*" >> "$0.log"\n'
PIP_FAILS = WORKING + 'case "$*" in *" install "*) echo "no such host" >&2; exit 1;; esac\n'
BROKEN = "#!/bin/sh\nexit 127\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what setting up reads, in a folder of its own."""
    for name in SUPPLIED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(HERE / name, tmp_path / name)
    return tmp_path


def environment_in(clone: Path, python: str) -> Path:
    """A .venv whose Python is a script that notes what it was asked to do."""
    program = clone / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(python)
    program.chmod(0o755)
    return program


def prepare(clone: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Set the clone up, with these settings in the environment."""
    settings = {"THAW_DATA_DIR": str(clone / "var"), **settings}
    return subprocess.run(
        [sys.executable, "set-up/prepare.py"],
        cwd=clone,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )


def test_a_second_run_has_nothing_left_to_do(clone: Path):
    program = environment_in(clone, WORKING)
    assert prepare(clone).returncode == 0
    asked = Path(f"{program}.log").read_text()
    assert "--require-hashes" in asked
    assert prepare(clone).returncode == 0
    assert Path(f"{program}.log").read_text() == asked


def test_a_changed_lock_is_installed(clone: Path):
    program = environment_in(clone, WORKING)
    prepare(clone)
    asked = Path(f"{program}.log").read_text()
    (clone / "requirements.lock").write_text("")
    prepare(clone)
    assert len(Path(f"{program}.log").read_text()) > len(asked)


def test_a_half_made_environment_is_made_again(clone: Path):
    environment_in(clone, BROKEN)
    (clone / "requirements.lock").write_text("no-such-package")  # stops before the network
    done = prepare(clone, PIP_NO_INDEX="1")
    assert "left half made: making it again" in done.stderr
    assert (clone / ".venv" / "bin" / "python").resolve() == Path(sys.executable).resolve()


def test_an_installation_that_was_killed_is_made_again(clone: Path):
    environment_in(clone, WORKING)
    (clone / ".venv" / "unfinished").touch()
    (clone / "requirements.lock").write_text("no-such-package")
    assert "left half made: making it again" in prepare(clone, PIP_NO_INDEX="1").stderr


def test_pip_failing_shows_its_words_and_what_usually_helps(clone: Path):
    environment_in(clone, PIP_FAILS)
    done = prepare(clone)
    assert done.returncode == 1
    assert "no such host" in done.stderr
    assert "package index" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (clone / ".venv" / "ready-to-run").exists()


def test_a_data_folder_that_cannot_be_written_is_named_with_the_remedy(clone: Path):
    done = prepare(clone, THAW_DATA_DIR="/dev/null/data")
    assert done.returncode == 1
    assert "/dev/null/data" in done.stderr
    assert "THAW_DATA_DIR=$HOME" in done.stderr
    assert "Traceback" not in done.stderr


def find_python(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Look for a Python where `script` is the only one there is."""
    if script:
        (folder / "python3").write_text(script)
        (folder / "python3").chmod(0o755)
    return subprocess.run(
        [str(shutil.which("sh")), str(HERE / "set-up/find-python.sh")],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_an_old_python_is_named_and_the_remedy_too(tmp_path: Path):
    done = find_python(tmp_path, '#!/bin/sh\n[ "$1" = -c ] && exit 1\necho Python 3.9.2\n')
    assert done.returncode == 1
    assert "Only Python 3.9.2 was found" in done.stderr
    assert "3.11 or newer" in done.stderr


def test_no_python_at_all_says_where_to_get_one(tmp_path: Path):
    done = find_python(tmp_path, "")
    assert done.returncode == 1
    assert "No python3 was found" in done.stderr


def test_a_python_without_venv_says_which_package_brings_it(tmp_path: Path):
    done = find_python(tmp_path, '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n')
    assert done.returncode == 1
    assert "python3-venv" in done.stderr


def test_a_good_python_is_found(tmp_path: Path):
    done = find_python(tmp_path, "#!/bin/sh\nexit 0\n")
    assert done.stdout.strip() == str(tmp_path / "python3")
