"""content/chat: what the search learns from, and the words of the chat, by language.

May import: the domain and this room. Texts are one a line; `labelled/*.jsonl` are messages with the
outcome that is right for them, in the form that `thaw evaluate` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from webapp.domain.learning import Example
from webapp.domain.search import CHECK_IN, DANGER, OUT_OF_SCOPE, SMALL_TALK
from webapp.library.phrase_files import load_phrase_examples
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import read_file

CHAT_FOLDER = Path("chat")
_LISTS = {
    "out-of-scope": frozenset({OUT_OF_SCOPE}),
    "small-talk": frozenset({SMALL_TALK}),
    "check-in": frozenset({CHECK_IN}),
    "danger": frozenset({DANGER}),
    "calm": frozenset[str](),  # sounds like danger and is none
}
_KINDS = {"decline": OUT_OF_SCOPE, "smalltalk": SMALL_TALK, "checkin": CHECK_IN, "urgent": DANGER}
_LISTED, _LABELLED = 2.0, 3.0  # how much more such an example counts than a way of asking


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message and the outcome that is right for it (contract section 3)."""

    id: str
    lang: str
    text: str
    kind: str  # answer, urgent, calm, checkin, smalltalk or decline
    topics: tuple[str, ...]
    rules: tuple[str, ...]
    values: Mapping[str, float | str]


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """The messages of one file. Raises LibraryError with the line that is wrong."""
    lines = read_file(path, check="labelled-file").splitlines()
    return tuple(
        _labelled(line, str(path), number) for number, line in enumerate(lines, 1) if line.strip()
    )


def _labelled(line: str, file: str, number: int) -> Labelled:
    try:
        row = json.loads(line)
        return Labelled(
            id=str(row["id"]),
            lang=row["lang"],
            text=row["text"],
            kind=row["kind"],
            topics=tuple(row.get("topics", ())),
            rules=tuple(row.get("rules", ())),
            values=row.get("values") or {},
        )
    except (ValueError, KeyError, TypeError) as fault:
        message, remedy = f"No labelled message: {fault}.", "Write one JSON object a line."
        raise LibraryError([Problem(file, number, "labelled-line", message, remedy)]) from None


def labelled_examples(rows: tuple[Labelled, ...], lang: str) -> Iterator[Example]:
    """The messages in one language as examples to learn from."""
    for row in rows:
        if row.lang == lang:
            special = {_KINDS[row.kind]} if row.kind in _KINDS else set()
            yield Example(row.text, frozenset(row.topics) | special, _LABELLED)


def load_examples(
    content: Path, lang: str, *, without: frozenset[str] = frozenset()
) -> tuple[Example, ...]:
    """Everything there is to learn from in one language, each text once, in a fixed order.

    `without` names labelled files to leave out ("author-b"), to be measured on them.
    """
    rows = _all_labelled(content, without)
    every = (
        *labelled_examples(rows, lang),
        *_lists(content, lang),
        *_rule_examples(content, lang),
        *_asks(content, lang),
    )
    return tuple({example.text: example for example in reversed(every)}.values())


def load_all_examples(
    content: Path, *, without: frozenset[str] = frozenset()
) -> Mapping[str, tuple[Example, ...]]:
    """The examples of every language that has ways of asking."""
    files = (content / "topics").glob("*/*.asks.txt")
    langs = sorted({path.name.split(".")[0] for path in files})
    return {lang: load_examples(content, lang, without=without) for lang in langs}


def _all_labelled(content: Path, without: frozenset[str]) -> tuple[Labelled, ...]:
    files = sorted((content / CHAT_FOLDER / "labelled").glob("*.jsonl"))
    kept = (path for path in files if path.stem not in without)
    return tuple(row for path in kept for row in read_labelled(path))


def _lists(content: Path, lang: str) -> Iterator[Example]:
    for name, labels in _LISTS.items():
        path = content / CHAT_FOLDER / f"{name}.{lang}.txt"
        for line in _lines(path):
            yield Example(line, labels, _LISTED)


def _rule_examples(content: Path, lang: str) -> Iterator[Example]:
    for code, phrases in load_phrase_examples(content):
        if code == lang:
            yield from (Example(text, frozenset({DANGER})) for text in phrases.meets)
            yield from (Example(text, frozenset()) for text in phrases.silent)


def _asks(content: Path, lang: str) -> Iterator[Example]:
    for path in sorted((content / "topics").glob(f"*/{lang}.asks.txt")):
        topic = frozenset({path.parent.name})
        more = content / CHAT_FOLDER / "more-asks" / f"{path.parent.name}.{lang}.txt"
        yield from (Example(line, topic) for line in (*_lines(path), *_lines(more)))


def _lines(path: Path) -> tuple[str, ...]:
    if not path.exists():
        return ()
    lines = (line.strip() for line in read_file(path, check="asks-file").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
