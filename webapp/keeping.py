"""Reading in what a process keeps until it ends, without looking through it for garbage.

May import: the standard library.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def keeping() -> Iterator[None]:
    """What is made meanwhile stays: no collection walks it now or later.

    A process does so a few times at its start; a cycle that is garbage then is never freed.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
