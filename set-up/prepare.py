"""Prepares a fresh clone: .venv, the locked packages, the project itself, its translations.

May import: the standard library, since it runs before anything is installed. Every way in which
it can fail ends in one sentence that says what to do. Running it again costs a fraction of a
second: a stamp in .venv holds the digest of everything the installation depends on.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LOCKS = {"run": "requirements.lock", "test": "requirements-test.lock"}
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
IN_PLACE = ("--no-deps", "--no-build-isolation", "--no-index", "--editable")


class CannotPrepareError(Exception):
    """Something that only the person at the keyboard can mend; the text says how."""


def main() -> int:
    """Prepare for running, or with --for-tests for the tests too; 1 after a sentence if not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for-tests", action="store_true")
    purpose = "test" if parser.parse_args().for_tests else "run"
    try:
        check_writable(HERE, "the folder that Thaw was cloned into")
        check_writable(data_dir(), "the data folder (THAW_DATA_DIR)")
        with one_at_a_time():
            prepare(HERE / ".venv", purpose)
    except CannotPrepareError as trouble:
        print(f"\nThaw is not ready: {trouble}", file=sys.stderr)
        return 1
    return 0


def data_dir() -> Path:
    """Where the database and the keys live: THAW_DATA_DIR, or var/ beside this file."""
    return Path(os.environ.get("THAW_DATA_DIR") or HERE / "var")


def check_writable(folder: Path, name: str) -> None:
    """Make the folder if need be and write in it, since a mode says less than a file does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as trouble:
        raise CannotPrepareError(
            f"{name}, {folder}, cannot be written to ({trouble.strerror}). Choose a folder that "
            f"is yours, for example: THAW_DATA_DIR=$HOME/thaw-data make run, or mend its owner "
            f"with chown."
        ) from trouble


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the clone while installing, so that two `make` at once do not tread on each other."""
    folder = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def prepare(home: Path, purpose: str) -> None:
    """Bring .venv up to what the lock file says, unless it is there already."""
    stamp = home / f"ready-to-{purpose}"
    wanted = digest(HERE / LOCKS[purpose], HERE / "pyproject.toml")
    if not (stamp.is_file() and stamp.read_text() == wanted):
        install(home, purpose)
        stamp.write_text(wanted)
    compile_translations(home)


def digest(*files: Path) -> str:
    """What the installation depends on: these files, this folder and this Python."""
    said = hashlib.sha256(f"{HERE} {sys.version_info[:2]}".encode())
    for file in files:
        said.update(file.read_bytes())
    return said.hexdigest()


def install(home: Path, purpose: str) -> None:
    """Make .venv if it is missing or was left half made, then install what the lock names."""
    unfinished = home / "unfinished"
    if home.exists() and (unfinished.exists() or not works(home)):
        say("The folder .venv was left half made: making it again.")
        shutil.rmtree(home)
    if not home.exists():
        say("Making .venv ...")
        make_environment(home)
    unfinished.touch()  # stays behind if this is killed half way
    say(f"Installing the packages named in {LOCKS[purpose]} (about a minute the first time) ...")
    pip(home, "install", "--require-hashes", "--requirement", str(HERE / LOCKS[purpose]))
    pip(home, "install", *IN_PLACE, str(HERE))
    unfinished.unlink()
    compile_bytecode(home)


def works(home: Path) -> bool:
    """Whether the environment's Python starts, is new enough and has pip."""
    try:
        run(home, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def make_environment(home: Path) -> None:
    """Make the virtual environment, or say why it could not be made."""
    try:
        venv.create(home, symlinks=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as trouble:
        shutil.rmtree(home, ignore_errors=True)
        raise CannotPrepareError(
            f"Python could not make a virtual environment in {home} ({trouble}). On Debian or "
            f"Ubuntu run 'apt install python3-venv'; otherwise see that the disk is not full."
        ) from trouble


def pip(home: Path, *words: str) -> None:
    """Run pip; when it fails, show its last words and say what usually helps."""
    try:
        run(home, *PIP, *words)
    except subprocess.CalledProcessError as trouble:
        (home / "unfinished").unlink()  # pip stopped in order: what it had installed is whole
        last_words = "\n  ".join(trouble.stderr.strip().splitlines()[-20:])
        raise CannotPrepareError(
            f"pip could not install what Thaw needs. It said:\n  {last_words}\n"
            f"Check that this machine reaches a Python package index and that the disk is not "
            f"full, then run the same command again."
        ) from trouble


def compile_bytecode(home: Path) -> None:
    """Compile our own code once; a fault in it is for the tests to find, not for us."""
    with contextlib.suppress(subprocess.CalledProcessError):
        run(home, "-m", "compileall", "-q", str(HERE / "webapp"))


def compile_translations(home: Path) -> None:
    """Compile each .po whose .mo is missing or older."""
    catalogues = (HERE / "translations").glob("*/LC_MESSAGES/*.po")
    if any(is_stale(catalogue) for catalogue in catalogues):
        words = ("-m", "babel.messages.frontend", "--quiet", "compile", "--directory")
        try:
            run(home, *words, str(HERE / "translations"))
        except subprocess.CalledProcessError as trouble:
            raise CannotPrepareError(
                f"a file under translations/ cannot be compiled. {trouble.stderr.strip()}"
            ) from trouble


def is_stale(catalogue: Path) -> bool:
    """Whether a catalogue has changed since it was compiled."""
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime


def run(home: Path, *words: str) -> None:
    """Run the environment's Python, keeping what it says for when it fails."""
    command = [str(home / "bin" / "python"), *words]
    subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True)  # noqa: S603


def say(sentence: str) -> None:
    """Tell the person waiting what is happening."""
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
