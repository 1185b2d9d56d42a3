"""The interface's words, read from the source and written into every catalogue.

`read_words` is what the tests compare the catalogues with, so that both read the source alike.
May import: babel, catalogues.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from webapp.web import catalogues

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}


def read_words(root: Path = ROOT) -> Catalog:
    """Every string of templates and views that is shown to somebody, with the files it is in."""
    found = Catalog(project="Thaw", charset="utf-8")
    with (root / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    rows = extract_from_dir(root, methods, options, keywords=KEYWORDS, directory_filter=_ours)
    for name, _line, words, comments, context in rows:
        place = (Path(name).as_posix(), 0)
        found.add(words, locations=[place], auto_comments=comments, context=context)
    return found


def _ours(folder: str | Path) -> bool:
    """Only the folders that hold our own source."""
    parts = Path(folder).relative_to(ROOT).parts if Path(folder).is_absolute() else ()
    return not parts or parts[0] == "webapp"


def bring_up_to_date(codes: Sequence[str]) -> dict[str, int]:
    """Every catalogue, and those of `codes`, as the source is now; how much each still lacks."""
    source = read_words()
    every = dict.fromkeys((*catalogues.language_codes(), *codes))
    return {code: _brought_up_to_date(code, source) for code in every if code != catalogues.SOURCE}


def _brought_up_to_date(code: str, source: Catalog) -> int:
    """Write one catalogue, without guesses and without what is no longer shown."""
    path = catalogues.FOLDER / code / "LC_MESSAGES" / "messages.po"
    catalogue = _opened(path, code)
    catalogue.update(source, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, include_lineno=False, sort_output=True)
    return sum(not _translated(message.string) for message in catalogue if message.id)


def _opened(path: Path, code: str) -> Catalog:
    if path.exists():
        with path.open("rb") as words:
            return read_po(words, locale=code)
    return Catalog(
        locale=Locale.parse(code, sep="-"),
        project="Thaw",
        creation_date=datetime.now(UTC),
        fuzzy=False,
    )


def _translated(string: str | Sequence[str] | None) -> bool:
    return bool(string) and all([string] if isinstance(string, str) else string or ())
