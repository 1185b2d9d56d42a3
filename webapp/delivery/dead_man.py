"""The dead-man's switch: somebody outside who alarms when our call does not come.

May import: the standard library. The call says nothing but that it came.
"""

from __future__ import annotations

from http.client import HTTPException, HTTPResponse
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIME_OUT = 10  # seconds
_GOOD = range(200, 300)


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is somebody else's address: it is not followed."""

    def redirect_request(self, *_: object) -> None:
        return None


def call(url: str) -> str:
    """Call the switch once; "" if it took it, else a fault without the address in it."""
    try:
        opened: HTTPResponse = build_opener(_NoRedirects).open(
            Request(url, headers={"User-Agent": "thaw"}),  # noqa: S310  (checked by config)
            timeout=TIME_OUT,
        )
        with opened as answer:
            return "" if answer.status in _GOOD else f"answered {answer.status}"
    except (OSError, HTTPException, ValueError) as fault:
        code = getattr(fault, "code", "")
        return f"{type(fault).__name__} {code}".strip()
