"""A machine that fails on request: the shim of machine.c, its control block and its journal.

May import: the standard library. Compiled once for each run with the C compiler of this machine;
where there is none, the tests that need it are skipped and say so.
"""

from __future__ import annotations

import mmap
import os
import random
import shutil
import struct
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("machine.c")
_CONTROL = struct.Struct("6iqqq")
_NAMES = ("journal_on", "sync_error_permille", "no_space_permille", "full", "read_only", "seed",
          "clock_us", "chances", "faults")  # fmt: skip
_HEAD = struct.Struct("IIIIQ")


def compiled(folder: Path) -> Path | str:
    """The shared object, or the sentence that says why there is none."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return "needs Linux and a C compiler ('apt install gcc')"
    made = folder / "machine.so"
    words = [compiler, "-O2", "-shared", "-fPIC", "-o", str(made), str(SOURCE), "-ldl"]
    done = subprocess.run(words, capture_output=True, text=True)
    return made if done.returncode == 0 else f"machine.c does not compile here: {done.stderr}"


class Machine:
    """The control block and the journal of one rig; `watched` is the folder that may be hurt."""

    def __init__(self, folder: Path, watched: Path, seed: int) -> None:
        self.watched, self.journal = watched, folder / "journal"
        self.control = folder / "control"
        self.control.write_bytes(bytes(_CONTROL.size))
        with self.control.open("r+b") as file:
            self._block = mmap.mmap(file.fileno(), _CONTROL.size)
        self.set(seed=seed)

    def set(self, **values: int) -> None:
        """Hurt the processes that run now, or stop it, from their next call on."""
        for name, value in values.items():
            place = _NAMES.index(name)
            size, offset = (4, 4 * place) if place < 6 else (8, 24 + 8 * (place - 6))
            self._block[offset : offset + size] = value.to_bytes(size, sys.byteorder, signed=True)

    @property
    def faults(self) -> int:
        """How many calls were made to fail so far."""
        return _CONTROL.unpack(self._block[:])[_NAMES.index("faults")]

    def note(self, words: str) -> None:
        """Write what a client saw into the journal, in its place among the writes and syncs."""
        data = words.encode()
        handle = os.open(self.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, _HEAD.pack(ord("A"), 0, 0, len(data), 0) + data)
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened: W write, B and E a sync's begin and end, A what a client saw …"""

    kind: str
    thread: int
    path: str
    data: bytes
    offset: int


def records(journal: Path) -> Iterator[Record]:
    """Everything that the journal says, in order; a torn end is left out."""
    said = journal.read_bytes()
    at = 0
    while at + _HEAD.size <= len(said):
        kind, thread, path_bytes, data_bytes, offset = _HEAD.unpack_from(said, at)
        start = at + _HEAD.size
        end = start + path_bytes + data_bytes
        if end > len(said):
            return
        path, data = said[start : start + path_bytes], said[start + path_bytes : end]
        yield Record(chr(kind), thread, path.decode(), data, offset)
        at = end


@dataclass
class Disk:
    """What a disk would hold if the power went now: whole writes that were synced, no others.

    Names are taken to be on the disk at once, the bytes and lengths of a file only when it was
    synced. `survivors` lets some of the unsynced writes live, as real disks do.
    """

    files: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    begun: dict[tuple[int, str], int] = field(default_factory=dict)  # how many a sync covers
    applied: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, one: Record) -> None:
        """Let one more thing happen."""
        if one.kind in "WT":
            self.pending[one.path].append(one)
        elif one.kind == "B":
            waiting = len(self.pending[one.path])
            self.begun[one.thread, one.path] = self.applied[one.path] + waiting
        elif one.kind == "E":
            self._sync(one.path, self.begun.pop((one.thread, one.path), 0))
        else:
            self._rename(one)

    def _sync(self, path: str, until: int) -> None:
        ready = max(until - self.applied[path], 0)
        for write in self.pending[path][:ready]:
            self._apply(write)
        del self.pending[path][:ready]
        self.applied[path] += ready

    def _apply(self, one: Record) -> None:
        held = self.files.setdefault(one.path, bytearray())
        if one.kind == "T":
            del held[one.offset :]
            held.extend(bytes(one.offset - len(held)))
            return
        held.extend(bytes(max(one.offset - len(held), 0)))
        held[one.offset : one.offset + len(one.data)] = one.data

    def _rename(self, one: Record) -> None:
        if one.kind == "O":
            self.files.setdefault(one.path, bytearray())
            if one.offset:
                self.pending[one.path].append(Record("T", one.thread, one.path, b"", 0))
        elif one.kind == "U":
            self._drop(one.path)
        elif one.kind in "RL":
            target = one.data.decode()
            self.files[target] = bytearray(self.files.get(one.path, b""))
            self.pending[target] = [
                Record(write.kind, write.thread, target, write.data, write.offset)
                for write in self.pending[one.path]
            ]
            self.applied[target] = 0
            if one.kind == "R":
                self._drop(one.path)

    def _drop(self, path: str) -> None:
        self.files.pop(path, None)
        self.pending.pop(path, None)
        self.applied.pop(path, None)

    def cut(self, chance: random.Random | None = None) -> None:
        """The power goes: unsynced writes are lost; with `chance`, some of them were written."""
        for path in list(self.pending):
            survivors = [one for one in self.pending[path] if chance and chance.random() < 0.5]
            for one in survivors:
                self._apply(one)
        self.pending.clear()
        self.begun.clear()
        self.applied.clear()

    def lay_out(self, watched: Path, target: Path) -> None:
        """Write the files as a folder."""
        for path, held in self.files.items():
            place = target / Path(path).relative_to(watched)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(held)

    def read_in(self, watched: Path) -> None:
        """Take a folder as it is for wholly synced."""
        for place in watched.rglob("*"):
            if place.is_file() and not place.name.endswith("-shm"):
                self.files[str(place)] = bytearray(place.read_bytes())
