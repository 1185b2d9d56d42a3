"""What the tests of a phone do by hand: open a link, tap, wait, and look into what the phone keeps.

May import: playwright, tests.willow and the browser fixtures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Error, Page

from tests import willow
from tests.browser.conftest import Site
from webapp.domain.person import Patient
from webapp.store import checkins

SECONDS_TO_WAIT = 40
READY = """async () => {
  const worker = await navigator.serviceWorker.ready;
  const kept = await (await caches.open("shell")).keys();
  return Boolean(worker && navigator.serviceWorker.controller && kept.length > 0);
}"""
SETTLED = "document.querySelector('[data-so-far]:not([hidden])') !== null"
# What lies in the phone's database, as anybody would find it who copied the disk.
INSIDE = """async () => {
  if (!(await indexedDB.databases()).some((one) => one.name === "thaw")) return [];
  const opened = await new Promise((done) => {
    const asked = indexedDB.open("thaw");
    asked.onsuccess = () => done(asked.result);
  });
  const rows = await new Promise((done) => {
    const asked = opened.transaction("kept").objectStore("kept").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  opened.close();
  return rows.map(({ kind, id, cipher }) =>
    ({ kind, id, text: new TextDecoder("latin1").decode(cipher) }));
}"""
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  return found;
}"""


def new_patient(site: Site, pod: int = 3) -> Patient:
    """A patient of the demo clinic whom no other test knows."""
    now, clinic = datetime.now(UTC), site.house.library.demo.clinic
    who = willow.patient(now.date() - timedelta(days=pod), clinic_id=clinic.id)
    return willow.admit(site.house, who, now)


def link(site: Site, who: Patient, url: str = "", language: str = "en", day: int = 0) -> str:
    """The address in her newest message, through `url`."""
    now = datetime.now(UTC)
    token = willow.link_of(site.house, who, now, now.date() + timedelta(days=day))
    return f"{url or site.url}/{language}/check-in/{token}"


def stored(site: Site, who: Patient) -> tuple[checkins.StoredCheckIn, ...]:
    """Every version of every check-in that the site has of her."""
    with site.house.store.read() as tx:
        return checkins.versions(tx, who.id)


def open_ready(page: Page, address: str) -> None:
    """Open a form and wait until the phone could do without the network."""
    page.goto(address)
    until(lambda: page.evaluate(READY) and page.evaluate(SETTLED))


def tap(page: Page, name: str, value: str) -> None:
    """Tap the label of a choice, as a thumb does."""
    page.locator(f'label:has(input[name="{name}"][value="{value}"])').first.click()


def answer(page: Page, *, average: int, worst: int, tablets: int = 0) -> None:
    """Fill in an ordinary day."""
    tap(page, "nrs_avg", str(average))
    tap(page, "nrs_worst", str(worst))
    page.locator(f'.field:has(#tablets) [data-set="{tablets}"]').click()
    tap(page, "sleep_trouble", "none")
    page.locator('.field:has(#wakes) [data-set="0"]').click()
    tap(page, "effects", "none")


def send(page: Page) -> None:
    """Press the button, and do not wait."""
    page.get_by_role("button", name="Send", exact=True).click(no_wait_after=True)


def until(holds: Callable[[], Any], seconds: float = SECONDS_TO_WAIT) -> Any:
    """Wait until something holds; the page may be on its way to another meanwhile."""
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            if found := holds():
                return found
        except Error as fault:
            if time.monotonic() > give_up_at:
                raise AssertionError("the page never settled") from fault
        if time.monotonic() > give_up_at:
            raise AssertionError("it never came about")
        time.sleep(0.1)


def kinds(page: Page) -> set[str]:
    """What kinds of things the phone keeps."""
    return {row["kind"] for row in page.evaluate(INSIDE)}
