"""The browser is killed in the middle, by the system or an empty battery: nothing is lost.

A browser of its own with a folder of its own, so that it can be killed and started again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.conftest import FLAGS, Site
from tests.browser.network import Fate, Network
from tests.browser.phones import answer, kinds, link, new_patient, open_ready, send, stored, until
from tests.machine import find_browser

SECONDS_TO_START = 60


class Phone:
    """A browser that can be killed: it keeps what is on its disk, and nothing else."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.playwright, self.folder = playwright, folder
        self.start()

    def start(self) -> None:
        """Start it on the same folder."""
        told = self.folder / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        kept = [f"--user-data-dir={self.folder}", "--remote-debugging-port=0", "--headless=new"]
        self.process = subprocess.Popen(
            [str(find_browser()), *FLAGS, *kept, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        give_up_at = time.monotonic() + SECONDS_TO_START
        while not (told.exists() and told.read_text().strip()):
            assert time.monotonic() < give_up_at, "the browser did not start"
            time.sleep(0.1)
        port = told.read_text().split()[0]
        self.browser: Browser = self.playwright.chromium.connect_over_cdp(
            f"http://127.0.0.1:{port}"
        )

    def page(self) -> Page:
        """A new page of it."""
        return self.browser.contexts[0].new_page()

    def kill(self) -> None:
        """As an empty battery does: without a word to anybody."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)


@pytest.fixture
def phone(playing: Playwright, tmp_path: Path) -> Iterator[Phone]:
    one = Phone(playing, tmp_path / "phone")
    yield one
    one.kill()


@pytest.fixture
def network(site: Site) -> Iterator[Network]:
    between = Network(urlsplit(site.url).port or 0)
    yield between
    between.close()


def test_killed_while_she_answers_and_while_it_waits(site: Site, network: Network, phone: Phone):
    rosa = new_patient(site)
    address = link(site, rosa, network.url)
    page = phone.page()
    open_ready(page, address)
    answer(page, average=3, worst=6)
    until(lambda: "draft" in kinds(page))
    phone.kill()  # she had not sent yet

    phone.start()
    page = phone.page()
    network.down = True  # and now there is no network either
    page.goto(address)
    until(lambda: page.locator("[data-note=restored]").is_visible())
    assert page.locator("[name=nrs_worst]:checked").get_attribute("value") == "6"
    send(page)
    page.wait_for_url("**/kept")
    phone.kill()  # it waits, and nobody has it but this disk

    phone.start()
    network.down = False
    page = phone.page()
    page.goto(f"{network.url}/en/topics/numbness")  # any page of ours is enough
    until(lambda: len(stored(site, rosa)) == 1)
    page.goto(f"{network.url}/en/check-in/kept")
    until(lambda: not kinds(page) & {"answers", "draft"})
    days = stored(site, rosa)
    assert [(one.answers.nrs_avg, one.answers.nrs_worst) for one in days] == [(3, 6)]


def test_killed_after_the_site_had_it_and_before_the_phone_knew(site, network, phone):
    rosa = new_patient(site)
    page = phone.page()
    open_ready(page, link(site, rosa, network.url))
    answer(page, average=1, worst=2)
    network.fates.append(Fate.REPLY_LOST)
    send(page)
    until(lambda: len(stored(site, rosa)) == 1)
    phone.kill()

    phone.start()
    page = phone.page()
    page.goto(f"{network.url}/en/check-in/kept")
    until(lambda: not kinds(page) & {"answers"})
    assert len(stored(site, rosa)) == 1
