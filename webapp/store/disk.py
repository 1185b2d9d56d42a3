"""Room on the disk, the size of the write-ahead log, and whether the database takes writes.

May import: sqlalchemy, engine.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from threading import get_ident

from sqlalchemy import text

from webapp.store.engine import Store, StoreUnavailable

_BLOCK = 4096  # bytes


class ReadOnly(Exception):
    """The database answers but takes no writes."""


def probe_write(store: Store) -> None:
    """Make sure that the database takes writes, without leaving one. Raises `ReadOnly`."""
    try:
        with store.begin() as tx:
            if store.engine.dialect.name == "postgresql":
                refuses = tx.connection.exec_driver_sql("SHOW transaction_read_only").scalar_one()
                if refuses == "on":
                    raise ReadOnly
            tx.execute(text("UPDATE beat SET at = at WHERE name = ''"))  # there is none: 0 rows
        if folder := _folder(store):
            _fill_a_block(folder / f".probe-{os.getpid()}-{get_ident()}")
    except (StoreUnavailable, OSError) as fault:
        raise ReadOnly from fault


def _fill_a_block(file: Path) -> None:
    """Write a block and sync it: an update of no row passes on a disk that is full."""
    try:
        with file.open("wb", buffering=0) as block:
            block.write(bytes(_BLOCK))
            os.fsync(block.fileno())
    finally:
        file.unlink(missing_ok=True)


def free_share(store: Store) -> float | None:
    """How much of the database's own disk is free, 0-1; None where it is on another machine."""
    folder = _folder(store)
    if folder is None:
        return None
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


def free_bytes(store: Store) -> int | None:
    """How many bytes are free on the database's own disk; None where it is elsewhere."""
    folder = _folder(store)
    return None if folder is None else shutil.disk_usage(folder).free


def wal_bytes(store: Store) -> int | None:
    """How long SQLite's write-ahead log is; None on another database."""
    folder = _folder(store)
    if folder is None or store.engine.url.database is None:
        return None
    log = Path(f"{store.engine.url.database}-wal")
    return log.stat().st_size if log.exists() else 0


def _folder(store: Store) -> Path | None:
    database = store.engine.url.database
    if store.engine.dialect.name != "sqlite" or not database:
        return None
    return Path(database).absolute().parent
