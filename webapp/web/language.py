"""Which language a page speaks, which way it runs, and where its twins in other languages are.

The language is the first part of the address; where an address has none (the clinic's side) it is
the one chosen in the session, else the browser's. May import: flask, flask-babel, catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale
from babel.support import Translations
from flask import Flask, current_app, g, request, session, url_for
from flask_babel import Babel, force_locale  # type: ignore[import-untyped]
from werkzeug.routing import BaseConverter, Map, ValidationError

from webapp.web import catalogues

EXTENSION = "thaw-languages"


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the interface, named in itself."""

    code: str
    name: str
    dir: str  # ltr or rtl


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in one language; `href` is relative to this site."""

    language: Language
    href: str
    here: bool


def described(code: str) -> Language:
    """The language of this code with its own name for itself and its direction."""
    locale = Locale.parse(code, sep="-")
    name = locale.get_display_name(code.replace("-", "_")) or code
    return Language(code=code, name=name[:1].upper() + name[1:], dir=locale.text_direction)


def languages() -> dict[str, Language]:
    """Every language of this site by code, English first."""
    known: dict[str, Language] = current_app.extensions[EXTENSION]
    return known


def current_language() -> Language:
    """The language of this request: by address, by session, by browser, else English."""
    if "language" not in g:
        g.language = languages()[_chosen_code()]
    language: Language = g.language
    return language


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak another language for a while: a clinician prints in the patient's own."""
    before, g.language = current_language(), languages()[code]
    try:
        with force_locale(code.replace("-", "_")):
            yield
    finally:
        g.language = before


def preferred_code() -> str:
    """The code of the language that the visitor's browser asks for, else English."""
    return request.accept_languages.best_match(tuple(languages()), default=catalogues.SOURCE)


def alternates() -> Iterator[Alternate]:
    """This page in every language; none where the address does not name a language."""
    here = g.get("lang") or request.path.split("/")[1]
    if here not in languages():
        return
    endpoint, values = _twin()
    for code, language in languages().items():
        href = url_for(endpoint, **{**values, "lang": code})
        yield Alternate(language=language, href=href, here=code == here)


def _twin() -> tuple[str, dict[str, Any]]:
    """What a link can open: this page, or the first one where only a form or nothing is here."""
    rule = request.url_rule
    if rule is None or not any(
        one.rule == rule.rule and "GET" in (one.methods or ())
        for one in current_app.url_map.iter_rules()
    ):
        return "public.home", {}
    return rule.endpoint, dict(request.view_args or {})


def _chosen_code() -> str:
    """By address if it says; the session is opened only where it does not (public pages are kept
    by caches for everybody, and may not differ by cookie).
    """
    for code in (g.get("lang"), request.path.split("/")[1]):
        if code in languages():
            return str(code)
    chosen = session.get("lang")
    return chosen if chosen in languages() else preferred_code()


def init_language(app: Flask) -> None:
    """Set up languages: `<lang:lang>` in addresses, words, direction and alternates in templates.

    Must run before the blueprints are registered. Views do not receive `lang`: it is taken out
    of the arguments, and `url_for` puts it back by itself.
    """
    known = {code: described(code) for code in catalogues.language_codes()}
    app.extensions[EXTENSION] = known
    app.url_map.converters["lang"] = _converter(frozenset(known))
    babel = Babel(app, locale_selector=lambda: current_language().code.replace("-", "_"))
    with app.app_context():
        words = babel.domain_instance.cache
    for code in known:
        words[str(Locale.parse(code, sep="-")), "messages"] = _catalogue(code)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.context_processor(_words_for_templates)


@cache  # a process reads its words once, however many sites it makes
def _catalogue(code: str) -> Translations:
    return catalogues.read_catalogue(code)


def _converter(codes: frozenset[str]) -> type[BaseConverter]:
    class LanguageConverter(BaseConverter):
        """Matches only a language that this site speaks."""

        def __init__(self, url_map: Map) -> None:
            super().__init__(url_map)
            self.regex = "|".join(sorted(codes))

        def to_python(self, value: str) -> str:
            if value not in codes:
                raise ValidationError
            return value

    return LanguageConverter


def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.lang = values.pop("lang")


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current_language().code


def _words_for_templates() -> dict[str, object]:
    language = current_language()
    return {"lang": language.code, "dir": language.dir, "alternates": alternates}
