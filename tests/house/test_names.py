"""A name tells where a thing lives; a module says what it is for before it says anything else."""

from __future__ import annotations

import ast

import pytest

from tests.house.source import HERE, Module, modules, tracked_files

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "services", "managers", "base"}


def test_no_file_is_a_drawer_for_odds_and_ends():
    drawers = [
        str(file.relative_to(HERE))
        for file in tracked_files()
        if file.suffix in {".py", ".js", ".css"}
        and DRAWERS & {file.stem, *(part for part in file.relative_to(HERE).parts)}
    ]
    assert drawers == [], "\n".join(drawers)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_each_module_says_what_it_is_for_and_what_it_may_import(module: Module):
    words = " ".join((ast.get_docstring(module.tree) or "").split())
    if not module.tree.body:
        pytest.skip("an empty file says nothing and does nothing")
    assert "May import" in words or is_generated(module)


def is_generated(module: Module) -> bool:
    return "/migrations/" in module.name


def test_the_libraries_files_journeys_and_pages_are_named_for_their_rooms():
    """`_pages` is web's, `_files` the library's: a name in the wrong room misleads."""
    astray = [
        module.name
        for module in modules()
        if (module.path.stem.endswith("_pages") and module.room != "web")
        or (module.path.stem.endswith("_files") and module.room != "library")
    ]
    assert astray == [], "\n".join(astray)
