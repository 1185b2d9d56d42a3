"""Sends long pages as gzip, so that a check-in opens quickly on a bad connection.

A secret in a packed page can leak by its length only if an attacker can make the victim's browser
fetch it again and again with text of the attacker's in it: our cookies are SameSite, and no page
prints what its address says. May import: flask.
"""

from __future__ import annotations

import gzip

from flask import Response, request

LEAST = 1_000  # bytes; less is not worth the work
EFFORT = 3  # of 9: a third of the time of 6 for a tenth more bytes
TEXTS = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
)


def packed(response: Response) -> Response:
    """The same answer, as gzip if it is long text and the browser takes it."""
    headers = response.headers
    if "Content-Encoding" in headers or response.mimetype not in TEXTS:
        return response
    if (
        response.direct_passthrough
        or response.is_streamed
        or (response.content_length or 0) < LEAST
    ):
        return response
    response.vary.add("Accept-Encoding")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(response.get_data(), EFFORT, mtime=0))
        headers["Content-Encoding"] = "gzip"
    return response
