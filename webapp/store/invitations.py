"""Invitations: very many patients are asked about a day at once, each once: a prompt and a message.

Two statements, however many they are. May import: sqlalchemy, domain, schema, dialects,
given_groups, messages, prompts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    String,
    Table,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    select,
)

from webapp.domain.person import Channel, PatientId
from webapp.domain.token import new_id
from webapp.store.columns import Instant
from webapp.store.dialects import insert_for, left_alone
from webapp.store.engine import Transaction
from webapp.store.given_groups import Given, Group, PreparedForGroups, Shared
from webapp.store.messages import MessageState
from webapp.store.prompts import PromptState
from webapp.store.schema import CheckInRow, MessageRow, PatientRow, PromptRow, table_of

_prompt, _message = table_of(PromptRow), table_of(MessageRow)
_patient, _check_in = table_of(PatientRow), table_of(CheckInRow)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Patients who are asked about the same day in the same way, from the same moment on."""

    patients: Sequence[PatientId]
    channel: Channel
    local_day: date
    pod: int
    due_at: datetime
    remind_at: datetime | None
    closes_at: datetime
    send_at: datetime
    purpose: str
    reason: str  # what follows the patient in the reason that a message is sent for


_SHARED: Shared = {
    "channel": String(), "local_day": Date(), "pod": Integer(), "due_at": Instant(),
    "remind_at": Instant(), "closes_at": Instant(), "send_at": Instant(), "purpose": String(),
    "reason": String(),
}  # fmt: skip


def invite(tx: Transaction, asked: Sequence[Invitation], now: datetime) -> None:
    """Ask them: left out is who is asked about her day already.

    Who has answered her day already gets no message.
    """
    groups = [
        Group(
            {new_id(): who for who in one.patients}, {name: getattr(one, name) for name in _SHARED}
        )
        for one in asked
    ]
    _add_prompts.run(tx, groups, {"now": now})
    _queue_messages.run(tx, groups, {"now": now})


_now = bindparam("now", type_=Instant())
# A name that nothing else has, made by the database itself.
_NEW_NAME = {
    "sqlite": func.lower(func.hex(func.randomblob(16))),
    "postgresql": cast(func.gen_random_uuid(), String),
}


def _prompts_of(given: Given) -> Any:
    shared, member = given.shared, given.members.c
    # Looked up for each: PostgreSQL may read the whole table for a join, or for an EXISTS.
    first_answer = (
        select(_check_in.c.patient_id)
        .where(_check_in.c.patient_id == _patient.c.id, _check_in.c.version == 1)
        .where(_check_in.c.local_day == shared["local_day"])
        .scalar_subquery()
    )
    answered = first_answer.is_not(None)
    values = {
        "id": member.key,
        "patient_id": _patient.c.id,
        "clinic_id": _patient.c.clinic_id,
        **{name: shared[name] for name in ("local_day", "pod", "due_at", "remind_at", "closes_at")},
        "state": case((answered, PromptState.ANSWERED.value), else_=PromptState.DUE.value),
        "settled_at": case((answered, _now)),
        "later": false(),
    }
    rows = select(*values.values()).select_from(given.members)
    return _stored(given, _prompt, values, rows.join(_patient, _patient.c.id == member.value))


def _messages_of(given: Given) -> Any:
    """Of those only whose prompt is new: it is found by the name that was just given to it."""
    shared = given.shared
    values = {
        "id": _NEW_NAME[given.dialect],
        "clinic_id": _prompt.c.clinic_id,
        "patient_id": _prompt.c.patient_id,
        "prompt_id": _prompt.c.id,
        "local_day": _prompt.c.local_day,
        "purpose": shared["purpose"],
        "channel": shared["channel"],
        "dedupe": shared["purpose"] + ":" + _prompt.c.patient_id + shared["reason"],
        "state": literal(MessageState.QUEUED.value),
        "queued_at": _now,
        "try_at": shared["send_at"],
        "not_after": _prompt.c.closes_at,
        "attempts": literal(0),
    }
    rows = select(*values.values()).select_from(given.members)
    rows = rows.join(_prompt, _prompt.c.id == given.members.c.key)
    # Not by its state: SQLite would then walk everything that is due, for each of them.
    return _stored(given, _message, values, rows.where(_prompt.c.settled_at.is_(None)))


def _stored(given: Given, table: Table, values: dict[str, ColumnElement[Any]], rows: Any) -> Any:
    """The insert of these rows, which leaves alone what is there already."""
    # SQLite takes ON CONFLICT for the condition of a join unless a WHERE stands before it.
    rows = rows.where(given.members.c.key.is_not(None))
    return left_alone(insert_for(given.dialect, table).from_select(list(values), rows))


_add_prompts = PreparedForGroups(_SHARED, _prompts_of)
_queue_messages = PreparedForGroups(_SHARED, _messages_of)
