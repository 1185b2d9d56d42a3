"""What an accessibility checker cannot see: targets, focus, movement, forced colours, large text.

The accessibility page says what is checked here; keep the two alike.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests import willow
from tests.browser.conftest import PHONE
from webapp.store import diaries

PAGES = (
    "",
    "topics/",
    "topics/phase/before",
    "topics/what-is-cryoneurolysis",
    "teach-back/mastectomy/no-promise",
    "ask",
    "privacy",
    "accessibility",
    "check-in",
    "diary",
)
OWN_TARGET, LEAST_TARGET = 48, 24  # px: what the design promises, and WCAG 2.2, 2.5.8
# A link inside a sentence is excepted by 2.5.8. Everything else counts, as large as it can be hit.
SMALL = """(least) => [...document.querySelectorAll("a[href], button, input, select, summary")]
    .filter((one) => one.type !== "hidden" && one.checkVisibility() && !one.matches(".skip"))
    .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.height + 0.5 < least || box.width + 0.5 < Math.min(least, 24))
    .filter(([one]) => !(one.matches("a") && one.closest("p, li, dd, td, th, figcaption")
        && ["inline", "inline-block"].includes(getComputedStyle(one).display)))
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const shown = one.matches(".nrs input, .pick input") ? one.nextElementSibling : one;
    const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
    const within = (at, most) => Math.max(0, Math.min(at, most - 1));
    const x = within(box.x + box.width / 2, innerWidth);
    const y = within(box.y + Math.min(box.height / 2, innerHeight / 2), innerHeight);
    const top = document.elementFromPoint(x, y);
    return {
        html: one.outerHTML.slice(0, 90),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: !!top && (shown.contains(top) || top.contains(shown) || one.contains(top)),
        place: [...document.querySelectorAll("*")].indexOf(one),
    };
}"""
MOVING = """[...document.querySelectorAll("*")].filter((one) => {
    const style = getComputedStyle(one);
    const spells = style.transitionDuration.split(",").map(parseFloat);
    return style.animationName !== "none" || spells.some((it) => it > 0);
}).map((one) => one.outerHTML.slice(0, 90))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Words cut off by a box that is too small for them; but for what only a screen reader is told.
CUT = """[...document.querySelectorAll("body *")].filter((one) => {
    const style = getComputedStyle(one), out = one.scrollWidth - one.clientWidth;
    const tall = one.scrollHeight - one.clientHeight;
    return style.overflow !== "visible" && style.overflow !== "auto" && (out > 1 || tall > 1)
        && one.innerText.trim() && !one.closest(".hidden");
}).map((one) => one.outerHTML.slice(0, 90))"""
# What stays on the screen while the page moves below it, in parts of the window's height.
STUCK = """[...document.querySelectorAll("*")]
    .filter((one) => ["sticky", "fixed"].includes(getComputedStyle(one).position))
    .reduce((sum, one) => sum + one.getBoundingClientRect().height, 0) / innerHeight"""
MOST_STUCK = 0.2
MOST_STOPS = 90


@pytest.fixture(scope="module")
def signed_in(site, browser):
    """A patient's browser: her link followed, and her record open."""
    now = datetime.now(UTC)
    clinic = site.house.library.demo.clinic
    start = now.date() - timedelta(days=3)
    rosa = willow.admit(site.house, willow.patient(start, clinic_id=clinic.id), now)
    token = willow.link_of(site.house, rosa, now)
    with site.house.store.begin() as tx:
        diary = diaries.start(tx, rosa.id, now, now + timedelta(minutes=30))
    context = browser.new_context(viewport=PHONE, base_url=site.url)
    context.add_cookies([{"name": "thaw-diary", "value": diary, "url": site.url}])
    page = context.new_page()
    page.goto(f"/en/check-in/{token}")
    yield page
    context.close()


@pytest.fixture
def page(signed_in):
    signed_in.set_viewport_size(PHONE)
    signed_in.emulate_media(forced_colors="none", reduced_motion="no-preference")
    return signed_in


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_every_target_is_large_enough_for_a_shaking_thumb(page, path, lang):
    page.goto(f"/{lang}/{path}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(SMALL, LEAST_TARGET) == []
    assert page.evaluate(SMALL, OWN_TARGET) == []


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_each_tab_stop_shows_its_ring_unhidden_and_in_reading_order(page, path, lang):
    page.goto(f"/{lang}/{path}")
    stops = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (stops and stop["html"] == stops[0]["html"]):
            break
        stops.append(stop)
    assert len(stops) > 3
    assert [one["html"] for one in stops if not one["ring"]] == []
    assert [one["html"] for one in stops if not one["seen"]] == []
    places = [one["place"] for one in stops]
    assert places == sorted(places)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_for_somebody_who_asked_for_that(page, path):
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/en/{path}")
    assert page.evaluate(MOVING) == []


@pytest.mark.parametrize("path", PAGES)
def test_text_of_twice_the_size_and_a_window_zoomed_four_times_lose_nothing(page, path):
    page.goto(f"/en/{path}")
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400%
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(CUT) == []
    assert page.evaluate(STUCK) <= MOST_STUCK
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(CUT) == []


def test_the_measures_can_tell_words_that_are_cut_off_or_covered(page):
    page.goto("/en/privacy")
    page.evaluate("document.querySelector('main').style = 'overflow: hidden; max-height: 90px'")
    assert len(page.evaluate(CUT)) == 1
    page.evaluate("document.querySelector('header').style = 'position: sticky; height: 50vh'")
    assert page.evaluate(STUCK) > MOST_STUCK


def test_what_was_chosen_shows_in_forced_colours(page):
    page.emulate_media(forced_colors="active")
    page.goto("/en/check-in")
    page.locator("[name=nrs_avg][value='4']").check(force=True)
    ground = "(one) => getComputedStyle(one.nextElementSibling).backgroundColor"
    chosen, other = (page.locator(f"[name=nrs_avg][value='{at}']") for at in (4, 5))
    assert chosen.evaluate(ground) != other.evaluate(ground)


def test_help_stands_in_the_same_place_on_every_page(page):
    """WCAG 2.2, 3.2.6: whom to call is in the foot, before the links, wherever one is."""
    for path in PAGES:
        page.goto(f"/en/{path}")
        foot = page.locator("footer p")
        assert "Nobody watches these pages live." in foot.first.inner_text()
        assert "general information" in foot.nth(1).inner_text()


def test_nothing_that_was_typed_is_asked_for_again(page):
    """WCAG 2.2, 3.3.7: an asked-about form comes back with every answer in it."""
    page.goto("/en/check-in")
    page.locator("[name=nrs_avg][value='7']").check(force=True)
    page.locator("[name=nrs_worst][value='2']").check(force=True)
    with page.expect_navigation():
        page.evaluate("document.querySelector('[name=nrs_avg]').form.submit()")
    assert page.locator("[name=nrs_avg][value='7']").is_checked()
    assert page.locator("[name=nrs_worst][value='2']").is_checked()
