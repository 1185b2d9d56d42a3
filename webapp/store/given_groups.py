"""Many patients given to the database at once, in groups: what a group shares is said once.

A statement for each patient costs many times what her row costs. SQLite runs a statement once for
each group, which costs it next to nothing; PostgreSQL, where each statement is a journey, once for
all of them. May import: sqlalchemy, engine, prepared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared, Statement

Shared = Mapping[str, TypeEngine[Any]]
_MEMBERS, _GROUPS = "members", "groups"


@dataclass(frozen=True, slots=True)
class Given:
    """The groups, as a statement of one kind of database sees them."""

    dialect: str
    members: FromClause  # of a group: `key` and `value` of each
    shared: Mapping[str, ColumnElement[Any]]  # what they have in common, by name


@dataclass(frozen=True, slots=True)
class Group:
    """Some text for each member, by a name of its own, and the values that all of them share."""

    members: Mapping[str, str]
    shared: Mapping[str, Any]


class PreparedForGroups:
    """A statement over groups that share values of these types, ready for both databases."""

    def __init__(self, shared: Shared, write: Callable[[Given], Statement]) -> None:
        self._for_each = Prepared(write(_in_sqlite(shared)))
        self._for_all = Prepared(write(_in_postgresql(shared)))

    def run(
        self,
        tx: Transaction,
        groups: Sequence[Group],
        values: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Run it over groups; `values` are the same for all. Raises as `Prepared.run` does."""
        if not groups:
            return
        if tx.connection.dialect.name == "sqlite":
            each = ({**one.shared, _MEMBERS: json.dumps(one.members)} for one in groups)
            self._for_each.run_all(tx, each, values)
            return
        given = [{**one.shared, _MEMBERS: one.members} for one in groups]
        self._for_all.run(tx, {_GROUPS: json.dumps(given, default=_in_words), **values})


def _in_sqlite(shared: Shared) -> Given:
    members = func.json_each(bindparam(_MEMBERS, type_=Text))
    values = {name: bindparam(name, type_=kind) for name, kind in shared.items()}
    return Given("sqlite", members.table_valued("key", "value"), values)


def _in_postgresql(shared: Shared) -> Given:
    columns = (column(name, kind) for name, kind in {**shared, _MEMBERS: JSON()}.items())
    groups = func.json_to_recordset(cast(bindparam(_GROUPS, type_=Text), JSON))
    table = groups.table_valued(*columns).render_derived("groups", with_types=True)
    each = func.json_each_text(table.c[_MEMBERS]).table_valued("key", "value")
    rows = select(each.c.key, each.c.value, *(table.c[name] for name in shared))
    given = rows.select_from(table.join(each, true())).subquery("given")
    return Given("postgresql", given, {name: given.c[name] for name in shared})


def _in_words(value: date) -> str:
    """A day, or an instant with its zone."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"a naive datetime cannot be stored: {value!r}")
    return str(value)
