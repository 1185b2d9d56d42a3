"""The rooms of the house, and which way the arrows point (the contracts are in pyproject.toml)."""

from __future__ import annotations

import ast
import sys

from importlinter.cli import lint_imports

from tests.house.source import HERE, Module, modules

WORDS = {"markdown_it", "nh3", "numpy", "pydantic", "readability", "ruamel", "snowballstemmer"}
FLASK = {"flask", "flask_babel", "flask_login", "flask_wtf", "werkzeug", "markupsafe", "jinja2"}

# Which libraries each room may use; the standard library is everybody's.
LIBRARIES = {
    "domain": {"numpy", "phonenumbers", "snowballstemmer"},
    "library": WORDS | {"numpy"},
    "store": {"sqlalchemy", "alembic", "cryptography", "psycopg", "pysqlite3"},
    "delivery": {"aiosmtpd", "cryptography"},
    "journeys": {"argon2", "phonenumbers", "pyotp", "structlog"},
    "web": FLASK | {"babel", "prometheus_client", "segno", "structlog", "wtforms", "pydantic"},
    "commands": {"click", "gunicorn", "structlog"},
    "clock": {"apscheduler", "structlog"},
    "__init__": {"flask"},
    "site": FLASK,
    "assemble": {"structlog"},
    "config": set(),
    "keeping": set(),
    "logs": {"structlog"},
    "one_thread": set(),
    "private_file": set(),
}
# The only imports that may wait: a driver that some platforms lack or that is not used, and what
# `thaw --help` and `thaw triage` need not load.
LATE = {
    ("webapp/store/engine.py", "sqlite_module"),
    ("webapp/store/engine.py", "_postgresql_engine"),
    ("webapp/commands/__init__.py", "main"),
    ("webapp/__init__.py", "create_app"),
}


def test_every_arrow_between_rooms_points_inward():
    assert lint_imports(config_filename=str(HERE / "pyproject.toml"), no_cache=True) == 0


def test_each_room_uses_only_its_own_libraries():
    strangers = [
        f"{module.name}:{line} imports {name}"
        for module in modules()
        for line, name in module.imports()
        if not is_allowed(module, name.split(".")[0])
    ]
    assert strangers == [], "\n".join(strangers)


def is_allowed(module: Module, root: str) -> bool:
    allowed = LIBRARIES[module.room] | {"webapp", "__future__"}
    return root in allowed or root in sys.stdlib_module_names


def test_journeys_know_what_delivery_promises_and_not_how_it_is_done():
    adapters = [
        f"{module.name}:{line} imports {name}"
        for module in modules()
        for line, name in module.imports()
        if module.room == "journeys"
        and name.startswith("webapp.delivery")
        and name != "webapp.delivery.channel"
    ]
    assert adapters == [], "\n".join(adapters)


def test_only_delivery_and_the_processes_themselves_touch_the_network():
    network = {"smtplib", "urllib.request", "http.client", "socket", "ssl", "aiosmtpd"}
    reachers = {
        module.room
        for module in modules()
        for _, name in module.imports()
        if name in network or name.split(".")[0] in network
    }
    assert reachers <= {"delivery", "commands", "clock"}


def test_nothing_is_imported_from_inside_a_function():
    hidden = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and (module.name, function.name) not in LATE
    ]
    assert hidden == [], "\n".join(hidden)
