"""The check-in page as a browser without scripts has it: what she typed, and what came back.

May import: the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

ANSWERS = {"nrs_avg": "7", "nrs_worst": "8", "tablets": "1", "sleep_trouble": "none",
           "wakes": "0", "effects": "none", "note": "a sentence"}  # fmt: skip


@dataclass
class HerPage:
    """One day's page, opened and filled in."""

    port: int
    token: str
    sent: dict[str, str] = field(default_factory=dict)
    _browser: OpenerDirector = field(
        default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar()))
    )

    def open(self) -> HerPage:
        """Open the link and fill the form in."""
        with self._browser.open(
            f"http://127.0.0.1:{self.port}/en/check-in/{self.token}", timeout=20
        ) as page:
            form, self._where = page.read().decode(), page.url
        hidden = {name: _hidden(form, name) for name in ("submission_id", "csrf_token")}
        self.sent = {**hidden, **ANSWERS}
        return self

    def send(self) -> tuple[int, str]:
        """Send it as it is: the status and the page."""
        try:
            with self._browser.open(self._where, urlencode(self.sent).encode(), timeout=20) as page:
                return page.status, page.read().decode()
        except HTTPError as fault:
            return fault.code, fault.read().decode()

    def is_kept_in(self, words: str) -> bool:
        """Whether a page still holds what she typed, to be sent again under the same id."""
        return all(
            held in words for held in ('value="7"', "a sentence", self.sent["submission_id"])
        )


def _hidden(form: str, name: str) -> str:
    return form.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]
