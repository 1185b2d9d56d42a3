"""Interface words by language, read from translations/<lang>/LC_MESSAGES/messages.po.

A compiled .mo is used where it is newer; otherwise the .po is read into memory at start-up, so
that a fresh clone speaks every language before anything was compiled. Adding a language is a
folder here. May import: babel.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE = "en"  # the language of the msgids
FOLDER = Path(__file__).parents[2] / "translations"


def language_codes(folder: Path = FOLDER) -> tuple[str, ...]:
    """English first, then every language that has a catalogue, by code."""
    found = sorted(path.parts[-3] for path in folder.glob("*/LC_MESSAGES/messages.po"))
    return (SOURCE, *(code for code in found if code != SOURCE))


def read_catalogue(code: str, folder: Path = FOLDER) -> Translations:
    """The words of one language; English needs none, since the msgids are English."""
    words = folder / code / "LC_MESSAGES" / "messages.po"
    if not words.exists():
        return Translations()
    compiled = words.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= words.stat().st_mtime:
        return Translations(io.BytesIO(compiled.read_bytes()))
    return Translations(io.BytesIO(_compiled(words, code)))


def _compiled(words: Path, code: str) -> bytes:
    with words.open("rb") as source:
        catalogue = read_po(source, locale=code)
    target = io.BytesIO()
    write_mo(target, catalogue)  # fuzzy strings are left out, so they show in English
    return target.getvalue()
