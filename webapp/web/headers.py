"""What every answer says about itself: content policy, caching, referrer, framing.

One closed policy, opened only for what stands inside the answer; nothing comes from another host.
May import: the standard library, flask, assets and packing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, request

from webapp.web import assets, packing

YEAR = 31_536_000  # seconds
PUBLIC_MAX_AGE = 300  # seconds a reading page may be kept; a withdrawn passage is gone after that


@functools.cache
def content_policy(inlined: frozenset[str]) -> str:
    """The Content-Security-Policy of an answer that holds these files: all else closed.

    There are as many as there are kinds of pages, so each is written once.
    """
    styles, scripts = (
        " ".join(["'self'", *(assets.hash_source(name) for name in known if name in inlined)])
        for known in (assets.INLINE_STYLES, assets.INLINE_SCRIPTS)
    )
    return (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; "
        "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def fixed_headers() -> list[tuple[str, str]]:
    """The headers that are the same on every answer."""
    return [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),  # for browsers that do not read frame-ancestors
        ("Referrer-Policy", "no-referrer"),  # daily links must not travel in a Referer
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        (
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
            "accelerometer=(), gyroscope=(), magnetometer=(), browsing-topics=()",
        ),
    ]


def caching(response: Response) -> str:
    """How long it may be kept: never, except public reading (which says so) and our files."""
    if response.status_code >= 400:  # a mistake mended must not be remembered
        return "no-store"
    if request.endpoint == "static":
        return (
            f"public, max-age={YEAR}, immutable" if "v" in request.args else "public, max-age=300"
        )
    return response.headers.get("Cache-Control", "no-store")


def _saying(fixed: list[tuple[str, str]], app: WSGIApplication) -> WSGIApplication:
    """The same application, whose every answer carries these headers too."""

    def saying(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            return start_response(status, [*headers, *fixed], *fault)

        return app(environ, start)

    return saying


def init_headers(app: Flask) -> None:
    """Put the headers on every answer of the app, errors included, and pack what is long."""
    fixed = fixed_headers()
    assets.init_assets(app)
    app.wsgi_app = _saying(fixed, app.wsgi_app)  # type: ignore[assignment, method-assign]

    @app.after_request
    def say(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = content_policy(assets.inlined())
        response.headers["Cache-Control"] = caching(response)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        return packing.packed(response)

    @app.url_defaults
    def address_by_content(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", assets.fingerprint(str(values["filename"])))
