"""A real browser for the tests in this folder, with nothing in it that calls home.

May import: playwright and tests.machine.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.machine import find_browser

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
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
