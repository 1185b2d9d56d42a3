"""The content is read once for all commands that a test calls inside its own process.

That each reads it by itself is seen where they run as processes: test_serve.py, the browser's
tests and the fault rigs. May import: pytest.
"""

from __future__ import annotations

import pytest

from webapp.library.shelf import Library


@pytest.fixture(autouse=True)
def content_is_read(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find content/ as the session has read it."""
    for room in ("webapp.assemble", "webapp.commands.simulate"):
        monkeypatch.setattr(f"{room}.load_library", lambda _folder: library)
