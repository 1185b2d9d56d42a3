"""Prompts: the days on which a patient is asked, and whether each was answered or missed.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Integer,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from webapp.domain.person import ClinicId, Origin, PatientId
from webapp.store.dialects import insert_into, written_out
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.schema import MessageRow, PatientRow, PromptRow, table_of


class PromptState(StrEnum):
    """A prompt is due until it is answered, missed, or cancelled because she paused or stopped."""

    DUE = "due"
    ANSWERED = "answered"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One day on which one patient is asked. Times are UTC; the day is her own."""

    id: str
    patient_id: PatientId
    clinic_id: ClinicId
    local_day: date
    pod: int
    due_at: datetime
    remind_at: datetime | None
    closes_at: datetime
    state: PromptState
    settled_at: datetime | None = None
    later: bool = False  # what comes at `remind_at` is not a reminder: she asked to be asked then


_table = table_of(PromptRow)
_message = table_of(MessageRow)
_DUE = written_out(PromptState.DUE)
_columns = tuple(_table.c[name] for name in Prompt.__slots__)
_STATE = Prompt.__slots__.index("state")
_of_patient = (
    select(*_columns)
    .where(PromptRow.patient_id == bindparam("patient"))
    .order_by(PromptRow.local_day)
)


def _row(prompt: Prompt) -> dict[str, Any]:
    row = {name: getattr(prompt, name) for name in Prompt.__slots__}
    return {**row, "state": prompt.state.value}  # a plain string: see messages


def add(tx: Transaction, prompt: Prompt) -> bool:
    """Store a prompt; False if that patient is already asked on that day."""
    statement = insert_into(tx, _table).values(_row(prompt)).on_conflict_do_nothing()
    # Asked for the id, because psycopg does not count the rows of an insert reliably.
    return tx.execute(statement.returning(_table.c.id)).first() is not None


def of_patient(tx: Transaction, patient_id: PatientId) -> tuple[Prompt, ...]:
    """Every prompt of one patient, oldest day first."""
    return tuple(_prompt(row) for row in tx.execute(_of_patient, {"patient": patient_id}))


_missed_of_patient = Prepared(
    select(PromptRow.pod)
    .where(PromptRow.patient_id == bindparam("patient"), PromptRow.state == PromptState.MISSED)
    .where(PromptRow.local_day < bindparam("day"))
)


def missed_before(tx: Transaction, patient_id: PatientId, day: date) -> tuple[int, ...]:
    """The postoperative days before `day` that one patient was asked about and missed."""
    rows = _missed_of_patient.run(tx, {"patient": patient_id, "day": day})
    return tuple(pod for (pod,) in rows)


def to_remind(tx: Transaction, now: datetime, limit: int) -> tuple[Prompt, ...]:
    """Unanswered prompts of any clinic whose one reminder is due: for the clock."""
    return tuple(map(_prompt, _to_remind.run(tx, {"now": now, "limit": limit})))


def to_close(tx: Transaction, now: datetime, limit: int) -> tuple[Prompt, ...]:
    """Unanswered prompts of any clinic whose day is over: for the clock."""
    return tuple(map(_prompt, _to_close.run(tx, {"now": now, "limit": limit})))


_still_due = (
    select(*_columns)
    .where(PromptRow.state == _DUE)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
)
_to_remind = Prepared(
    _still_due.where(PromptRow.remind_at <= bindparam("now"))
    .where(PromptRow.closes_at > bindparam("now"))
    .order_by(PromptRow.remind_at)
)
_to_close = Prepared(
    _still_due.where(PromptRow.closes_at <= bindparam("now")).order_by(PromptRow.closes_at)
)


def earliest_step(tx: Transaction) -> datetime | None:
    """When the clock must next remind somebody, or close a day."""
    moments = [
        tx.execute(select(func.min(moment)).where(PromptRow.state == _DUE)).scalar_one_or_none()
        for moment in (PromptRow.remind_at, PromptRow.closes_at)
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def later(tx: Transaction) -> tuple[Prompt, ...]:
    """Prompts of any clinic whose patients asked for another time, which is still to come."""
    put_off = (PromptRow.state == _DUE) & PromptRow.later & PromptRow.remind_at.is_not(None)
    return tuple(_prompt(row) for row in tx.execute(select(*_columns).where(put_off)))


def missed_since_last_answer(tx: Transaction, clinic_id: ClinicId) -> dict[PatientId, int]:
    """How many prompts each patient of this clinic has missed since she last answered."""
    answered = (
        select(_table.c.patient_id, func.max(_table.c.local_day).label("day"))
        .where(_table.c.clinic_id == clinic_id, _table.c.state == PromptState.ANSWERED)
        .group_by(_table.c.patient_id)
        .subquery()
    )
    since = answered.c.day.is_(None) | (_table.c.local_day > answered.c.day)
    query = (
        select(_table.c.patient_id, func.count())
        .join(answered, answered.c.patient_id == _table.c.patient_id, isouter=True)
        .where(_table.c.clinic_id == clinic_id, _table.c.state == PromptState.MISSED, since)
        .group_by(_table.c.patient_id)
    )
    return {PatientId(patient): count for patient, count in tx.execute(query)}


def missed_pods(
    tx: Transaction, clinic_id: ClinicId, origins: Sequence[Origin]
) -> dict[PatientId, tuple[int, ...]]:
    """The postoperative days that each patient of a cohort of this clinic missed."""
    query = (
        select(_table.c.patient_id, _table.c.pod)
        .join(PatientRow, PatientRow.id == _table.c.patient_id)
        .where(PatientRow.clinic_id == clinic_id, PatientRow.origin.in_(origins))
        .where(_table.c.state == PromptState.MISSED)
        .order_by(_table.c.patient_id, _table.c.pod)
    )
    found: dict[PatientId, tuple[int, ...]] = {}
    for patient, pod in tx.execute(query):
        found[PatientId(patient)] = (*found.get(PatientId(patient), ()), pod)
    return found


def reminded(tx: Transaction, prompt_id: str) -> None:
    """Note that the one reminder of this prompt is queued."""
    tx.execute(update(_table).where(_table.c.id == prompt_id).values(remind_at=None))


_settle = Prepared(
    update(_table)
    .where(_table.c.patient_id == bindparam("patient"), _table.c.local_day == bindparam("day"))
    .values(state=bindparam("new_state"), settled_at=bindparam("now"))
)


def settle(
    tx: Transaction, patient_id: PatientId, day: date, state: PromptState, now: datetime
) -> None:
    """Say how the prompt of that day ended. A day that was not prompted has nothing to settle."""
    _settle.run(tx, {"patient": patient_id, "day": day, "new_state": state, "now": now})


def of_day(tx: Transaction, patient_id: PatientId, day: date) -> Prompt | None:
    """The prompt of one day of a patient; None if she has not been asked about it."""
    here = (_table.c.patient_id == patient_id) & (_table.c.local_day == day)
    row = tx.execute(select(*_columns).where(here)).one_or_none()
    return None if row is None else _prompt(row)


def still_due(tx: Transaction, patient_id: PatientId) -> tuple[Prompt, ...]:
    """The prompts of one patient that nobody has answered and that are not over."""
    mine = (_table.c.patient_id == patient_id) & (_table.c.state == PromptState.DUE)
    return tuple(_prompt(row) for row in tx.execute(select(*_columns).where(mine)))


def put_off(tx: Transaction, prompt_id: str, until: datetime) -> None:
    """Ask about a day once more at a time that she chose, instead of a reminder."""
    table, values = _table, {"remind_at": until, "later": True}
    tx.execute(update(table).where(table.c.id == prompt_id).values(**values))


def retime(
    tx: Transaction, prompt: Prompt, *, remind_at: datetime | None, closes_at: datetime
) -> None:
    """Move what is still to come of a prompt that has gone out: her schedule changed."""
    values = {"remind_at": remind_at, "closes_at": closes_at}
    tx.execute(update(_table).where(_table.c.id == prompt.id).values(**values))


def take_back_unsent(tx: Transaction, patient_id: PatientId) -> None:
    """Forget what is due of which nothing has gone out, so that it is made anew."""
    mine = (_table.c.patient_id == patient_id) & (_table.c.state == PromptState.DUE)
    tried = select(_message.c.prompt_id).where(
        _message.c.patient_id == patient_id,
        _message.c.prompt_id.is_not(None),
        _message.c.state.not_in(("queued", "cancelled")) | (_message.c.attempts > 0),
    )
    unsent = select(_table.c.id).where(mine, ~_table.c.later, _table.c.id.not_in(tried))
    tx.execute(delete(_message).where(_message.c.prompt_id.in_(unsent)))
    # On PostgreSQL another process may have claimed one meanwhile: then its prompt stays too.
    left = exists().where(_message.c.prompt_id == _table.c.id)
    tx.execute(delete(_table).where(_table.c.id.in_(unsent), ~left))


def reopen(tx: Transaction, patient_id: PatientId, now: datetime) -> None:
    """Expect answers again to what was cancelled and still takes them: she resumed."""
    mine = (_table.c.patient_id == patient_id) & (_table.c.state == PromptState.CANCELLED)
    values = {"state": PromptState.DUE, "settled_at": None}
    tx.execute(update(_table).where(mine, _table.c.closes_at > now).values(**values))


def cancel_due(tx: Transaction, patient_id: PatientId, now: datetime) -> None:
    """Cancel what is still due: she paused, stopped, or her schedule changed."""
    still = (_table.c.patient_id == patient_id) & (_table.c.state == PromptState.DUE)
    values = {"state": PromptState.CANCELLED, "settled_at": now}
    tx.execute(update(_table).where(still).values(**values))


def _prompt(row: Sequence[Any]) -> Prompt:
    fields = list(row)
    fields[_STATE] = PromptState(row[_STATE])
    return Prompt(*fields)
