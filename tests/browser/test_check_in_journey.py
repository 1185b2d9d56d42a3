"""A patient on a small phone, from her link to the advice, the way she would really do it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests import willow
from tests.browser.axe import faults
from tests.browser.conftest import PHONE, Site
from tests.browser.phones import until
from webapp.domain.person import Clinic, Patient
from webapp.store import checkins

LANGUAGES = ("en", "es", "ar")
SEND = "#check-in button.block:not([type=button])"


@pytest.fixture
def rosa(site: Site) -> Patient:
    """A patient of the demo clinic on day 3, whom no other test knows."""
    now, clinic = datetime.now(UTC), _clinic(site)
    who = willow.patient(now.date() - timedelta(days=3), clinic_id=clinic.id)
    return willow.admit(site.house, who, now)


def _clinic(site: Site) -> Clinic:
    return site.house.library.demo.clinic


def address(site: Site, who: Patient, language: str = "en", day: int = 0) -> str:
    """The address in her newest message, for today or some days from it."""
    now = datetime.now(UTC)
    token = willow.link_of(site.house, who, now, now.date() + timedelta(days=day))
    return f"{site.url}/{language}/check-in/{token}"


def stored(site: Site, who: Patient) -> tuple[checkins.StoredCheckIn, ...]:
    with site.house.store.read() as tx:
        return checkins.versions(tx, who.id)


def tap(page: Page, name: str, value: str) -> None:
    """Tap the label of a choice, as a thumb does."""
    page.locator(f'label:has(input[name="{name}"][value="{value}"])').first.tap()


def fill_by_tapping(page: Page, *, average: int, worst: int) -> None:
    tap(page, "nrs_avg", str(average))
    tap(page, "nrs_worst", str(worst))
    tap(page, "sleep_trouble", "none")
    for name in ("tablets", "wakes"):
        page.locator(f'input[name="{name}"]').fill("0")
    tap(page, "effects", "none")


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def thumb(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A touch screen of 360 px, with JavaScript and without."""
    context = browser.new_context(viewport=PHONE, has_touch=True, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def test_she_follows_the_demos_link_and_the_secret_is_gone(site: Site, phone: Page) -> None:
    link = site.addresses.check_in.replace("http://127.0.0.1:8000", site.url)
    phone.goto(link)
    assert urlsplit(phone.url).path == "/en/check-in"
    assert link.rsplit("/", 1)[1] not in phone.url
    assert phone.locator("h1").inner_text() == "How are you today?"


def test_she_taps_sends_and_sees_what_to_do_and_back_does_not_double(
    site: Site, rosa: Patient, thumb: Page
) -> None:
    thumb.goto(address(site, rosa))
    fill_by_tapping(thumb, average=8, worst=9)
    thumb.get_by_role("button", name="Send", exact=True).tap()
    thumb.wait_for_url("**/en/check-in/thanks")
    assert thumb.locator("h1").inner_text() == "Please act on this now"
    thumb.go_back()
    thumb.get_by_role("button", name="Send", exact=True).tap()
    thumb.wait_for_url("**/en/check-in/thanks")
    days = stored(site, rosa)
    assert {(one.answers.nrs_avg, one.answers.nrs_worst) for one in days} <= {(8, 9)}
    assert len(days) == 1


def test_nothing_is_wider_than_the_phone(site: Site, rosa: Patient, phone: Page) -> None:
    for language in LANGUAGES:
        phone.goto(address(site, rosa, language))
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert phone.evaluate(wide) <= 0, f"{language} scrolls sideways"


def test_it_can_be_done_with_a_keyboard_alone(site: Site, rosa: Patient, phone: Page) -> None:
    phone.goto(address(site, rosa))
    names = "document.activeElement.name || document.activeElement.textContent.trim()"
    for _ in range(80):
        phone.keyboard.press("Tab")
        here = phone.evaluate(names)
        if here in ("nrs_avg", "nrs_worst", "effects", "sleep_trouble"):
            phone.keyboard.press("Space")
        if here in ("tablets", "wakes"):
            phone.keyboard.type("0")
        if here == "Send":
            phone.keyboard.press("Enter")
            break
    phone.wait_for_url("**/check-in/thanks")
    assert len(stored(site, rosa)) == 1


def test_without_cookies_the_link_can_be_pasted_and_sent(
    site: Site, rosa: Patient, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site.url}/en/check-in")
    page.get_by_label("Your link").fill(address(site, rosa))
    page.get_by_role("button", name="Open").click()
    assert page.locator("h1").inner_text() == "How are you today?"
    context.clear_cookies()
    page.locator('label:has(input[name="nrs_avg"][value="2"])').first.click()
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("text=May we ask once more?").wait_for()  # most of it is empty
    page.get_by_role("button", name="Send", exact=True).click()
    until(lambda: len(stored(site, rosa)) == 1)
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_accessibility_checker_finds_nothing_on_any_patient_page(
    site: Site, rosa: Patient, phone: Page, language: str
) -> None:
    page, found = phone, {}
    page.goto(f"{site.url}/{language}/check-in")
    found["no link"] = faults(page)
    page.goto(address(site, rosa, language, day=-2))
    found["closed"] = faults(page)
    page.goto(address(site, rosa, language))
    found["form"] = faults(page)
    page.locator('label:has(input[name="nrs_avg"][value="9"])').first.click()
    page.locator('label:has(input[name="nrs_worst"][value="1"])').first.click()
    page.locator(SEND).click()
    page.locator("#faults").wait_for()
    found["asked once more"] = faults(page)
    page.locator(SEND).click()
    page.wait_for_url("**/thanks")
    found["thanks"] = faults(page)
    assert {name: said for name, said in found.items() if said} == {}
