"""A real browser and a real server for the tests in this folder; nothing in either calls home.

May import: playwright, tests.machine and what tests/conftest.py may.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.machine import find_browser
from tests.postgres import free_port
from webapp.assemble import open_house
from webapp.config import load_config
from webapp.journeys import demonstrating
from webapp.journeys.demonstrating import DemoAddresses
from webapp.journeys.house import House

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
SECONDS_TO_START = 180  # a busy machine reads the content slowly


@dataclass(frozen=True)
class Site:
    """A served demo clinic: `house` works on the same database as the server."""

    url: str
    house: House
    addresses: DemoAddresses


@pytest.fixture(scope="session")
def playing() -> Iterator[Playwright]:
    """What drives browsers; there can be only one."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playing: Playwright) -> Iterator[Browser]:
    """One browser for the whole run."""
    opened = playing.chromium.launch(executable_path=find_browser(), args=FLAGS)
    yield opened
    opened.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page as wide as a small phone, with an empty profile."""
    context = browser.new_context(viewport=PHONE, locale="en-US")
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_without_javascript(browser: Browser) -> Iterator[Page]:
    """The same with JavaScript off: everything must work here too."""
    context = browser.new_context(viewport=PHONE, locale="en-US", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo clinic behind the production server, in processes of its own, for all tests here.

    Tests share it: each enrols a patient of its own where it writes.
    """
    with served_demo(tmp_path_factory.mktemp("site")) as opened:
        yield opened


@contextmanager
def served_demo(folder: Path) -> Iterator[Site]:
    """A demo clinic of its own in a folder, served until the caller is done with it."""
    port = str(free_port())
    settings = {"THAW_DATA_DIR": str(folder), "PORT": port, "THAW_DEMO": "1"}
    house = open_house(load_config(settings))
    addresses = demonstrating.open_demo(house, datetime.now(UTC))
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "webapp.commands", "serve"]
        server = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        _wait_until_served(f"http://127.0.0.1:{port}/healthz", server, folder / "log")
        yield Site(f"http://127.0.0.1:{port}", house, addresses)
    finally:
        server.terminate()
        server.wait(timeout=20)
        house.store.close()


def _wait_until_served(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server did not start. It said:\n{log.read_text()}")
