"""On the bus: whatever becomes of the network and of the browser, answers arrive, and once.

A seed chooses the answers and where each round is cut; the line that is printed names it.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.network import Fate, Network
from tests.browser.phones import (
    CACHED,
    INSIDE,
    answer,
    kinds,
    link,
    new_patient,
    open_ready,
    send,
    stored,
    tap,
    until,
)
from webapp.domain.person import Patient

SEED = int(os.environ.get("THAW_TEST_SEED", "20261121"))
CANARY = "xylophone"
AGAIN = "dispatchEvent(new Event('online'))"


@pytest.fixture
def network(site: Site) -> Iterator[Network]:
    """The way from the phone to the site."""
    between = Network(urlsplit(site.url).port or 0)
    yield between
    between.close()


@pytest.fixture
def bus(browser: Browser) -> Iterator[BrowserContext]:
    """A phone of its own, with nothing on it."""
    context = browser.new_context(viewport=PHONE, locale="en-US")
    yield context
    context.close()


@pytest.fixture
def rosa(site: Site) -> Patient:
    return new_patient(site)


def ends(page: Page, site: Site, who: Patient, seconds: float) -> None:
    """Wait until the site has her answers and the phone has none, with the network there.

    A phone that holds none although the site never had them has lost them: no use in waiting.
    """

    def over() -> bool:
        if page.url.endswith("/kept"):
            page.evaluate(AGAIN)
        held = kinds(page) & {"answers", "draft"}  # looked at first: the site has them before
        assert held or stored(site, who), "neither the phone nor the site has her answers"
        return not held

    until(over, seconds)


def ride(
    page: Page, site: Site, network: Network, fates: tuple[Fate, ...], seconds: float = 40
) -> tuple[int, int]:
    """One patient, one sending, these fates: how many reports were lost and how many doubled."""
    who, dice = new_patient(site), random.Random(f"{SEED} {fates}")
    low, high = sorted(dice.sample(range(11), 2))
    open_ready(page, link(site, who, network.url))
    answer(page, average=low, worst=high, tablets=min(low, 1))
    until(lambda: "draft" in kinds(page))
    network.fates.extend(fates)
    send(page)
    try:
        ends(page, site, who, seconds)
    except AssertionError:
        return 1, 0
    finally:
        network.fates.clear()
    days = stored(site, who)
    right = [one for one in days if (one.answers.nrs_avg, one.answers.nrs_worst) == (low, high)]
    return int(not right), len(days) - 1


def test_cut_at_every_step_of_sending_nothing_is_lost_and_nothing_doubled(
    site: Site, network: Network, browser: Browser
) -> None:
    lost = doubled = 0
    dice = random.Random(SEED)
    rounds = [(first, *dice.choices(list(Fate), k=2)) for first in (*Fate, *Fate)]
    for fates in rounds:
        context = browser.new_context(viewport=PHONE, locale="en-US")
        missing, again = ride(context.new_page(), site, network, fates)
        context.close()
        lost, doubled = lost + missing, doubled + again
    print(f"\n{len(rounds)} rides, seed {SEED}: {lost} lost, {doubled} doubled")
    assert (lost, doubled) == (0, 0)


def test_the_ride_can_tell_a_queue_that_doubles(site: Site, network: Network, bus) -> None:
    network.rewrite = replaced("submission_id: entry.id", "submission_id: crypto.randomUUID()")
    _, doubled = ride(bus.new_page(), site, network, (Fate.REPLY_LOST, Fate.PASSES))
    assert doubled > 0


def test_the_ride_can_tell_a_queue_that_wipes_too_soon(
    site: Site, network: Network, bus: BrowserContext
) -> None:
    network.rewrite = replaced("await queue.release(id);", "await queue.acknowledge(id);")
    lost, _ = ride(bus.new_page(), site, network, (Fate.NEVER_ARRIVES, Fate.PASSES), 10)
    assert lost == 1


def replaced(sound: str, broken: str):
    """Serves the phone's scripts with a fault in them."""

    def rewrite(request: bytes, reply: bytes) -> bytes:
        if not request.startswith(b"GET /phone/") or sound.encode() not in reply:
            return reply
        changed = reply.replace(sound.encode(), broken.encode())
        grown = len(changed) - len(reply)
        length = lambda found: b"Content-Length: %d" % (int(found[1]) + grown)  # noqa: E731
        return re.sub(rb"Content-Length: (\d+)", length, changed)

    return rewrite


def test_the_form_opens_and_is_answered_without_a_network(site, network, bus, rosa) -> None:
    page = bus.new_page()
    address = link(site, rosa, network.url)
    open_ready(page, address)
    network.down = True
    page.goto(address)
    until(lambda: page.locator("[data-note=from-phone]").is_visible())
    assert urlsplit(page.url).path == "/en/check-in"  # the secret is not in the address bar
    answer(page, average=2, worst=5)
    send(page)
    page.wait_for_url("**/en/check-in/kept")
    until(lambda: "Waiting." in page.locator("main").inner_text())
    assert stored(site, rosa) == ()
    network.down = False
    page.evaluate(AGAIN)
    until(lambda: "Sent." in page.locator("main").inner_text())
    assert len(stored(site, rosa)) == 1
    page.get_by_role("button", name="See what to do now").click()
    page.wait_for_url("**/en/check-in/thanks")


def test_tomorrows_link_opens_a_blank_form_on_the_bus_and_somebody_elses_finds_no_answers(
    site, network, bus, rosa
) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    tap(page, "nrs_avg", "7")
    until(lambda: "draft" in kinds(page))
    other = new_patient(site)
    network.down = True
    page.goto(link(site, other, network.url))
    until(lambda: page.locator("[data-note=from-phone]").is_visible())
    assert page.locator("[name=nrs_avg]:checked").count() == 0
    answer(page, average=1, worst=2)
    send(page)
    page.wait_for_url("**/kept")
    network.down = False
    page.evaluate(AGAIN)
    until(lambda: len(stored(site, other)) == 1)
    assert stored(site, rosa) == ()


def test_what_is_tapped_survives_a_reload_and_a_change_of_language(
    site, network, bus, rosa
) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    tap(page, "nrs_avg", "4")
    page.locator("#note").fill(CANARY)
    until(lambda: "draft" in kinds(page))
    page.reload()
    until(lambda: page.locator("[data-note=restored]").is_visible())
    assert page.locator("[name=nrs_avg]:checked").get_attribute("value") == "4"
    page.locator(".langs a[hreflang=ar]").click()
    page.wait_for_url("**/ar/check-in")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("[name=nrs_avg]:checked").get_attribute("value") == "4"
    assert page.locator("#note").input_value() == CANARY
    assert stored(site, rosa) == ()


def test_without_javascript_a_change_of_language_loses_nothing(site, rosa, browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(link(site, rosa))
    tap(page, "nrs_avg", "4")
    page.locator(".langs a[hreflang=es]").click()  # goes to the buttons at the end of the form
    page.locator("#in-es").click()
    page.wait_for_url("**/es/check-in")
    assert page.locator("[name=nrs_avg][value='4']").is_checked()
    context.close()


def test_what_waits_can_be_read_by_nobody_who_copies_the_disk(site, network, bus, rosa) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    page.locator("#note").fill(CANARY)
    network.down = True
    send(page)
    page.wait_for_url("**/kept")
    inside = page.evaluate(INSIDE)
    assert {"answers", "form"} <= {row["kind"] for row in inside}
    assert [row for row in inside if CANARY in row["text"] or "nrs_avg" in row["text"]] == []
    key = """async () => {
      const opened = await new Promise((done) => {
        const asked = indexedDB.open("thaw"); asked.onsuccess = () => done(asked.result);
      });
      const key = await new Promise((done) => {
        const asked = opened.transaction("keys").objectStore("keys").get("thaw");
        asked.onsuccess = () => done(asked.result);
      });
      opened.close();
      return crypto.subtle.exportKey("raw", key).then(() => "handed out", () => "kept");
    }"""
    assert page.evaluate(key) == "kept"


def test_it_is_wiped_once_the_site_has_it_and_nothing_personal_is_in_a_cache(
    site, network, bus, rosa
) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    answer(page, average=2, worst=3)
    until(lambda: "draft" in kinds(page))
    send(page)
    page.wait_for_url("**/thanks")
    until(lambda: not kinds(page) & {"answers", "draft", "yesterday"})
    for path in ("/en/topics/pain-score-0-to-10", "/en/diary", "/clinic/sign-in", "/en/ask"):
        page.goto(network.url + path)
    cached = until(lambda: [one for one in page.evaluate(CACHED) if "/topics/" in one])
    assert cached == ["/en/topics/pain-score-0-to-10"]
    personal = ("/diary", "/clinic", "/thanks", "/ask", "/api", "/en/check-in")
    kept = [one for one in page.evaluate(CACHED) if one != "/en/check-in/kept"]
    assert [one for one in kept if one.startswith(personal) or one.endswith(personal)] == []


def test_a_topic_that_she_has_read_opens_without_a_network(site, network, bus, rosa) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    page.goto(f"{network.url}/en/topics/pain-score-0-to-10")
    words = page.locator("main").inner_text()
    until(lambda: any("/topics/" in one for one in page.evaluate(CACHED)))
    network.down = True
    page.reload()
    assert page.locator("main").inner_text() == words
    page.goto(f"{network.url}/en/topics/numbness")  # never read: what is here is said instead
    assert page.locator("h1").inner_text() == "On this phone"
    until(lambda: page.locator("[data-readable] a").count() == 1)


def test_the_app_can_be_installed_once_the_page_is_ready(site, network, bus, rosa) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    page.locator("link[rel=manifest]").wait_for(state="attached")
    session = page.context.new_cdp_session(page)
    told = session.send("Page.getAppManifest")
    assert urlsplit(told["url"]).path == "/en/app.webmanifest"
    assert told["errors"] == [] and '"start_url"' in told["data"]


def test_a_refused_number_is_hers_again_and_a_closed_day_is_said(site, network, bus, rosa) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    answer(page, average=2, worst=3)
    page.locator("#tablets").fill("900")
    network.down = True
    send(page)
    page.wait_for_url("**/kept")
    network.down = False
    page.evaluate(AGAIN)
    until(lambda: "looks unusual" in page.locator("main").inner_text())
    page.get_by_role("link", name="Open the check-in").click()
    until(lambda: page.locator("[data-note=restored]").is_visible())
    assert page.locator("#tablets").input_value() == "900"
    assert stored(site, rosa) == ()


def test_forget_this_phone_truly_does(site, network, bus, rosa) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    answer(page, average=2, worst=3)
    send(page)
    page.wait_for_url("**/thanks")
    page.goto(f"{network.url}/en/topics/numbness")
    page.go_back()
    page.get_by_role("button", name="Not your phone?").click()
    page.wait_for_url("**/en/")
    until(lambda: page.evaluate("navigator.serviceWorker.getRegistrations()") == [])
    until(lambda: page.evaluate("indexedDB.databases()") == [])
    assert page.evaluate("caches.keys()") == []
    assert bus.cookies() == []
    assert page.evaluate("Object.keys(localStorage).length + sessionStorage.length") == 0


def test_what_nobody_could_send_in_72_hours_is_wiped_and_she_is_told(
    site, network, bus, rosa
) -> None:
    page = bus.new_page()
    open_ready(page, link(site, rosa, network.url))
    answer(page, average=2, worst=3)
    network.down = True
    send(page)
    page.wait_for_url("**/kept")
    sent_at = datetime.now(UTC)
    page.clock.set_fixed_time(sent_at + timedelta(hours=71, minutes=55))
    page.reload()
    until(lambda: "Waiting." in page.locator("main").inner_text())
    assert "answers" in kinds(page)
    page.clock.set_fixed_time(sent_at + timedelta(hours=72, minutes=1))
    page.reload()
    until(lambda: "For three days there was no way to send" in page.locator("main").inner_text())
    assert "answers" not in kinds(page)
    network.down = False
    page.evaluate(AGAIN)
    page.get_by_role("button", name="I have seen this").click()
    until(lambda: "Nothing waits on this phone." in page.locator("main").inner_text())
    assert stored(site, rosa) == ()
