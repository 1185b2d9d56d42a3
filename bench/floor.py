"""The floor: what a page and a form cost in bare Flask with one durable insert, and nothing else.

May import: flask, the database drivers, webapp.store.engine for the same SQLite. Kept as it is
for good: ratios against it are only worth something while it does not change.
"""

from __future__ import annotations

import hmac
import os
import secrets
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask, redirect, render_template, request, session
from jinja2 import DictLoader

from webapp.store.engine import sqlite_module

STYLE = """
body{font:1.125rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:40rem;padding:1rem;color:#111}
h1{font-size:1.8rem;line-height:1.2}h2{font-size:1.3rem;margin-top:2rem}p{margin:.6rem 0}
nav{border-bottom:1px solid #ccc;padding-bottom:.6rem}nav a{margin-right:1rem}a{color:#005ea5}
label{display:block;margin-top:1rem;font-weight:600}input{font:inherit;padding:.5rem;width:6rem;
border:2px solid #333;border-radius:4px}button{font:inherit;margin-top:1.5rem;padding:.7rem 1.4rem;
background:#00703c;color:#fff;border:0;border-radius:4px}footer{margin-top:3rem;font-size:.9rem}
"""
BASE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width"><style>{{ style }}</style></head><body>
<nav><a href="/edu">Read</a><a href="/daily">Today</a></nav><main><h1>{{ title }}</h1>
{% block main %}{% endblock %}</main><footer>A page of the floor.</footer></body></html>"""
EDU = """{% extends "base.html" %}{% block main %}{% for heading, paragraphs in parts %}
<h2>{{ heading }}</h2>{% for words in paragraphs %}<p>{{ words }}</p>{% endfor %}{% endfor %}
{% endblock %}"""
DAILY = """{% extends "base.html" %}{% block main %}<form method="post">
<input type="hidden" name="csrf_token" value="{{ token }}">{% for name, label in fields %}
<label for="{{ name }}">{{ label }}</label><input id="{{ name }}" name="{{ name }}" required>
{% endfor %}<button>Send</button></form>{% endblock %}"""

WORDS = "One sentence of plain words that a page about a treatment might well hold, and no more. "
PARTS = [
    (f"Part {number} of the page", [WORDS * 4] * (2 if number < 4 else 1)) for number in range(7)
]
FIELDS = [("nrs", "Pain, 0 to 10"), ("oxy", "Tablets"), ("woken", "Times woken")]
LIMITS = {"nrs": 10, "oxy": 40, "woken": 20}
TABLE = """CREATE TABLE IF NOT EXISTS report
(patient INTEGER, nrs INTEGER, oxy INTEGER, woken INTEGER, at {})"""
INSERT = "INSERT INTO report (patient, nrs, oxy, woken, at) VALUES ({0}, {0}, {0}, {0}, {0})"

app = Flask(__name__)
app.secret_key = (
    secrets.token_bytes(32) if "FLOOR_KEY" not in os.environ else os.environ["FLOOR_KEY"]
)
app.jinja_loader = DictLoader({"base.html": BASE, "edu.html": EDU, "daily.html": DAILY})
_kept = threading.local()


@app.get("/edu")
def edu() -> str:
    """A page of 600 words."""
    return _page("edu.html", title="What to expect", parts=PARTS)


@app.get("/daily")
def daily() -> str:
    """The form, with a token against forged requests."""
    token = session.setdefault("csrf", secrets.token_urlsafe(16))
    return _page("daily.html", title="Today", token=token, fields=FIELDS)


@app.post("/daily")
def send() -> Any:
    """Three checked numbers, one durable row, then on to the thanks page."""
    sent = request.form
    if not hmac.compare_digest(sent.get("csrf_token", ""), session.get("csrf", "-")):
        return "The form has expired.", 400
    numbers = [int(sent[name]) for name, _ in FIELDS]
    if any(not 0 <= number <= most for number, most in zip(numbers, LIMITS.values(), strict=True)):
        return "A number is out of range.", 422
    _insert((1, *numbers, datetime.now(UTC).isoformat()))
    return redirect("/thanks", 303)


def _page(name: str, **words: object) -> str:
    return render_template(name, style=STYLE, **words)


def _insert(row: tuple[object, ...]) -> None:
    """One row, committed and on disk when this returns."""
    if not hasattr(_kept, "connection"):
        _kept.connection, _kept.insert = _connect(os.environ["FLOOR_DATABASE_URL"])
    _kept.connection.execute(_kept.insert, row)


def _connect(url: str) -> tuple[Any, str]:
    """A connection of this thread, which commits each statement by itself."""
    if not url.startswith("sqlite:///"):
        connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        connection.execute(TABLE.format("timestamptz"))
        return connection, INSERT.format("%s")
    file = sqlite_module().connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        file.execute(f"PRAGMA {setting}")
    file.execute(TABLE.format("TEXT"))
    return file, INSERT.format("?")
