"""What the rigs share: the shim of a machine that fails, and the nursery of Thaw's processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.machine import compiled
from tests.faults.nursery import Nursery, nursery


@pytest.fixture(scope="session")
def _shim(tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    return compiled(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def nursery_of_thaw(_shim: Path | str) -> Iterator[Nursery]:
    """Starts Thaw's commands; a machine can hurt them where the shim could be compiled."""
    with nursery(_shim if isinstance(_shim, Path) else None) as opened:
        yield opened


@pytest.fixture
def hurting_nursery(_shim: Path | str, nursery_of_thaw: Nursery) -> Nursery:
    """The same, for a rig that cannot do without a machine that fails."""
    if isinstance(_shim, str):
        pytest.skip(_shim)
    return nursery_of_thaw
