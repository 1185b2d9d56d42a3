"""What patients reported, what they were asked, and what was flagged.

May import: sqlalchemy, tables.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.schema.tables import BY_KEY, Base, partial_index


class CheckInRow(Base):
    """One version of one day's answers. Rows are only ever added; the last version counts."""

    __tablename__ = "check_in"
    id: Mapped[str] = mapped_column(String(40))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    local_day: Mapped[date] = mapped_column(primary_key=True)
    timezone: Mapped[str] = mapped_column(String(64))
    pod: Mapped[int]
    version: Mapped[int] = mapped_column(primary_key=True)
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
        UniqueConstraint("patient_id", "submission_id"),
        # Kept in the order of its key: a patient's days lie together, and a commit writes less.
        BY_KEY,
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
    later: Mapped[bool] = mapped_column(server_default=false())
    __table_args__ = (
        UniqueConstraint("patient_id", "local_day"),
        # Only what is still due: a settled prompt leaves these, and nothing is moved in them.
        partial_index("ix_prompt_due_closes_at", "closes_at", where="state = 'due'"),
        partial_index("ix_prompt_due_remind_at", "remind_at", where="state = 'due'"),
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
    begun_at: Mapped[datetime | None]  # from then on it may have gone out
    attempts: Mapped[int]
    settled_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(String(200))
    fault: Mapped[str | None] = mapped_column(String(300))
    __table_args__ = (
        partial_index("ix_message_queued_try_at", "try_at", where="state = 'queued'"),
        partial_index("ix_message_sending_until", "claimed_until", where="state = 'sending'"),
        # Only what was lost: a message that goes out well is moved in neither.
        partial_index("ix_message_failed_settled_at", "settled_at", where="state = 'failed'"),
        partial_index("ix_message_unsure_settled_at", "settled_at", where="state = 'unsure'"),
        Index("ix_message_clinic_queued_at", "clinic_id", "queued_at"),
        # A provider says what became of a text message by its own name for it.
        partial_index("ix_message_sms_receipt", "receipt", where="channel = 'sms'"),
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
        partial_index("ix_flag_open", "severity_rank", "opened_at", where="state = 'open'"),
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


class ReadingRow(Base):
    """That a patient said she has read a page, and which version."""

    __tablename__ = "reading"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(60), primary_key=True)
    passage: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime]


class NoticeRow(Base):
    """Something about reaching a patient that her clinic must read: she stopped, it was not her."""

    __tablename__ = "notice"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        partial_index("ix_notice_open", "clinic_id", "at", where="handled_at IS NULL"),
    )
