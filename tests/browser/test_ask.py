"""The chat in a real browser, on a phone: with its script and without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import willow
from tests.browser.axe import faults
from tests.browser.conftest import PHONE, Site

DANGER = {"en": "I can't breathe", "es": "no puedo respirar", "ar": "لا أستطيع التنفس"}
NUMB = {
    "en": "why is my chest numb",
    "es": "por qué tengo dormido el pecho",
    "ar": "لماذا صدري مخدر",
}


def ask(page: Page, site: Site, words: str, lang: str = "en") -> None:
    page.goto(f"{site.url}/{lang}/ask")
    page.fill("#words", words)
    page.click("#ask button")
    page.wait_for_selector("article")


def follow_a_link(page: Page, site: Site, lang: str = "en") -> None:
    """Admit a patient of this test's own and open her link of today."""
    now, clinic = datetime.now(UTC), site.house.library.demo.clinic
    rosa = willow.patient(now.date() - timedelta(days=3), clinic_id=clinic.id, language=lang)
    token = willow.link_of(site.house, willow.admit(site.house, rosa, now), now)
    page.goto(f"{site.url}/{lang}/check-in/{token}")


@pytest.mark.parametrize("lang", DANGER)
@pytest.mark.parametrize("script", [True, False])
def test_urgent_words_put_what_to_do_now_above_everything(browser: Browser, site, lang, script):
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    ask(page, site, DANGER[lang], lang)
    card = page.locator("main > article .care-emergency").first
    expect(card).to_be_visible()
    assert page.locator("main > *").first.get_attribute("data-shown") == "urgent"
    assert card.locator("a.ring").get_attribute("href") == "tel:911"
    assert card.bounding_box()["y"] < PHONE["height"] / 2
    context.close()


def test_an_answer_is_added_to_the_open_page_and_the_box_is_empty_again(phone, site):
    ask(phone, site, NUMB["en"])
    phone.evaluate("window.sameAsBefore = true")
    phone.fill("#words", NUMB["en"])
    phone.click("#ask button")
    expect(phone.locator("article")).to_have_count(2)
    assert phone.evaluate("window.sameAsBefore")
    assert phone.input_value("#words") == ""


def test_without_javascript_an_answer_is_a_page(phone_without_javascript, site):
    page = phone_without_javascript
    ask(page, site, NUMB["en"])
    expect(page.locator("article")).to_have_count(1)
    page.click("text=This did not answer me")
    expect(page.locator("main")).to_contain_text("Thank you")


def test_when_the_clinic_cannot_be_reached_the_words_stay(phone, site):
    phone.goto(f"{site.url}/en/ask")
    phone.fill("#words", "still here")
    phone.context.set_offline(True)
    phone.click("#ask button")
    expect(phone.get_by_role("alert")).to_contain_text("could not reach")
    assert phone.input_value("#words") == "still here"


def test_the_whole_check_in_can_be_tapped_as_a_conversation(phone_without_javascript, site):
    page = phone_without_javascript
    follow_a_link(page, site)
    page.goto(f"{site.url}/en/ask")
    page.click("text=question by question")
    page.click("button[name=nrs_avg][value='2']")
    page.click("button[name=nrs_worst][value='3']")
    page.fill("#tablets", "0")
    page.click("text=Next")
    page.click("text=Not at all")
    page.fill("#wakes", "0")
    page.click("text=Next")
    page.check("input[name=effects][value=none]", force=True)
    page.click("text=Next")
    page.click("text=Skip this one")
    page.click("text=Next")
    expect(page.locator("h1")).to_have_text("Is this right?")
    page.click("button[value=send]")
    page.wait_for_url("**/check-in/thanks")


def test_numbers_in_a_message_become_a_check_in_after_a_yes(phone, site):
    follow_a_link(phone, site)
    ask(phone, site, "pain 4, took 2 tablets, woke up once")
    expect(phone.locator(".back-read")).to_contain_text("4 out of 10")
    phone.click("text=Yes, send it")
    phone.wait_for_url("**/check-in/thanks")


@pytest.mark.parametrize("lang", DANGER)
def test_axe_finds_nothing_wrong(phone, site, lang):
    follow_a_link(phone, site, lang)
    phone.goto(f"{site.url}/{lang}/ask/check-in")
    assert faults(phone) == []
    for words in (DANGER[lang], NUMB[lang]):
        ask(phone, site, words, lang)
        assert faults(phone) == []
