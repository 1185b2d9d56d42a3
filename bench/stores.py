"""Where the contestants of one run keep their rows: the same kind of database for each of them.

May import: the standard library, psycopg, tests.postgres for a server of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.postgres import own_server

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Databases:
    """Where databases can be made: `new(name)` is the address of one, empty until it is used."""

    new: Callable[[str], str]
    server: tuple[int, ...] = ()  # the process of the database, where it has one of its own


@contextlib.contextmanager
def stores(kind: str, folder: Path) -> Iterator[Databases]:
    """A place for databases of one of the `KINDS`; PostgreSQL keeps each commit as SQLite does."""
    if kind == "sqlite":
        yield Databases(lambda name: f"sqlite:///{folder / name}.sqlite")
        return
    with own_server() as server:
        yield Databases(lambda name: _new_database(server.address, name), (server.processes()[0],))


def _new_database(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # our own word, never somebody's
    return server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres", f"/{name}")
