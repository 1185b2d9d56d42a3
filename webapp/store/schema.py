"""The tables. Numbers stay readable under a pseudonymous id; names, contacts and words are sealed.

May import: sqlalchemy. Duplicates are impossible by constraint, not by care (reliability.md).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from webapp.store.columns import Instant, SmallJson

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the store."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        dict[str, Any]: SmallJson,
        list[Any]: SmallJson,
    }


def table_of(row: type[Base]) -> Table:
    """The table behind a row class, for statements that insert and update."""
    return cast(Table, row.__table__)


class ClinicRow(Base):
    """A clinic. `hours` is a list of [weekday, opens, closes]."""

    __tablename__ = "clinic"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str] = mapped_column(String(40))
    after_hours_phone: Mapped[str] = mapped_column(String(40))
    hours: Mapped[list[Any]]
    chat_on: Mapped[bool]
    created_at: Mapped[datetime]


class StaffRow(Base):
    """A member of staff. The TOTP secret is sealed; its last step stops replays."""

    __tablename__ = "staff"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(300))
    totp_secret: Mapped[bytes | None]
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    active: Mapped[bool]
    created_at: Mapped[datetime]


class RecoveryCodeRow(Base):
    """A one-time code that stands in for a lost TOTP device; only its hash is kept."""

    __tablename__ = "recovery_code"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    used_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A signed-in browser. Ended by sign-out, idleness, age or an administrator."""

    __tablename__ = "staff_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class KnownDeviceRow(Base):
    """A browser that has signed in before: a stranger's failures never lock it out."""

    __tablename__ = "known_device"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]


class ThrottleRow(Base):
    """How often something was tried in one window of time."""

    __tablename__ = "throttle"
    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tries: Mapped[int]


class PatientRow(Base):
    """A pseudonymous patient. `next_due_at` lets the clock find who is due by an index."""

    __tablename__ = "patient"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    pathway: Mapped[str] = mapped_column(String(60))
    procedure_date: Mapped[date]
    timezone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    prompt_time: Mapped[time]
    status: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(20))
    mg_per_tablet: Mapped[float]
    label_max: Mapped[float | None]
    pump_on: Mapped[bool]
    baseline_nrs: Mapped[float | None]
    next_due_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_patient_clinic_status", "clinic_id", "status", "procedure_date"),
        Index(
            "ix_patient_next_due_at",
            "next_due_at",
            sqlite_where=text("next_due_at IS NOT NULL"),
            postgresql_where=text("next_due_at IS NOT NULL"),
        ),
    )


class PatientSecretRow(Base):
    """What identifies a patient, sealed under her own key. Without the key: nobody's."""

    __tablename__ = "patient_secret"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    wrapped_key: Mapped[bytes | None]
    name: Mapped[bytes]
    first_name: Mapped[bytes | None]
    email: Mapped[bytes | None]
    mobile: Mapped[bytes | None]
    enrolment_mark: Mapped[str] = mapped_column(String(64), unique=True)


class LinkRow(Base):
    """A daily link: lets its holder write one day of one patient, and read nothing."""

    __tablename__ = "link"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    local_day: Mapped[date]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class CheckInRow(Base):
    """One version of one day's answers. Rows are only ever added; the last version counts."""

    __tablename__ = "check_in"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    local_day: Mapped[date]
    timezone: Mapped[str] = mapped_column(String(64))
    pod: Mapped[int]
    version: Mapped[int]
    submission_id: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    nrs_avg: Mapped[float | None]
    nrs_worst: Mapped[float | None]
    tablets: Mapped[float | None]
    sleep_trouble: Mapped[str | None] = mapped_column(String(10))
    wakes: Mapped[float | None]
    effects: Mapped[list[Any] | None]
    temperature_c: Mapped[float | None]
    note: Mapped[bytes | None]
    said: Mapped[list[Any]]
    reply: Mapped[bytes]
    source: Mapped[str] = mapped_column(String(10))
    late: Mapped[bool]
    answered_at: Mapped[datetime]
    received_at: Mapped[datetime]
    committed_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("patient_id", "local_day", "version"),
        UniqueConstraint("patient_id", "submission_id"),
        Index("ix_check_in_clinic_pod", "clinic_id", "pod"),
        Index("ix_check_in_clinic_committed", "clinic_id", "committed_at"),
    )


class PromptRow(Base):
    """A day on which a patient is asked: due, then answered, missed or cancelled."""

    __tablename__ = "prompt"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    local_day: Mapped[date]
    pod: Mapped[int]
    due_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("patient_id", "local_day"),
        Index("ix_prompt_state_closes_at", "state", "closes_at"),
        Index("ix_prompt_state_remind_at", "state", "remind_at"),
        Index("ix_prompt_clinic_day", "clinic_id", "local_day"),
    )


class MessageRow(Base):
    """The outbox: one row for each message that should go out, never two for one reason."""

    __tablename__ = "message"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patient.id"), index=True)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    prompt_id: Mapped[str | None] = mapped_column(ForeignKey("prompt.id"))
    local_day: Mapped[date | None]
    purpose: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    dedupe: Mapped[str] = mapped_column(String(160), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    queued_at: Mapped[datetime]
    try_at: Mapped[datetime]
    not_after: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    settled_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(String(200))
    fault: Mapped[str | None] = mapped_column(String(300))
    __table_args__ = (
        Index("ix_message_state_try_at", "state", "try_at"),
        Index("ix_message_clinic_queued_at", "clinic_id", "queued_at"),
    )


class FlagRow(Base):
    """Something a human should look at. What happened to it is in `flag_event`."""

    __tablename__ = "flag"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    raised_by: Mapped[str] = mapped_column(String(60))
    local_day: Mapped[date]
    pod: Mapped[int]
    rule: Mapped[str] = mapped_column(String(60))
    rule_version: Mapped[int]
    severity: Mapped[str] = mapped_column(String(10))
    severity_rank: Mapped[int]
    because: Mapped[str] = mapped_column(Text)
    numbers: Mapped[dict[str, Any]]
    advice: Mapped[str] = mapped_column(String(60))
    told: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[datetime]
    act_by: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    __table_args__ = (
        UniqueConstraint("patient_id", "raised_by", "rule"),
        Index("ix_flag_inbox", "clinic_id", "state", "severity_rank", "act_by"),
    )


class FlagEventRow(Base):
    """What was done about a flag, in order. The number makes two clinicians at once collide."""

    __tablename__ = "flag_event"
    flag_id: Mapped[str] = mapped_column(ForeignKey("flag.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(String(30))
    note: Mapped[bytes | None]
    because: Mapped[str | None] = mapped_column(Text)


class AuditRow(Base):
    """Who did what to what, when and how. Append-only; each row's hash covers the one before."""

    __tablename__ = "audit"
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    patient_id: Mapped[str | None] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(20))
    sealed_values: Mapped[bytes | None]
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_patient", "patient_id"),)


class AuditHeadRow(Base):
    """The last row of each clinic's trail, so that a cut tail is noticed."""

    __tablename__ = "audit_head"
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))


class ReadingRow(Base):
    """That a patient said she has read a page, and which version."""

    __tablename__ = "reading"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(60), primary_key=True)
    passage: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime]


class BeatRow(Base):
    """When a process last said that it lives and is doing its work."""

    __tablename__ = "beat"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
