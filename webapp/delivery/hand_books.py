"""Hand books on this machine's disk: what a sender that was killed had in its hand, and gave away.

A line for each step, written and not synced: that survives a process and not a machine, so a book
speaks only until the machine that wrote it is started again. May import: the standard library,
channel.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Collection
from pathlib import Path
from uuid import uuid4

from webapp.delivery.channel import Bookcase, Fate, HandBook, NoBooks, Outcome

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_TAKEN, _GIVEN, _SENT, _KEPT = "taken", "given", "sent", "kept"
_STEPS = frozenset((_TAKEN, _GIVEN, _SENT, _KEPT))
_KEEP_FOR = 3 * 24 * 3600  # seconds: longer than any message in doubt is of use


def open_bookcase(folder: Path, boot: Path = _BOOT) -> Bookcase:
    """The bookcase in `folder`; one that keeps nothing where a machine does not name its starts."""
    try:
        name = boot.read_text().strip()
    except OSError:
        return NoBooks()
    _throw_away_old(folder)
    return _Shelf(folder / name)


def _throw_away_old(folder: Path) -> None:
    for old in folder.glob("*/*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - old.stat().st_mtime > _KEEP_FOR:
                old.unlink()


class _Shelf:
    """A folder for one start of the machine; each file in it is named by its owner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, owner: str) -> HandBook:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return _Book(self._folder / f"{_file_of(owner)}.{uuid4()}")
        except OSError:  # a disk that is full keeps no letter from going out
            return NoBooks()

    def look_up(self, owner: str, letter_id: str) -> Outcome:
        books = (_last_steps(book) for book in self._folder.glob(f"{_file_of(owner)}.*"))
        steps = dict(book[letter_id] for book in books if letter_id in book)
        if not steps or _GIVEN in steps:
            return Outcome(Fate.UNSURE)
        return Outcome(Fate.SENT, steps[_SENT]) if _SENT in steps else Outcome(Fate.REFUSED_FOR_NOW)


def _file_of(owner: str) -> str:
    return re.sub(r"[^\w-]", "_", owner)


def _last_steps(book: Path) -> dict[str, tuple[str, str]]:
    """The last step of each letter, with its receipt. A book with a spoilt line says nothing."""
    try:
        lines = book.read_text().split("\n")
    except (OSError, ValueError):
        return {}
    read = [line.split(" ", 2) for line in lines[:-1]]
    if lines[-1] or any(len(line) != 3 or line[0] not in _STEPS for line in read):
        return {}
    return {letter_id: (step, receipt) for step, letter_id, receipt in read}


class _Book:
    """One file that only grows, and is thrown away when the database knows all that is in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)

    def take(self, letter_ids: Collection[str]) -> None:
        self._write("".join(f"{_TAKEN} {one} \n" for one in letter_ids))

    def give(self, letter_id: str) -> None:
        self._write(f"{_GIVEN} {letter_id} \n")

    def end(self, letter_id: str, outcome: Outcome) -> None:
        if outcome.fate is Fate.UNSURE:
            return  # it stays given
        step, receipt = (_SENT, outcome.detail) if outcome.fate is Fate.SENT else (_KEPT, "")
        with contextlib.suppress(OSError):
            self._write(f"{step} {letter_id} {_in_one_line(receipt)}\n")

    def _write(self, lines: str) -> None:
        """Add lines; a book that cannot be written any more is thrown away, and says nothing."""
        whole = lines.encode()
        try:
            short = os.write(self._handle, whole) != len(whole)
        except OSError:
            short = True
        if short:
            self._path.unlink(missing_ok=True)

    def close(self, *, settled: bool) -> None:
        os.close(self._handle)
        if settled:
            self._path.unlink(missing_ok=True)


def _in_one_line(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())
