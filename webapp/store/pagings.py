"""Ladders, where each urgent flag stands on its clinic's, and who was paged.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from webapp.domain.ladder import Hours, Ladder, Rung, Standing
from webapp.domain.person import Channel, ClinicId, StaffId
from webapp.domain.review import Flag, FlagState
from webapp.store.dialects import insert_into, written_out
from webapp.store.engine import Transaction
from webapp.store.flags import flag_columns, flag_of
from webapp.store.messages import MessageState
from webapp.store.schema import (
    ClinicWatchRow,
    FlagRow,
    LadderStepRow,
    MessageRow,
    PageRow,
    PagingRow,
    table_of,
)

_steps, _watch = table_of(LadderStepRow), table_of(ClinicWatchRow)
_table, _pages, _flags = table_of(PagingRow), table_of(PageRow), table_of(FlagRow)
_messages = table_of(MessageRow)
_columns = tuple(_table.columns)
_MINUTE = timedelta(minutes=1)
# Written into the statement: only then does a database use the index over what is open.
_OPEN, _URGENT = written_out(FlagState.OPEN), written_out(0)


@dataclass(frozen=True, slots=True)
class Page:
    """One person paged about one flag: `recipient` is a staff id, or the operator."""

    flag_id: str
    round: int
    step: int
    recipient: str
    channel: Channel
    due_at: datetime
    at: datetime
    message_id: str


@dataclass(frozen=True, slots=True)
class Paged:
    """A page with what became of its message."""

    page: Page
    state: MessageState


def ladder_of(tx: Transaction, clinic_id: ClinicId) -> Ladder | None:
    """The ladder that a clinic set; None if it has set none."""
    spells = tx.execute(select(*_watch.c).where(_watch.c.clinic_id == clinic_id)).one_or_none()
    if spells is None:
        return None
    query = select(*_steps.c).where(_steps.c.clinic_id == clinic_id).order_by(_steps.c.number)
    rows = tx.execute(query).all()
    rungs = {
        hours: tuple(
            Rung(row.who, row.wait_minutes * _MINUTE) for row in rows if row.hours == hours
        )
        for hours in Hours
    }
    return Ladder(rungs, spells.repeat_minutes * _MINUTE, spells.handle_minutes * _MINUTE)


def named_person(tx: Transaction, clinic_id: ClinicId) -> StaffId | None:
    """Whom a clinic named for its notes and alarms; None if it named nobody."""
    query = select(_watch.c.named_staff_id).where(_watch.c.clinic_id == clinic_id)
    found = tx.execute(query).scalar_one_or_none()
    return None if found is None else StaffId(found)


def set_ladder(
    tx: Transaction, clinic_id: ClinicId, ladder: Ladder, *, named: StaffId | None
) -> None:
    """Store a clinic's ladder whole, and whom it names."""
    tx.execute(delete(_steps).where(_steps.c.clinic_id == clinic_id))
    tx.execute(delete(_watch).where(_watch.c.clinic_id == clinic_id))
    spells = {
        "clinic_id": clinic_id,
        "named_staff_id": named,
        "repeat_minutes": ladder.repeat // _MINUTE,
        "handle_minutes": ladder.handle // _MINUTE,
    }
    tx.execute(insert(_watch), spells)
    rows = [
        {
            "clinic_id": clinic_id,
            "hours": hours,
            "number": number,
            "who": rung.who,
            "wait_minutes": rung.wait // _MINUTE,
        }
        for hours, rungs in ladder.rungs.items()
        for number, rung in enumerate(rungs, start=1)
    ]
    tx.execute(insert(_steps), rows)


def add(tx: Transaction, standings: Sequence[Standing]) -> None:
    """Put flags on the ladder; one that is there already keeps its place."""
    if not standings:
        return
    rows = [_as_row(one) for one in standings]
    tx.execute(insert_into(tx, _table).values(rows).on_conflict_do_nothing())


def due(tx: Transaction, now: datetime, limit: int) -> tuple[Standing, ...]:
    """The flags of any clinic whose next step is due: for the clock."""
    query = (
        select(*_columns)
        .where(_table.c.next_at <= now)
        .order_by(_table.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tuple(_standing(row) for row in tx.execute(query))


_change = (
    update(_table)
    .where(_table.c.flag_id == bindparam("flag"))
    .values({name: bindparam(f"new_{name}") for name in ("owner", "taken", "step", "round")})
    .values(next_at=bindparam("new_next_at"))
)


def change(tx: Transaction, standings: Sequence[Standing]) -> None:
    """Store where some flags stand now."""
    if not standings:
        return
    names = ("owner", "taken", "step", "round", "next_at")
    rows = [
        {"flag": one.flag_id, **{f"new_{name}": getattr(one, name) for name in names}}
        for one in standings
    ]
    tx.execute(_change, rows)


def of_flags(tx: Transaction, flag_ids: Sequence[str]) -> dict[str, Standing]:
    """Where some flags stand; those that are on no ladder have no entry."""
    query = select(*_columns).where(_table.c.flag_id.in_(flag_ids))
    return {row.flag_id: _standing(row) for row in tx.execute(query)}


def leave(tx: Transaction, flag_id: str) -> None:
    """Take a closed flag off the ladder: it pages nobody any more."""
    tx.execute(update(_table).where(_table.c.flag_id == flag_id).values(next_at=None))


def forgotten(tx: Transaction, limit: int) -> tuple[Flag, ...]:
    """Open urgent flags of any clinic that stand on no ladder. There should be none."""
    climbs = exists().where(_table.c.flag_id == _flags.c.id)
    query = (
        select(*flag_columns)
        .where(FlagRow.state == _OPEN, FlagRow.severity_rank == _URGENT, ~climbs)
        .order_by(FlagRow.opened_at)
        .limit(limit)
    )
    return tuple(flag_of(row) for row in tx.execute(query))


def add_pages(tx: Transaction, pages: Sequence[Page]) -> None:
    """Note who was paged. The same person at the same step twice is `AlreadyThere`."""
    if pages:
        rows = [{name: getattr(one, name) for name in Page.__slots__} for one in pages]
        tx.execute(insert(_pages), rows)


def pages_of(
    tx: Transaction, clinic_id: ClinicId, flag_ids: Sequence[str]
) -> dict[str, tuple[Paged, ...]]:
    """Who was paged about some flags of this clinic, in order of time."""
    query = (
        select(*_pages.c, _messages.c.state)
        .join(_messages, _messages.c.id == _pages.c.message_id)
        .where(_messages.c.clinic_id == clinic_id, _pages.c.flag_id.in_(flag_ids))
        .order_by(_pages.c.at, _pages.c.recipient)
    )
    found: dict[str, list[Paged]] = {}
    for row in tx.execute(query):
        found.setdefault(row.flag_id, []).append(_paged(row))
    return {flag_id: tuple(pages) for flag_id, pages in found.items()}


def count_late(tx: Transaction, since: datetime, limit: timedelta) -> int:
    """How many pages since then went out more than `limit` after they were due."""
    query = select(_pages.c.due_at, _pages.c.at).where(_pages.c.at >= since)
    return sum(row.at - row.due_at > limit for row in tx.execute(query))


def count_overdue(tx: Transaction, before: datetime) -> int:
    """How many flags of any clinic should have been paged before then and were not."""
    query = select(func.count()).where(_table.c.next_at <= before)
    return int(tx.execute(query).scalar_one())


def _paged(row: Any) -> Paged:
    fields = {name: getattr(row, name) for name in Page.__slots__}
    return Paged(Page(**{**fields, "channel": Channel(row.channel)}), MessageState(row.state))


def _as_row(standing: Standing) -> dict[str, Any]:
    return {name: getattr(standing, name) for name in Standing.__slots__}


def _standing(row: Any) -> Standing:
    return Standing(**{name: getattr(row, name) for name in Standing.__slots__})
