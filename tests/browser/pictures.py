"""`make pictures`: photographs every page of a demo clinic, to be looked at one by one.

Each page in each language, at 360 and 1280 px, light and dark, into a folder with a contact sheet.
May import: playwright, tests.browser and what it may.
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests import willow
from tests.browser.conftest import FLAGS, Site, served_demo
from tests.browser.test_every_page import ANY, LANGUAGES, addresses
from tests.browser.test_taps import KEEP, YESTERDAY
from tests.machine import find_browser
from webapp import create_app
from webapp.config import load_config
from webapp.store import beats, diaries, flags
from webapp.web.gate import Door

WIDTHS = {360: 740, 1280: 800}
MODES = ("light", "dark")
MOST_HEIGHT = 12_000  # px
AT_ONCE = 4  # pages open at the same time: more only wait for the processor
PATIENT = frozenset({Door.PUBLIC, Door.LINK, Door.DIARY})
CLINIC = frozenset({Door.CLINICIAN, Door.ADMINISTRATOR, Door.DEMO})
NOT_PAGES = (".js", ".css", ".webmanifest", ".png", "/healthz", "/readyz", "/metrics")
SHEET = """<!doctype html><meta charset=utf-8><title>Pictures</title>
<style>body{{font:14px sans-serif;margin:1rem}}div{{display:flex;gap:.5rem;align-items:flex-start;
overflow-x:auto}}img{{height:22rem;width:auto;border:1px solid #999}}h2{{font-size:1rem}}</style>
<h1>{count} pictures, {when}</h1>{rows}"""


@dataclass
class Album:
    """Where the pictures go, and what is on each."""

    folder: Path
    taken: dict[str, list[str]] = field(default_factory=dict)

    async def take(self, page: Page, name: str, lang: str) -> None:
        """The open page, at each width, in each mode."""
        for width, height in WIDTHS.items():
            await show_whole(page, width, height)
            for mode in MODES:
                await page.emulate_media(color_scheme=mode, reduced_motion="reduce")
                file = f"{lang}/{width}-{mode}/{name}.jpg"
                place = self.folder / file
                place.parent.mkdir(parents=True, exist_ok=True)
                await page.screenshot(path=place, type="jpeg", quality=70)
                self.taken.setdefault(name, []).append(file)

    def write_sheet(self) -> None:
        """The contact sheet: a row for each page."""
        rows = "".join(
            f"<h2>{html.escape(name)}</h2><div>"
            + "".join(
                f'<a href="{file}"><img src="{file}" alt="{file}" loading="lazy"></a>'
                for file in sorted(files)
            )
            + "</div>"
            for name, files in sorted(self.taken.items())
        )
        count = sum(map(len, self.taken.values()))
        when = datetime.now(UTC).isoformat(" ", "minutes")
        text = SHEET.format(count=count, when=when, rows=rows)
        (self.folder / "index.html").write_text(text, "utf-8")


async def show_whole(page: Page, width: int, height: int) -> None:
    """A window as long as the page, or as much of a very long one as a browser can draw at once.

    What sticks to the edge of a window then covers nothing.
    """
    await page.set_viewport_size({"width": width, "height": height})
    needed = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": width, "height": min(needed, MOST_HEIGHT)})


def name_of(path: str) -> str:
    """A file's name for an address."""
    bare = re.sub(r"^/(en|es|ar)/", "", path).strip("/") or "home"
    bare = re.sub(r"^(check-in|choices)/(?!thanks|kept)[^/]+", r"\1/link", bare)
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[0-9a-f-]{36}", "x", bare)).strip("-")


async def photograph(context: BrowserContext, album: Album, lang: str, paths: list[str]) -> None:
    """Every one of these addresses, a few at a time."""
    waiting = list(paths)

    async def one_after_the_other() -> None:
        page = await context.new_page()
        while waiting:
            path = waiting.pop(0)
            answer = await page.goto(path)
            kind = answer.headers.get("content-type", "") if answer else ""
            if kind.startswith("text/html"):
                await album.take(page, name_of(path), lang)
        await page.close()

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def of_a_patient(browser: Browser, album: Album, site: Site, lang: str) -> None:
    """What anybody and what one patient can open, and what the forms answer."""
    now = datetime.now(UTC)
    clinic = site.house.library.demo.clinic
    start = now.date() - timedelta(days=2)
    rosa = willow.admit(site.house, willow.patient(start, clinic_id=clinic.id, language=lang), now)
    yesterday = willow.link_of(site.house, rosa, now, now.date() - timedelta(days=1))
    token = willow.link_of(site.house, rosa, now)
    early = willow.link_of(site.house, rosa, now, now.date() + timedelta(days=3))
    context = await browser.new_context(base_url=site.url, locale=lang)
    paths = [*public_paths(site, lang, token), f"/{lang}/no-such-page"]
    await photograph(context, album, lang, paths)
    await like_yesterday(context, album, f"/{lang}/check-in/{token}", lang)
    await send_a_day(context, album, f"/{lang}/check-in/{yesterday}", lang)
    await send_a_day(context, album, f"/{lang}/check-in/{token}", lang)
    with site.house.store.begin() as tx:
        diary = diaries.start(tx, rosa.id, now, now + timedelta(minutes=30))
    await context.add_cookies([{"name": "thaw-diary", "value": diary, "url": site.url}])
    page = await context.new_page()
    await page.goto(f"/{lang}/check-in/{early}")
    await album.take(page, "check-in-not-yet", lang)
    await page.goto(f"/{lang}/diary")
    await album.take(page, "diary-open", lang)
    await answer_a_question(page, album, lang)
    await ask(page, album, lang)
    await context.close()


def public_paths(site: Site, lang: str, token: str) -> list[str]:
    """Every address that needs no signing in, with a topic of each kind."""
    ids = {**ANY, "lang": lang, "token": token, "topic_id": "what-is-cryoneurolysis"}
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_config({"THAW_DATA_DIR": folder, "THAW_DEMO": "1"}), site.house)
        found = addresses(app, ids, PATIENT)
    topics = ("chest-pain", "blood-thinners", "numbness", "pain-score-0-to-10")
    every = [*found, *(f"/{lang}/topics/{topic}" for topic in topics)]
    return [one for one in every if one.startswith(f"/{lang}/") and not one.endswith(NOT_PAGES)]


async def like_yesterday(context: BrowserContext, album: Album, link: str, lang: str) -> None:
    """The form on a phone that kept what was answered yesterday."""
    page = await context.new_page()
    await page.goto(link)
    day = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    await page.evaluate(KEEP, [day, YESTERDAY])
    await page.reload()
    await page.locator("[data-same]").first.wait_for()
    await album.take(page, "check-in-like-yesterday", lang)
    await page.close()


async def send_a_day(context: BrowserContext, album: Album, link: str, lang: str) -> None:
    """A day that is asked about once more, then sent, with a sign that needs a call."""
    page = await context.new_page()
    await page.goto(link)
    if not await page.locator("[name=nrs_avg]").count():
        return await page.close()
    await page.evaluate("document.querySelector('main form').requestSubmit?.()")
    await page.wait_for_load_state()
    await album.take(page, "check-in-empty-sent", lang)
    for name in ("nrs_avg", "nrs_worst"):
        field_of = page.locator(f"[name={name}][value='{6 if name == 'nrs_avg' else 8}']")
        await field_of.check(force=True)
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    await page.locator("[name=effects]").first.check(force=True)
    await album.take(page, "check-in-filled", lang)
    await page.evaluate("document.querySelector('[name=nrs_avg]').form.submit()")
    await page.wait_for_load_state()
    await album.take(page, "thanks-sent", lang)
    await page.close()


async def answer_a_question(page: Page, album: Album, lang: str) -> None:
    """A question about the reading: another choice, then once more."""
    await page.goto(f"/{lang}/teach-back/mastectomy/no-promise")
    for name in ("teach-back-other-words", "teach-back-told"):
        await page.locator("[name=choice]").first.check(force=True)
        await page.locator("main form button[type=submit]").first.click()
        await page.wait_for_load_state()
        await album.take(page, name, lang)


async def ask(page: Page, album: Album, lang: str) -> None:
    """A question in the chat, and one that is an emergency."""
    asked = {
        "en": "why is my chest numb",
        "es": "por qué tengo el pecho dormido",
        "ar": "لماذا صدري مخدر",
    }
    urgent = {"en": "i cannot breathe", "es": "no puedo respirar", "ar": "لا أستطيع التنفس"}
    await page.goto(f"/{lang}/ask")
    for name, words in (("ask-answered", asked[lang]), ("ask-urgent", urgent[lang])):
        await page.locator("#ask textarea, #ask input[type=text]").first.fill(words)
        await page.locator("#ask button[type=submit]").first.click()
        await page.wait_for_timeout(1500)
        await album.take(page, name, lang)


async def of_the_clinic(browser: Browser, album: Album, site: Site) -> None:
    """What staff can open, signed in once, in each language."""
    context = await browser.new_context(base_url=site.url, locale="en")
    await sign_in(await context.new_page(), site)
    kept = await context.storage_state()
    await context.close()
    paths = list(clinic_paths(site))
    for lang in LANGUAGES:
        context = await browser.new_context(base_url=site.url, locale=lang, storage_state=kept)
        await photograph(context, album, lang, paths)
        await context.close()


def clinic_paths(site: Site) -> Iterator[str]:
    """Every address behind a sign-in, and the demo's own."""
    with site.house.store.read() as tx:
        flag = flags.inbox(tx, site.house.library.demo.clinic.id, limit=1)[0]
    staff = site.house.library.demo.staff[0].id
    ids = {**ANY, "patient_id": flag.patient_id, "flag_id": flag.id, "staff_id": staff}
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_config({"THAW_DATA_DIR": folder, "THAW_DEMO": "1"}), site.house)
        found = addresses(app, ids, CLINIC)
    yield from (one for one in found if not one.endswith(NOT_PAGES))


async def sign_in(page: Page, site: Site) -> None:
    """As the demo says: password, then the code of this minute."""
    await page.goto("/demo/code")
    code = "".join(re.findall(r"\d", await page.locator("main").inner_text()))[:6]
    await page.goto("/clinic/sign-in")
    await page.fill("[name=email]", site.addresses.email)
    await page.fill("[name=password]", site.addresses.password)
    await page.locator("form button").last.click()
    await page.fill("[name=code]", code)
    await page.locator("form button").last.click()
    await page.wait_for_url("**/clinic/")


async def fill(album: Album, site: Site) -> None:
    """All pictures, with one browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        for lang in LANGUAGES:
            await of_a_patient(browser, album, site, lang)
        await of_the_clinic(browser, album, site)
        await browser.close()


def main(folder: Path) -> None:
    """Serve a demo clinic on a database of its own, and photograph it."""
    started = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    album = Album(folder)
    with tempfile.TemporaryDirectory() as data, served_demo(Path(data)) as site:
        with site.house.store.begin() as tx:
            for part in beats.PARTS:  # no clock runs here; its silence is not what we look at
                beats.beat(tx, part, datetime.now(UTC) + timedelta(hours=1))
        try:
            asyncio.run(fill(album, site))
        finally:
            album.write_sheet()
    count = sum(map(len, album.taken.values()))
    print(f"{count} pictures in {time.monotonic() - started:.0f} s: {folder / 'index.html'}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "var/pictures").resolve())
