"""How long an ordinary day takes on a phone: taps counted and seconds reckoned, as for a person.

A tap is given the time that a calm hand needs, and reading is given time by the number of words:
these are added to what the browser and the site really took, without waiting for them. No tap is
skipped: what is counted is what the finger did.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.phones import kinds, link, new_patient, open_ready, stored, until

SECONDS_A_TAP = 1.0  # to find the place and to touch it
WORDS_A_SECOND = 4.0  # a slow reader of plain words
MOST_TAPS, MOST_SECONDS, MOST_TAPS_UNCHANGED = 8, 45, 4
QUESTIONS = "fieldset > legend, .field > label.ask"


@dataclass
class Thumb:
    """A finger on a page, which counts."""

    page: Page
    taps: int = 0
    own_seconds: float = 0.0  # of the person: reading, finding the place, touching it

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    def reads(self, place: Locator) -> None:
        """Give a place the time that its words take."""
        self.own_seconds += len(place.inner_text().split()) / WORDS_A_SECOND

    def taps_on(self, place: Locator) -> None:
        """One touch, on something that is really there and in view."""
        place.scroll_into_view_if_needed()
        self.own_seconds += SECONDS_A_TAP
        place.tap()
        self.taps += 1

    @property
    def seconds(self) -> float:
        """The person's since it began, and the machine's."""
        return self.own_seconds + time.monotonic() - self.began


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, has_touch=True, locale="en-US")
    yield context.new_page()
    context.close()


def choice(page: Page, name: str, value: str) -> Locator:
    return page.locator(f'label:has(input[name="{name}"][value="{value}"])').first


def quick(page: Page, name: str, number: int) -> Locator:
    return page.locator(f'.field:has(#{name}) [data-set="{number}"]')


def test_an_ordinary_day_takes_at_most_eight_taps_and_forty_five_seconds(site: Site, page: Page):
    who = new_patient(site)
    page.goto(link(site, who))
    thumb = Thumb(page)
    ordinary = [
        choice(page, "nrs_avg", "3"),
        choice(page, "nrs_worst", "5"),
        quick(page, "tablets", 2),
        choice(page, "sleep_trouble", "a little"),
        quick(page, "wakes", 1),
        choice(page, "effects", "none"),
    ]
    for place, question in zip(ordinary, page.locator(QUESTIONS).all(), strict=False):
        thumb.reads(question)
        thumb.taps_on(place)
    thumb.taps_on(page.get_by_role("button", name="Send", exact=True))
    page.wait_for_url("**/thanks")
    sent = stored(site, who)[0].answers
    print(f"\nan ordinary day: {thumb.taps} taps, {thumb.seconds:.1f} s")
    assert (sent.nrs_avg, sent.nrs_worst, sent.tablets, sent.wakes) == (3, 5, 2, 1)
    assert thumb.taps <= MOST_TAPS
    assert thumb.seconds <= MOST_SECONDS


YESTERDAY = {
    "nrs_avg": "3", "nrs_worst": "5", "tablets": "2", "sleep_trouble": "a little", "wakes": "1",
}  # fmt: skip
KEEP = """async ([day, answers]) => {
  const own = document.querySelector("meta[name=phone]").content;
  const box = await import(own.replace("page.js", "box.js"));
  await box.put("yesterday", "answers", { day, answers });
}"""


def test_a_day_like_yesterday_takes_four_taps_each_of_which_says_something(site, page):
    who = new_patient(site)
    open_ready(page, link(site, who))
    day = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    page.evaluate(KEEP, [day, YESTERDAY])
    page.reload()
    same = page.locator("[data-same]")
    until(lambda: same.first.is_visible())
    thumb = Thumb(page)
    for place in same.all():
        thumb.reads(place)
        thumb.taps_on(place)
    thumb.taps_on(page.locator("[data-none-send]"))
    page.wait_for_url("**/thanks")
    sent = stored(site, who)[0].answers
    print(f"\na day like yesterday: {thumb.taps} taps, {thumb.seconds:.1f} s")
    assert (sent.nrs_avg, sent.nrs_worst, sent.tablets, sent.wakes) == (3, 5, 2, 1)
    assert sent.effects == ()
    assert thumb.taps <= MOST_TAPS_UNCHANGED


def test_yesterday_is_kept_only_if_she_says_so_and_is_never_sent_by_the_site(site, page):
    who = new_patient(site)
    open_ready(page, link(site, who))
    assert page.locator("[data-same]:visible").count() == 0
    page.locator("[data-remember] label").tap()
    for name, value in (("nrs_avg", "3"), ("nrs_worst", "5"), ("sleep_trouble", "none")):
        choice(page, name, value).tap()
    quick(page, "tablets", 0).tap()
    choice(page, "effects", "none").tap()
    page.get_by_role("button", name="Send", exact=True).tap()
    page.wait_for_url("**/thanks")
    until(lambda: "yesterday" in kinds(page))
    page.goto(f"{site.url}/en/check-in")  # the same day again: today is not yesterday
    until(lambda: page.locator("[data-remember] input").is_checked())
    assert page.locator("[data-same]:visible").count() == 0


def test_the_same_words_say_the_answers_of_yesterday_in_each_language(site, page):
    day = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    for language in ("en", "es", "ar"):
        open_ready(page, link(site, new_patient(site), language=language))
        page.evaluate(KEEP, [day, YESTERDAY])
        page.reload()
        until(lambda: page.locator("[data-same]").first.is_visible())
        said = [one.inner_text() for one in page.locator("[data-same]").all()]
        assert [one for one in said if "{" in one] == []
        assert json.dumps(said).count("3") >= 1
