"""Numbers and days as the reader's language writes them. May import: flask-babel."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, format_decimal, gettext  # type: ignore[import-untyped]


def decimal(value: float) -> str:
    """2 as "2", 2.5 as "2.5" or "2,5"; at most two places."""
    return str(format_decimal(value, format="#,##0.##"))


def answer(value: float | None) -> str:
    """A number, or words for a question that was not answered; never a zero in its place."""
    return gettext("no answer") if value is None else decimal(value)


def long_day(day: date) -> str:
    """A day with its month in words."""
    return str(format_date(day, "long"))
