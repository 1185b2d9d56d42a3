"""Notices on a phone, in a real browser: asked for by a tap, shown with nothing about health.

Chromium without a push service cannot subscribe: that it says so and keeps nothing is tried for
real. A subscription is lent to it for the rest, and a push is delivered to its worker by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.phones import answer, link, new_patient, open_ready, send, until
from webapp.delivery.channel import Letter
from webapp.delivery.web_push import payload_of
from webapp.domain.person import Patient
from webapp.store import patients, subscriptions

ENDPOINT = "https://push.example.net/send/abc123"
# What PushManager gives where there is a push service; the keys are those of RFC 8291, appendix A.
LENT = """
const keys = {
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
};
PushManager.prototype.subscribe = async (how) => {
  window.asked = how;
  return { toJSON: () => ({ endpoint: "%s", expirationTime: null, keys }) };
};
"""
SHOWN = """navigator.serviceWorker.ready.then((own) => own.getNotifications()).then((all) =>
  all.map(({ title, body, data, lang, dir }) => ({ title, body, data, lang, dir })))"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone whose owner lets this site show notices."""
    context = browser.new_context(viewport=PHONE, locale="en-US", permissions=["notifications"])
    yield context.new_page()
    context.close()


def thanked(page: Page, site: Site) -> Patient:
    """A patient who has just answered, and is asked whether we may remind her here."""
    rosa = new_patient(site)
    open_ready(page, link(site, rosa))
    answer(page, average=2, worst=3)
    send(page)
    page.wait_for_url("**/thanks")
    page.locator("[data-push] button").wait_for()
    return rosa


def kept(site: Site, who: Patient) -> list[str]:
    """Where the site may send her pushes."""
    with site.house.store.read() as tx:
        seal = patients.seal_of(tx, who.clinic_id, who.id)
        return [one.address.endpoint for one in subscriptions.of_patient(tx, who.id, seal)]


def test_where_there_is_no_push_service_she_is_told_and_nothing_is_kept(site, page) -> None:
    rosa = thanked(page, site)
    page.locator("[data-push] button").click()
    page.locator("[data-said=failed]").wait_for()
    assert kept(site, rosa) == []
    assert page.locator("[data-push] button").is_enabled()  # she may try again


def test_one_tap_subscribes_with_the_sites_own_key(site, page) -> None:
    page.add_init_script(LENT % ENDPOINT)
    rosa = thanked(page, site)
    page.locator("[data-push] button").click()
    page.locator("[data-said=done]").wait_for()
    assert kept(site, rosa) == [ENDPOINT]
    own = page.locator("[data-push]").get_attribute("data-push")
    assert page.evaluate("window.asked") == {"userVisibleOnly": True, "applicationServerKey": own}


@pytest.mark.parametrize(("lang", "side"), [("en", "ltr"), ("ar", "rtl")])
def test_a_push_shows_who_wrote_and_where_to_tap_and_nothing_else(site, page, lang, side) -> None:
    session, known = page.context.new_cdp_session(page), []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda said: known.append(said))
    session.send("ServiceWorker.enable")
    address = link(site, new_patient(site), language=lang)
    open_ready(page, address)
    letter = Letter("1", "", "Willow", "text", sms=f"Tap. {address}", lang=lang, link=address)
    (worker,) = {one["registrationId"] for said in known for one in said["registrations"]}
    pushed = {"origin": site.url, "registrationId": worker, "data": payload_of(letter).decode()}
    session.send("ServiceWorker.deliverPushMessage", pushed)
    (shown,) = until(lambda: page.evaluate(SHOWN))
    words = {"title": "Willow", "body": "Tap."}  # no link for others to read on a locked phone
    assert shown == {**words, "data": address, "lang": lang, "dir": side}
