"""Statements that run at every check-in: written out once, then handed to the driver itself.

SQLAlchemy still writes each statement for the database in use and still converts what goes in and
comes out; what is saved is building an execution and its result anew for each request, which
costs more than the database does. For these few statements only. May import: sqlalchemy, engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from webapp.store.engine import AlreadyThere, StoreUnavailable, Transaction

_CURSOR = "thaw_cursor"

Row = Sequence[Any]
Statement = Select[*tuple[Any, ...]] | Insert | Update
_Conversions = Sequence[tuple[int, Callable[[Any], Any]]]  # by the place of the column


@dataclass(frozen=True, slots=True)
class _Written:
    """One statement in the words of one kind of database."""

    text: str
    names: tuple[str, ...]  # of the values, in the order of their marks
    by_name: bool  # whether the driver wants the values by name
    constants: Mapping[str, Any]  # values that stand in the statement itself
    going_in: Sequence[tuple[str, Callable[[Any], Any]]]
    types: tuple[TypeEngine[Any], ...]  # of the columns that it gives

    def remembering(self) -> _Written:
        """The same, converting what comes again only once. Its values must be hashable."""
        return replace(self, going_in=[(name, cache(convert)) for name, convert in self.going_in])

    def with_some(self, values: Mapping[str, Any]) -> _Written:
        """The same with some of its values filled in, converted once for all rows."""
        convert = dict(self.going_in)
        ready = {name: convert.get(name, _as_it_is)(value) for name, value in values.items()}
        left = [(name, how) for name, how in self.going_in if name not in ready]
        return replace(self, constants={**self.constants, **ready}, going_in=left)

    def given(self, values: Mapping[str, Any]) -> Any:
        """The values as this driver wants them."""
        ready = {**self.constants, **values}
        for name, convert in self.going_in:
            ready[name] = convert(ready[name])
        return ready if self.by_name else tuple(map(ready.__getitem__, self.names))


def _as_it_is(value: Any) -> Any:
    return value


class Prepared:
    """A statement with named values. An insert also names its `columns`."""

    def __init__(self, statement: Statement, columns: Sequence[str] = ()) -> None:
        self._statement, self._columns = statement, columns
        self._written: dict[str, _Written] = {}
        self._coming_out: dict[str, _Conversions] = {}

    def run(self, tx: Transaction, values: Mapping[str, Any]) -> list[Row]:
        """Run it in this transaction; every row it gives, in the order of its columns.

        Raises `AlreadyThere` or `StoreUnavailable`, as the rest of the store does.
        """
        dialect = tx.connection.dialect
        written, cursor = self._written_for(dialect), _cursor_of(tx.connection)
        try:
            cursor.execute(written.text, written.given(values))
            return self._read(cursor, written, dialect) if written.types else []
        except dialect.loaded_dbapi.Error as fault:
            raise _told(fault, dialect) from fault

    def run_all(
        self,
        tx: Transaction,
        many: Iterable[Mapping[str, Any]],
        alike: Mapping[str, Any] = MappingProxyType({}),
    ) -> int:
        """Run it once for each of many rows of values; how many rows it wrote. Raises as `run`.

        `alike` are the values that every row has in common.
        """
        dialect = tx.connection.dialect
        written = self._written_for(dialect)
        each = written.with_some(alike).remembering()
        given = [each.given(values) for values in many]
        if not given:
            return 0
        cursor = _cursor_of(tx.connection)
        try:
            cursor.executemany(written.text, given)
        except dialect.loaded_dbapi.Error as fault:
            raise _told(fault, dialect) from fault
        return int(cursor.rowcount)

    def _written_for(self, dialect: Dialect) -> _Written:
        written = self._written.get(dialect.name)
        if written is None:
            written = _write(self._statement, self._columns, dialect)
            self._written[dialect.name] = written
        return written

    def _read(self, cursor: Any, written: _Written, dialect: Dialect) -> list[Row]:
        conversions = self._coming_out.get(dialect.name)
        if conversions is None:  # what a driver gives is known once it has given something
            codes = [column[1] for column in cursor.description]
            conversions = _conversions(written.types, codes, dialect)
            self._coming_out[dialect.name] = conversions
        rows: list[Row] = cursor.fetchall()
        return [_converted(row, conversions) for row in rows] if conversions else rows


def _cursor_of(connection: Connection) -> Any:
    """The one cursor of the driver's that serves all these statements on a connection.

    Each of them reads all its rows at once, so none is in the way of the next.
    """
    if not connection.in_transaction():
        connection.begin()
    kept = connection.connection.info
    if _CURSOR not in kept:
        kept[_CURSOR] = connection.connection.cursor()
    return kept[_CURSOR]


def _told(fault: Exception, dialect: Dialect) -> Exception:
    """The driver's fault as the store tells it."""
    kept_out = isinstance(fault, dialect.loaded_dbapi.IntegrityError)
    return AlreadyThere(str(fault)) if kept_out else StoreUnavailable(str(fault))


def _write(statement: Statement, columns: Sequence[str], dialect: Dialect) -> _Written:
    keys = list(columns) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=dialect, column_keys=keys)
    bound = compiled.binds
    processors = {
        name: one.type.dialect_impl(dialect).bind_processor(dialect) for name, one in bound.items()
    }
    chosen = statement.selected_columns if isinstance(statement, Select) else ()
    return _Written(
        text=str(compiled),
        names=tuple(compiled.positiontup or bound),
        by_name=compiled.positiontup is None,
        constants={name: one.value for name, one in bound.items() if not one.required},
        going_in=[(name, convert) for name, convert in processors.items() if convert],
        types=tuple(column.type for column in chosen),
    )


def _conversions(
    types: Iterable[TypeEngine[Any]], codes: Iterable[Any], dialect: Dialect
) -> _Conversions:
    """How SQLAlchemy would convert each column, given the driver's own code for its type."""
    processors = (
        kind.dialect_impl(dialect).result_processor(dialect, code)
        for kind, code in zip(types, codes, strict=True)
    )
    return [(place, convert) for place, convert in enumerate(processors) if convert]


def _converted(row: Row, conversions: _Conversions) -> Row:
    read = list(row)
    for place, convert in conversions:
        read[place] = convert(read[place])
    return read
