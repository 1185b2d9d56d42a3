"""What became of what should have happened: counted by indexes over what is open or was lost.

May import: sqlalchemy, domain, schema. No query here grows with how many patients are enrolled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, exists, func, select

from webapp.domain.person import ClinicId, Patient, PatientStatus
from webapp.store.dialects import written_out
from webapp.store.engine import Transaction
from webapp.store.messages import MESSAGE_COLUMNS, MessageState, OutgoingMessage, message_of
from webapp.store.patients import PATIENT_COLUMNS, patient_of
from webapp.store.prompts import PromptState
from webapp.store.schema import (
    AuditRow,
    ClinicRow,
    FlagRow,
    MessageRow,
    PatientRow,
    PromptRow,
)

By = dict[ClinicId, Any]


_WAITS = MessageRow.state == written_out(MessageState.QUEUED)
_LOST = (
    MessageRow.state == written_out(MessageState.FAILED),
    MessageRow.state == written_out(MessageState.UNSURE),
)
_WENT = (MessageState.SENT, MessageState.DELIVERED)
_UNTAKEN = (FlagRow.state == written_out("open"), FlagRow.severity_rank == written_out(0))


def oldest_unsent(tx: Transaction) -> dict[ClinicId, datetime]:
    """When the oldest message of each clinic that still waits should have gone out."""
    # One that was tried has had its time moved on: it was due when it was queued. A page asks for
    # a time before that, so as to be sent before all others.
    later = (MessageRow.attempts == 0) & (MessageRow.try_at > MessageRow.queued_at)
    due = case((later, MessageRow.try_at), else_=MessageRow.queued_at)
    query = select(MessageRow.clinic_id, func.min(due).label("at")).where(_WAITS)
    return {ClinicId(row.clinic_id): row.at for row in tx.execute(query.group_by("clinic_id"))}


def oldest_unasked(tx: Transaction, before: datetime) -> dict[ClinicId, datetime]:
    """When somebody of each clinic should have been looked at before then, and was not."""
    query = select(PatientRow.clinic_id, func.min(PatientRow.next_due_at).label("at"))
    late = query.where(PatientRow.next_due_at <= before).group_by(PatientRow.clinic_id)
    return {ClinicId(row.clinic_id): row.at for row in tx.execute(late)}


def untaken(tx: Transaction) -> dict[ClinicId, tuple[int, datetime]]:
    """How many urgent flags of each clinic nobody has acknowledged, and since when."""
    columns = (FlagRow.clinic_id, func.count().label("many"), func.min(FlagRow.opened_at))
    rows = tx.execute(select(*columns).where(*_UNTAKEN).group_by(FlagRow.clinic_id))
    return {ClinicId(clinic): (many, since) for clinic, many, since in rows}


def open_flags(tx: Transaction) -> list[tuple[str, datetime]]:
    """The severity and the birth of every flag that nobody has acknowledged."""
    query = select(FlagRow.severity, FlagRow.opened_at)
    return [(row.severity, row.opened_at) for row in tx.execute(query.where(_UNTAKEN[0]))]


def lost_since(tx: Transaction, since: datetime) -> dict[tuple[ClinicId, str], int]:
    """How many messages of each clinic and channel failed or may not have gone out since then."""
    found: dict[tuple[ClinicId, str], int] = {}
    for lost in _LOST:
        _count(tx, found, lost, MessageRow.settled_at >= since)
    return found


def trying_again(tx: Transaction) -> dict[tuple[ClinicId, str], int]:
    """How many messages of each clinic and channel failed for now and wait for another try."""
    found: dict[tuple[ClinicId, str], int] = {}
    _count(tx, found, _WAITS, MessageRow.attempts > 0)
    return found


def _count(tx: Transaction, found: dict[tuple[ClinicId, str], int], *which: Any) -> None:
    query = select(MessageRow.clinic_id, MessageRow.channel, func.count())
    rows = tx.execute(query.where(*which).group_by(MessageRow.clinic_id, MessageRow.channel))
    for clinic, channel, many in rows:
        key = (ClinicId(clinic), str(channel))
        found[key] = found.get(key, 0) + many


def last_went(
    tx: Transaction, clinic_id: ClinicId, channel: str, *, queued: datetime
) -> datetime | None:
    """When a message of a clinic last went out over a channel, of those queued since then."""
    which = (MessageRow.clinic_id == clinic_id, MessageRow.queued_at >= queued)
    went = (MessageRow.channel == channel, MessageRow.state.in_(_WENT))
    query = select(func.max(MessageRow.settled_at)).where(*which, *went)
    found: datetime | None = tx.execute(query).scalar_one_or_none()
    return found


def lost_by(tx: Transaction, clinic_id: ClinicId, channel: str, *, since: datetime) -> int:
    """How many messages of a clinic were lost on a channel after `since`."""
    here = (MessageRow.clinic_id == clinic_id, MessageRow.channel == channel)
    return sum(
        tx.execute(
            select(func.count())
            .select_from(MessageRow)
            .where(lost, *here, MessageRow.settled_at > since)
        ).scalar_one()
        for lost in _LOST
    )


def count_ended(tx: Transaction, clinic_id: ClinicId, since: datetime) -> int:
    """How many messages of a clinic, queued since then, went out, failed or are in doubt."""
    ended = (*_WENT, MessageState.FAILED, MessageState.UNSURE)
    which = (MessageRow.clinic_id == clinic_id, MessageRow.queued_at >= since)
    query = select(func.count()).select_from(MessageRow)
    return int(tx.execute(query.where(*which, MessageRow.state.in_(ended))).scalar_one())


def refused_between(tx: Transaction, clinic_id: ClinicId, start: datetime, end: datetime) -> int:
    """How many messages of a clinic failed for good in [start, end)."""
    when = (MessageRow.settled_at >= start, MessageRow.settled_at < end)
    query = select(func.count()).select_from(MessageRow)
    which = (_LOST[0], MessageRow.clinic_id == clinic_id)
    return int(tx.execute(query.where(*which, *when)).scalar_one())


def prompts_of_day(tx: Transaction, clinic_id: ClinicId, day: date) -> dict[PromptState, int]:
    """How the prompts of one local day of a clinic stand."""
    here = (PromptRow.clinic_id == clinic_id, PromptRow.local_day == day)
    query = select(PromptRow.state, func.count()).where(*here).group_by(PromptRow.state)
    return {PromptState(state): many for state, many in tx.execute(query)}


def messages_of_day(
    tx: Transaction, clinic_id: ClinicId, day: date, *, since: datetime
) -> dict[MessageState, int]:
    """How the check-in messages about one local day of a clinic, queued since then, stand."""
    here = (MessageRow.clinic_id == clinic_id, MessageRow.queued_at >= since)
    about = (MessageRow.local_day == day, MessageRow.purpose == "check-in")
    query = select(MessageRow.state, func.count()).where(*here, *about)
    return {MessageState(state): many for state, many in tx.execute(query.group_by("state"))}


def oldest_open_flag(tx: Transaction, clinic_id: ClinicId) -> datetime | None:
    """When the oldest flag of a clinic that nobody has closed was raised."""
    still = (FlagRow.clinic_id == clinic_id, FlagRow.state.in_(("open", "acknowledged")))
    found: datetime | None = tx.execute(
        select(func.min(FlagRow.opened_at)).where(*still)
    ).scalar_one_or_none()
    return found


def not_asked(
    tx: Transaction,
    clinic_id: ClinicId,
    day: date,
    procedures: Mapping[str, Iterable[date]],
    *,
    enrolled_before: datetime,
) -> tuple[Patient, ...]:
    """Active patients of a clinic, enrolled before then, without a prompt of a day.

    `procedures` says which procedure dates make that day an asked one on each pathway.
    """
    asked = exists().where(PromptRow.patient_id == PatientRow.id, PromptRow.local_day == day)
    here = (PatientRow.clinic_id == clinic_id, PatientRow.status == PatientStatus.ACTIVE)
    found: list[Patient] = []
    for pathway, dates in procedures.items():
        on_it = (PatientRow.pathway == pathway, PatientRow.procedure_date.in_(tuple(dates)))
        query = select(*PATIENT_COLUMNS).where(*here, *on_it, ~asked)
        query = query.where(PatientRow.enrolled_at < enrolled_before)
        found.extend(patient_of(row) for row in tx.execute(query))
    return tuple(found)


def changed_since(tx: Transaction, patient: Patient, since: datetime) -> bool:
    """Whether she was enrolled, paused, resumed or changed since then: then no day is missing."""
    hers = (AuditRow.patient_id == patient.id, AuditRow.at >= since)
    deeds = (AuditRow.action.like("patient.%"), AuditRow.action != "patient.view")
    return bool(tx.execute(select(exists().where(*hers, *deeds))).scalar_one())


def states_since(
    tx: Transaction, since: datetime, clinic_id: ClinicId | None = None
) -> dict[tuple[str, MessageState], int]:
    """How the messages queued since then stand, by channel; of one clinic, or of all."""
    of = (clinic_id,) if clinic_id else tx.execute(select(ClinicRow.id)).scalars()
    here = (MessageRow.clinic_id.in_(tuple(of)), MessageRow.queued_at >= since)
    query = select(MessageRow.channel, MessageRow.state, func.count()).where(*here)
    rows = tx.execute(query.group_by(MessageRow.channel, MessageRow.state))
    return {(channel, MessageState(state)): many for channel, state, many in rows}


def days_of(
    tx: Transaction, clinic_id: ClinicId, since: datetime, *, from_day: date
) -> dict[tuple[date, str, MessageState], int]:
    """How a clinic's messages about each local day stand, by channel."""
    here = (MessageRow.clinic_id == clinic_id, MessageRow.queued_at >= since)
    columns = (MessageRow.local_day, MessageRow.channel, MessageRow.state)
    query = select(*columns, func.count()).where(*here, MessageRow.local_day >= from_day)
    rows = tx.execute(query.where(MessageRow.patient_id.is_not(None)).group_by(*columns))
    return {(day, channel, MessageState(state)): many for day, channel, state, many in rows}


def lost_messages(
    tx: Transaction, clinic_id: ClinicId, since: datetime, limit: int
) -> tuple[OutgoingMessage, ...]:
    """What failed, or may not have gone out, of a clinic's messages since then; newest first."""
    found: list[OutgoingMessage] = []
    for lost in _LOST:
        when = (lost, MessageRow.clinic_id == clinic_id, MessageRow.settled_at >= since)
        query = select(*MESSAGE_COLUMNS).where(*when)
        rows = tx.execute(query.order_by(MessageRow.settled_at.desc()).limit(limit))
        found += [message_of(row) for row in rows]
    return tuple(sorted(found, key=lambda one: one.settled_at or since, reverse=True)[:limit])
