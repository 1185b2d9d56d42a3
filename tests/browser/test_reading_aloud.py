"""What was read is remembered on this phone only; a page is read aloud where there is a voice."""

from __future__ import annotations

import pytest

PAGE = "topics/what-is-cryoneurolysis"
# A browser on a server has no voice: this one speaks without a sound, a block at a time.
VOICE = """
window.said = [];
const put = (name, what) => Object.defineProperty(speechSynthesis, name, what);
put("getVoices", { value: () => [{ lang: "en-US", name: "test" }] });
put("speaking", { get: () => window.now !== undefined });
put("speak", { value: (one) => { window.said.push(one.text); window.now = one; } });
put("cancel", { value: () => { window.now = undefined; } });
"""
NEXT = "(() => { const one = window.now; window.now = undefined; one.onend(); })()"


@pytest.fixture
def reader(phone, site):
    phone.add_init_script(VOICE)
    phone.goto(f"{site.url}/en/{PAGE}")
    return phone


def test_a_page_is_read_block_by_block_and_can_be_paused_and_stopped(reader):
    go = reader.get_by_role("button", name="Read to me")
    go.click()
    reader.locator(".aloud").wait_for()
    assert reader.evaluate("window.said[0]") == "What is the freezing treatment?"
    reader.evaluate(NEXT)
    assert reader.evaluate("window.said[1]").startswith("The freezing treatment uses cold")
    assert reader.locator(".aloud").count() == 1
    reader.get_by_role("button", name="Pause").click()
    reader.get_by_role("button", name="Go on").click()
    # A block that was cut off is said again.
    assert reader.evaluate("window.said[2] === window.said[1]")
    reader.get_by_role("button", name="Stop").click()
    assert reader.locator(".aloud").count() == 0
    assert go.is_visible()


def test_without_a_voice_for_the_language_nothing_is_offered(reader, site):
    reader.goto(f"{site.url}/ar/{PAGE}")
    assert reader.locator("[data-listen]").first.is_hidden()


def test_the_voice_is_fetched_only_when_it_is_asked_for(phone, site):
    asked = []
    phone.add_init_script(VOICE)
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{site.url}/en/{PAGE}")
    assert not [url for url in asked if "listen.js" in url]
    phone.get_by_role("button", name="Read to me").click()
    phone.locator(".aloud").wait_for()
    assert [url for url in asked if "listen.js" in url]


def test_what_was_marked_is_ticked_on_this_phone_and_the_next_page_moves_on(phone, site):
    listed = f"{site.url}/en/topics/phase/before"
    phone.goto(listed)
    assert phone.locator("[data-next] a").first.inner_text() == "What is the freezing treatment?"
    phone.goto(f"{site.url}/en/{PAGE}")
    phone.get_by_role("button", name="I have read this").click()
    phone.wait_for_url("**/read")
    phone.goto(listed)
    assert phone.locator("[data-next] a").first.inner_text() != "What is the freezing treatment?"
    assert phone.locator("li.done .done-words").first.is_visible()
    assert [one["name"] for one in phone.context.cookies()] == []


def test_a_phone_without_a_store_reads_all_the_same(phone_without_javascript, site):
    phone_without_javascript.goto(f"{site.url}/en/topics/phase/before")
    assert phone_without_javascript.locator("[data-next] a").first.is_visible()
    assert phone_without_javascript.locator(".done-words").first.is_hidden()
