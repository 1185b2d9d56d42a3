"""The web application: the one place where the rooms meet. May import: every room."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.assemble import open_house
from webapp.config import Config, load_config
from webapp.journeys.house import House
from webapp.web import health, metrics
from webapp.web.gate import init_gate
from webapp.web.headers import init_headers
from webapp.web.language import init_language
from webapp.web.phone.worker_pages import init_phone
from webapp.web.sessions import SessionsOfStaff
from webapp.web.signing_in.login import init_login

BLUEPRINTS = (
    "webapp.web.public",
    "webapp.web.patient",
    "webapp.web.phone",
    "webapp.web.asking",
    "webapp.web.signing_in",
    "webapp.web.clinic",
    "webapp.web.api",
    "webapp.web.push",
    "webapp.web.callbacks",
    "webapp.web.demo",
)
MOST_REQUEST_BYTES = 256 * 1024


class _Site(Flask):
    """Flask, spared the question whether each function is a coroutine: none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def make_site(config: Config | None = None, house: House | None = None) -> Flask:
    """The web application. `app.extensions["thaw"]` is the `House` that views hand to journeys."""
    config = config or load_config(os.environ)
    app = _Site("webapp", root_path=os.path.join(os.path.dirname(__file__), "web"))
    app.session_interface = SessionsOfStaff()
    house = house or open_house(config)
    app.extensions["thaw"] = house
    app.extensions["thaw-config"] = config
    app.config.update(
        SECRET_KEY=house.store.keyring.session_key,
        MAX_CONTENT_LENGTH=MOST_REQUEST_BYTES,
        SESSION_COOKIE_NAME="__Host-thaw" if config.is_https else "thaw",
        SESSION_COOKIE_SECURE=config.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    _believe_proxies(app, config.trusted_proxies)
    init_language(app)
    init_headers(app)
    init_phone(app, keeps_answers=config.phones_keep)
    init_login(app)
    init_gate(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    return app


def _believe_proxies(app: Flask, count: int) -> None:
    """Take the caller's address and scheme from the proxies in front, and from nobody else."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
