"""The floor of `bench.start`: as little as Flask can be. May import: flask."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """One word."""
    return "hello"
