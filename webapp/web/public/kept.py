"""Public pages are the same for everybody, so each is made once and kept ready to send.

Kept in memory by address, as bytes and as gzip, with an ETag; only good answers are kept. After
five minutes all are made anew: a clinic may have changed its number in another process, and a
review date may have passed. May import: flask, assets, headers.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from webapp.web import assets
from webapp.web.headers import PUBLIC_MAX_AGE

EXTENSION = "thaw-kept-pages"
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Kept:
    """A page ready to send."""

    body: bytes
    packed: bytes  # the same, gzip
    etag: str  # quoted, as it stands in the header
    inlined: frozenset[
        str
    ]  # what its content policy must allow, also when only "unchanged" is sent


Shelf = dict[str, Kept]


def kept(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Serve a view's page from memory after the first time. The page may hold nothing personal."""

    @wraps(view)
    def serve(*args: P.args, **kwargs: P.kwargs) -> Response:
        pages = _pages_of_now(current_app)
        address = request.path  # never the query, which anybody can make endless
        if address not in pages:
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200:
                return response
            pages[address] = _packed(response.get_data())
        return _answer(pages[address])

    return serve


def today() -> date:
    """The day by which review dates are judged."""
    return datetime.now(UTC).date()


def _pages_of_now(app: Flask) -> Shelf:
    spell = int(datetime.now(UTC).timestamp()) // PUBLIC_MAX_AGE
    shelf: tuple[int, Shelf] | None = app.extensions.get(EXTENSION)
    if shelf is None or shelf[0] != spell:
        shelf = app.extensions[EXTENSION] = (spell, {})
    return shelf[1]


def _packed(body: bytes) -> Kept:
    etag = hashlib.sha256(body).hexdigest()[:16]
    return Kept(body, gzip.compress(body, 9, mtime=0), f'"{etag}"', assets.inlined())


def _answer(page: Kept) -> Response:
    assets.note_inlined(*page.inlined)
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", f"public, max-age={PUBLIC_MAX_AGE}"),
        ("Vary", "Accept-Encoding"),
        ("ETag", page.etag),
    ]
    if page.etag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(page.packed, headers=[*headers, ("Content-Encoding", "gzip")])
    return Response(page.body, headers=headers)
