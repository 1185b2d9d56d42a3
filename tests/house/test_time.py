"""What time it is comes in as an argument, so that any day can be tried on any day."""

from __future__ import annotations

import ast

from tests.house.source import modules

TELLS_THE_TIME = {"now", "utcnow", "today", "time", "monotonic", "localtime", "gmtime"}
CLOCKS = {"datetime", "date", "time"}


def asks_the_time(node: ast.AST) -> bool:
    """datetime.now(), date.today(), time.time() and their kin, however imported."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return node.func.attr in TELLS_THE_TIME and name in CLOCKS


def test_domain_library_store_and_journeys_are_told_the_time_and_never_ask():
    askers = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.room in {"domain", "library", "store", "journeys"}
        for node in ast.walk(module.tree)
        if asks_the_time(node)
    ]
    assert askers == [], "\n".join(askers)


def test_every_moment_knows_its_zone():
    naive = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if asks_the_time(node)
        and node.func.attr in {"now", "utcnow"}
        and not (node.args or node.keywords)
    ]
    assert naive == [], "\n".join(naive)
