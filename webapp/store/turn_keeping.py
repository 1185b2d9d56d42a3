"""Who writes next to one SQLite file: everybody gets a turn while the database is well.

SQLite lets those who wait sleep longer and longer, so whoever comes straight back is first again
and again, and among eight writers one waited its whole patience and was refused. So only whoever
holds the door asks for the write lock; all others, also who just gave the lock back, ask for the
door, each as often as the other. The door is a courtesy: a killed process gives it back, and
where it stays shut or cannot be made, the lock is asked for without it. May import: the standard
library.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOKS, APART = 4000, 0.001  # seconds; with what a look itself takes, five seconds in all


@contextmanager
def in_turn(door: str) -> Iterator[None]:
    """Hold the door, a file of that name, while the block asks for the write lock."""
    try:
        handle = os.open(door, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # a disk that takes nothing: there is nothing to take turns for
        yield
        return
    try:
        _wait(handle)
        yield
    finally:
        os.close(handle)  # which gives the door back


@contextmanager
def behind_door(door: str) -> Iterator[None]:
    """Hold the door, however long it takes to get it, for as long as the block lasts."""
    handle = os.open(door, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _wait(handle: int) -> None:
    for _ in range(LOOKS):
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(APART)
