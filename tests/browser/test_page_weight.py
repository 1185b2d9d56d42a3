"""What a first visit weighs: bytes that cross the wire and requests, until the page is ready.

Ready is the page's own `load` event: by then it can be read and answered. What the phone fetches
afterwards for days without a network is counted by itself, and must not come earlier.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.phones import READY, link, new_patient, until

LANGUAGES = ("en", "es", "ar")
KILOBYTE = 1024
CHECK_IN_BYTES, CHECK_IN_REQUESTS = 14 * KILOBYTE, 2
TOPIC_BYTES = 20 * KILOBYTE
LATER_BYTES = 40 * KILOBYTE  # the phone's own part, once, after the page is ready
QUIET = 500  # milliseconds without a new request, after which nothing more is expected


@dataclass
class Weight:
    """What crossed the wire, heads of answers and redirects included."""

    bytes: dict[str, int] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    ready: list[str] = field(default_factory=list)

    def watch(self, session: Any) -> None:
        """Listen to the browser's own account of its network."""
        session.on("Network.requestWillBeSent", self._begin)
        session.on("Network.loadingFinished", self._finish)
        session.on("Page.loadEventFired", lambda _: self.ready.extend(self.begun))
        for name in ("Network.enable", "Page.enable"):
            session.send(name)

    def _begin(self, said: dict[str, Any]) -> None:
        if not said["request"]["url"].startswith("data:"):
            self.begun.append(said["requestId"])
        before = said.get("redirectResponse")
        if before:
            self._add(said["requestId"], before["encodedDataLength"])

    def _finish(self, said: dict[str, Any]) -> None:
        self._add(said["requestId"], said["encodedDataLength"])

    @property
    def is_whole(self) -> bool:
        """Whether the page was ready, and all that was asked for has come."""
        return bool(self.ready) and set(self.begun) <= set(self.bytes)

    def _add(self, request: str, length: float) -> None:
        self.bytes[request] = self.bytes.get(request, 0) + int(length)

    @property
    def first(self) -> tuple[int, int]:
        """Bytes and requests up to `load`; a redirect is a request of its own."""
        return sum(self.bytes.get(one, 0) for one in dict.fromkeys(self.ready)), len(self.ready)

    @property
    def all_bytes(self) -> int:
        """Everything, also what came later."""
        return sum(self.bytes.values())


def weigh(browser: Browser, address: str, *, settled: bool = False) -> Weight:
    """One visit by a phone that was never here; `settled` waits for what comes afterwards too."""
    context = browser.new_context(viewport=PHONE, has_touch=True)
    page, weight = context.new_page(), Weight()
    weight.watch(context.new_cdp_session(page))
    page.goto(address)
    until(lambda: page.evaluate(READY if settled else "true") and weight.is_whole)
    if settled:
        until(lambda: weight.is_whole and not _goes_on(page, weight))
    context.close()
    return weight


def _goes_on(page: Page, weight: Weight) -> bool:
    before = len(weight.begun)
    page.wait_for_timeout(QUIET)
    return len(weight.begun) > before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_visit_to_the_check_in_is_light(site: Site, browser: Browser, language: str):
    address = link(site, new_patient(site), language=language)
    weight = weigh(browser, address, settled=True)
    sent, requests = weight.first
    later = weight.all_bytes - sent
    print(f"\ncheck-in {language}: {sent:,} bytes, {requests} requests; later {later:,} bytes")
    assert requests <= CHECK_IN_REQUESTS
    assert sent <= CHECK_IN_BYTES
    assert later <= LATER_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_with_its_figure_is_light(site: Site, browser: Browser, language: str):
    heaviest = (0, 0, "")
    context = browser.new_context(viewport=PHONE)
    for topic in site.house.library.topics:
        answer = context.request.get(f"{site.url}/{language}/topics/{topic}")
        length = int(answer.headers["content-length"])
        heaviest = max(heaviest, (length, 1, topic))
    context.close()
    sent, requests = weigh(browser, f"{site.url}/{language}/topics/{heaviest[2]}").first
    print(f"\n{heaviest[2]} {language}: {sent:,} bytes, {requests} requests")
    assert sent <= TOPIC_BYTES
    assert requests == 1


@pytest.mark.parametrize("path", ["", "topics/", "privacy", "check-in"])
def test_other_pages_come_in_one_request_too(site: Site, browser: Browser, path: str):
    for language in LANGUAGES:
        sent, requests = weigh(browser, f"{site.url}/{language}/{path}").first
        print(f"\n/{language}/{path}: {sent:,} bytes, {requests} requests")
        assert sent <= TOPIC_BYTES
        assert requests <= CHECK_IN_REQUESTS
