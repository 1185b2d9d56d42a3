"""What a process reads at its start is not looked through for garbage; what comes later is."""

from __future__ import annotations

import gc
import weakref

import pytest

from webapp.keeping import keeping


class Circle:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.me = self


def test_nothing_is_collected_meanwhile_and_everything_afterwards():
    with keeping():
        assert not gc.isenabled()
        kept = weakref.ref(Circle())
        with keeping():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    later = weakref.ref(Circle())
    gc.collect()
    assert (kept() is None, later() is None) == (False, True)


def test_a_start_that_fails_leaves_the_collector_on():
    with pytest.raises(ZeroDivisionError), keeping():
        _ = 1 / 0
    assert gc.isenabled()


@pytest.fixture(autouse=True)
def thawed():
    """Let the rest of this run collect what was alive here."""
    yield
    gc.unfreeze()
