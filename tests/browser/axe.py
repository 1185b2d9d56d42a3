"""What an accessibility checker finds on the page that is open, in light and in dark.

May import: playwright.
"""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RUN = """axe.run(document, {resultTypes: ["violations"], %s}).then((found) => JSON.stringify(
    found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)))"""
# The modes differ in nothing but their colours. Light last: the page is left as it came.
MODES = {"dark": "", "light": "runOnly: ['color-contrast', 'link-in-text-block']"}


def faults(page: Page) -> list[str]:
    """Every rule that the page breaks in either mode, with the elements that break it.

    It is run past the page's content policy, as a browser's tool is. Nothing may fade from one mode
    to the other meanwhile: colours between the two are on no page.
    """
    session, found = page.context.new_cdp_session(page), []
    session.send("Runtime.evaluate", {"expression": AXE})
    for mode, rules in MODES.items():
        page.emulate_media(color_scheme=mode, reduced_motion="reduce")
        asked = {"expression": RUN % rules, "awaitPromise": True, "returnByValue": True}
        said = session.send("Runtime.evaluate", asked)["result"]["value"]
        found += [f"{mode}: {one}" for one in json.loads(said)]
    session.detach()
    return found
