"""Our style sheets and scripts, read once at start-up, ready to stand inside a page.

Inlined text is allowed by its SHA-256 in the content policy (headers.py), so pages need no
nonce and can be cached, and a first visit needs one request. An answer's policy names only what
that answer holds. May import: the standard library, flask and its Markup.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

from flask import Flask, g
from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
INLINE_STYLES = (
    "core.css",
    "form.css",
    "chart.css",
    "table.css",
    "figure.css",
    "read.css",
    "ask.css",
)
INLINE_SCRIPTS = ("stepper.js", "ticks.js", "print.js", "later.js", "reads.js", "ask.js")


def init_assets(app: Flask) -> None:
    """Give templates `inline_style(name)` and `inline_script(name)`, and compact white space."""
    app.jinja_env.globals.update(inline_style=inline_style, inline_script=inline_script)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def tightened(css: str) -> str:
    """The same style sheet without comments and needless white space."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", bare)).replace(";}", "}").strip()


def uncommented(script: str) -> str:
    """The same script without its whole-line comments."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@functools.cache
def inline_text(name: str) -> str:
    """The exact text that stands in a page for this file of `static/`."""
    text = (STATIC / name).read_text(encoding="utf-8")
    return tightened(text) if name.endswith(".css") else uncommented(text)


def hash_source(name: str) -> str:
    """The content-policy source that allows this file inline: 'sha256-…'."""
    digest = hashlib.sha256(inline_text(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def inline_style(name: str) -> Markup:
    """A style element holding the file; its text is ours, never a visitor's."""
    _known(name, INLINE_STYLES)
    note_inlined(name)
    return _element("<style>{}</style>", name)


def inline_script(name: str) -> Markup:
    """A module script element holding the file, allowed by its hash."""
    _known(name, INLINE_SCRIPTS)
    note_inlined(name)
    return _element('<script type="module">{}</script>', name)


def note_inlined(*names: str) -> None:
    """Remember that the answer being made holds these files."""
    g.inlined = inlined() | frozenset(names)


def inlined() -> frozenset[str]:
    """The files that stand inside the answer being made; none in a redirect."""
    names: frozenset[str] = g.get("inlined", frozenset())
    return names


@functools.cache
def _element(pattern: str, name: str) -> Markup:
    return Markup(pattern).format(Markup(inline_text(name)))  # noqa: S704


@functools.cache
def fingerprint(name: str) -> str:
    """Twelve hex digits of the file's content, for an address that may be cached for ever."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _known(name: str, allowed: tuple[str, ...]) -> None:
    if name not in allowed:
        raise LookupError(
            f"{name} is not listed in assets.py, so the content policy would block it"
        )
