"""What a chart is made of: its days, its words, its key, and the same as a table. May import:
flask-babel, frame, numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.web.present.frame import Frame, drawing, element


@dataclass(frozen=True, slots=True)
class Day:
    """One asked day; None is "no answer"."""

    pod: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of days, in order."""

    label: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart says of itself; `name` is its id in the page and must be unique there."""

    name: str
    title: str
    x_label: str
    about: str = ""
    rtl: bool = False  # time runs from right to left


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the key."""

    svg: Markup
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """The same as words and numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished chart for `components/tables.html: chart(drawn)`."""

    title: str
    svg: Markup
    table: Table
    keys: tuple[Key, ...] = field(default=())


def finished(frame: Frame, words: Words, body: Sequence[Markup]) -> Markup:
    """The drawing with its title and description."""
    return drawing(frame, words.name, (words.title, words.about), Markup("").join(body))


def asked_days(pods: Sequence[int]) -> tuple[int, ...]:
    """Each day once, in order; a chart of nothing still has an axis."""
    return tuple(sorted(set(pods))) or (0,)


def cross(x: float, y: float) -> Markup:
    """The mark of a day without an answer."""
    return element("path", d=f"M{x - 4} {y - 4}l8 8m0 -8l-8 8", class_="c-cross")


def key_mark(body: Markup) -> Markup:
    """A small drawing for the key."""
    return element("svg", body, viewBox="0 0 32 16", aria_hidden="true")


def missing_key() -> Key:
    """How a day without an answer looks."""
    return Key(key_mark(cross(16, 8)), gettext("no answer"))
