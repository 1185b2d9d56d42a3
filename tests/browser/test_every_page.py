"""Every page that can be opened, by everybody who may: read by an accessibility checker.

The addresses come from the URL map, so a page that is added tomorrow is opened here too. Each is
read at 360 px, in light and in dark, and measured at 320 px and at 1280 px.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests import willow
from tests.browser import axe
from tests.browser.conftest import PHONE, Site
from webapp import create_app
from webapp.config import load_config
from webapp.store import flags
from webapp.web.gate import Door, door_of

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEAD = "[document.title, document.documentElement.lang, document.documentElement.dir]"
UNREACHABLE = """[...document.querySelectorAll("a[href], button, input, select, textarea")]
    .filter(one => one.type !== "hidden" && one.checkVisibility() && one.tabIndex < 0)
    .map(one => one.outerHTML.slice(0, 120))"""
WIDTHS = (320, 1280)
LANGUAGES = {"en": "ltr", "es": "ltr", "ar": "rtl"}
NOT_PAGES = {
    "static",
    "health.alive",
    "health.ready",
    "phone.worker",
    "phone.script",
    "phone.manifest",
    "demo.design_modes",
}
ANY = {
    "lang": "en",
    "phase": "before",
    "step": "choice",
    "origin": "synthetic",
    "pathway": "mastectomy",
    "question_id": "no-promise",
}
MISSING = "no-such-thing"  # what an address names that this walk knows nothing of: a 404 page


@dataclass
class Reader:
    """Opens pages in one context and keeps what was wrong with each."""

    page: Page
    site: Site
    wrong: dict[str, list[str]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda fault: self.heard.append(str(fault)))
        self.page.on("request", lambda asked: self._leave(asked.url))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "the server responded with a status of" not in text:
            self.heard.append(text)

    def _leave(self, url: str) -> None:
        if urlsplit(url).scheme.startswith("http") and not url.startswith(self.site.url):
            self.heard.append(f"asked another host: {url}")

    def read(self, path: str, direction: str | None = None) -> None:
        """Open an address and note every fault of it."""
        self.heard.clear()
        self.page.set_viewport_size(PHONE)
        answer = self.page.goto(self.site.url + path)
        found = [] if answer and answer.status < 500 else ["it did not answer"]
        found += self._head(direction) + axe.faults(self.page)
        found += [f"no key reaches {one}" for one in self.page.evaluate(UNREACHABLE)]
        found += self._sideways() + self.heard
        if found:
            self.wrong[path] = found

    def _head(self, direction: str | None) -> list[str]:
        title, lang, side = self.page.evaluate(HEAD)
        whole = title and lang and side in ("ltr", "rtl") and direction in (None, side)
        return [] if whole else [f"its title, lang and dir are {title!r}, {lang!r}, {side!r}"]

    def _sideways(self) -> list[str]:
        found = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            if self.page.evaluate(OVERFLOW) > 0:
                found.append(f"scrolls sideways at {width} px")
        return found


@pytest.fixture(scope="module")
def app(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of the served site, for its URL map only."""
    folder = {"THAW_DATA_DIR": str(tmp_path_factory.mktemp("map")), "THAW_DEMO": "1"}
    return create_app(load_config(folder), site.house)


def addresses(app: Flask, ids: dict[str, str], doors: frozenset[Door]) -> list[str]:
    """Every page behind these doors, once."""
    adapter = app.url_map.bind("localhost")
    found = set()
    for rule in app.url_map.iter_rules():
        opens = rule.endpoint not in NOT_PAGES and "GET" in (rule.methods or ())
        if opens and door_of(app.view_functions[rule.endpoint]) in doors:
            filled = {name: {**ANY, **ids}.get(name, MISSING) for name in rule.arguments}
            found.add(adapter.build(rule.endpoint, filled))
    return sorted(found)


@pytest.fixture
def reader(browser: Browser, site: Site) -> Iterator[Reader]:
    """A browser that knows nobody yet."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE, locale="en-US", reduced_motion="reduce"
    )
    yield Reader(context.new_page(), site)
    context.close()


def sign_in(page: Page, site: Site) -> None:
    """Sign in as the demo says: password, then the code of this minute."""
    page.goto(f"{site.url}/demo/code")
    code = page.locator("main").inner_text()
    page.goto(f"{site.url}/clinic/sign-in")
    page.fill("[name=email]", site.addresses.email)
    page.fill("[name=password]", site.addresses.password)
    page.locator("form button").last.click()
    digits = "".join(one for one in code if one.isdigit())[:6]
    page.fill("[name=code]", digits)
    page.locator("form button").last.click()
    page.wait_for_url(f"{site.url}/clinic/")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_a_patient_and_of_the_public_is_sound(reader, site, app, lang):
    rosa = willow.admit(site.house, _patient(site, lang), datetime.now(UTC))
    token = willow.link_of(site.house, rosa, datetime.now(UTC))
    topic = sorted(site.house.library.topics)[0]
    ids = {"lang": lang, "topic_id": topic, "token": token}
    pages = addresses(app, ids, frozenset({Door.PUBLIC, Door.LINK, Door.DIARY}))
    for path in [f"/{lang}/check-in", *(one for one in pages if one.startswith(f"/{lang}/"))]:
        reader.read(path, LANGUAGES[lang])
    reader.read(f"/{lang}/check-in", LANGUAGES[lang])  # with her link followed
    reader.read(f"/{lang}/no-such-page")
    assert reader.wrong == {}


def test_every_page_of_the_clinic_and_of_the_demo_is_sound(reader, site, app):
    with site.house.store.read() as tx:
        flag = flags.inbox(tx, site.house.library.demo.clinic.id, limit=1)[0]
    ids = {
        "patient_id": flag.patient_id,
        "flag_id": flag.id,
        "staff_id": site.house.library.demo.staff[0].id,
    }
    before = [one for one in addresses(app, ids, frozenset({Door.PUBLIC})) if "/clinic" in one]
    for path in before:
        reader.read(path)
    sign_in(reader.page, site)
    for path in addresses(app, ids, frozenset({Door.CLINICIAN, Door.ADMINISTRATOR, Door.DEMO})):
        reader.read(path)
    assert reader.wrong == {}


def _patient(site: Site, lang: str):
    now, clinic = datetime.now(UTC), site.house.library.demo.clinic
    return willow.patient(now.date() - timedelta(days=3), clinic_id=clinic.id, language=lang)


def test_the_reader_can_tell_a_page_that_is_wrong(reader, site, monkeypatch):
    monkeypatch.setattr(reader.page, "goto", lambda url: None)
    reader.page.set_content("<div style='width:500px'><img src=x><input></div>")
    reader.read("/wrong")
    faults = " ".join(reader.wrong["/wrong"])
    for one in ("image-alt", "title, lang and dir", "sideways at 320", "did not answer"):
        assert one in faults
