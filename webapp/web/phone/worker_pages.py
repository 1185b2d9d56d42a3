"""The service worker, the scripts that it shares with the pages, and the app's manifest.

The scripts are plain modules in static/phone/. Their address holds a fingerprint of all of them,
so that a copy on a phone is never a mixture of two versions. May import: flask, flask-babel,
assets, language, journeys.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Any

from flask import Flask, Response, abort, current_app, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.journeys import subscribing
from webapp.journeys.house import House
from webapp.web import assets
from webapp.web.gate import Door, open_to
from webapp.web.headers import YEAR
from webapp.web.language import current_language
from webapp.web.phone import blueprint

EXTENSION = "thaw-phones-keep"
FOLDER = assets.STATIC / "phone"
SCRIPT = "text/javascript; charset=utf-8"
ICONS = (
    {"src": "icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
    {"src": "icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
    {"src": "icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
    {"src": "icon-mask.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
)
# What a worker becomes where the clinic forbids it: it clears up after itself and goes.
GONE = """
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));
async function leave() {
  indexedDB.deleteDatabase("thaw");
  for (const name of await caches.keys()) await caches.delete(name);
  await registration.unregister();
}
"""


@functools.cache
def scripts() -> dict[str, str]:
    """Every module of the phone's part by file name, as it is served."""
    files = sorted(FOLDER.glob("*.js"))
    return {file.name: assets.uncommented(file.read_text("utf-8")) for file in files}


@functools.cache
def version() -> str:
    """A fingerprint of all of them."""
    whole = "\0".join(scripts().values())
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def keeps() -> bool:
    """Whether phones may keep anything here at all: the clinic's own decision."""
    return bool(current_app.extensions[EXTENSION])


@blueprint.get("/worker.js")
@open_to(Door.PUBLIC)
def worker() -> ResponseReturnValue:
    """The service worker. It stands at the root, because a worker rules what is below it."""
    own = url_for("phone.script", of=version(), name="worker.js")
    text = f'import "{own}";\n' if keeps() else GONE
    return Response(text, content_type=SCRIPT, headers={"Cache-Control": "no-cache"})


@blueprint.get("/phone/<of>/<name>")
@open_to(Door.PUBLIC)
def script(of: str, name: str) -> ResponseReturnValue:
    """One module. An older version's address answers nothing: its page works without."""
    if of != version() or name not in scripts():
        abort(404)
    kept = f"public, max-age={YEAR}, immutable"
    return Response(scripts()[name], content_type=SCRIPT, headers={"Cache-Control": kept})


@blueprint.get("/<lang:lang>/app.webmanifest")
@open_to(Door.PUBLIC)
def manifest() -> ResponseReturnValue:
    """What a phone shows of this site beside its other apps."""
    response = current_app.json.response(_manifest())
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _manifest() -> dict[str, Any]:
    language = current_language()
    return {
        "id": "/",
        "name": _("Thaw: your check-in"),
        "short_name": "Thaw",
        "lang": language.code,
        "dir": language.dir,
        "start_url": url_for("patient.check_in"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf7f0",
        "theme_color": "#0a5a5f",
        "icons": [{**icon, "src": url_for("static", filename=icon["src"])} for icon in ICONS],
    }


def init_phone(app: Flask, *, keeps_answers: bool) -> None:
    """Give templates `phone_script()` and `push_key()`: "" where there is none."""
    app.extensions[EXTENSION] = keeps_answers

    def phone_script() -> str:
        return url_for("phone.script", of=version(), name="page.js") if keeps() else ""

    def push_key() -> str:
        house: House = current_app.extensions["thaw"]
        return subscribing.push_key(house) if keeps() else ""

    app.jinja_env.globals.update(phone_script=phone_script, push_key=push_key)
