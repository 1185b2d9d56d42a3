"""What it takes to reach people by text message and push, and what the providers said.

May import: sqlalchemy, tables.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.schema.tables import Base


class PushSubscriptionRow(Base):
    """A browser that takes push messages. Its address and keys are sealed; `mark` finds it."""

    __tablename__ = "push_subscription"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class UnreachableRow(Base):
    """An address of a patient that is known to be dead: nothing more is sent there."""

    __tablename__ = "unreachable"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    since: Mapped[datetime]
    because: Mapped[str] = mapped_column(String(200))


class ProviderEventRow(Base):
    """Something a provider told us, once: `ref` is its name for the message."""

    __tablename__ = "provider_event"
    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    ref: Mapped[str] = mapped_column(String(100), primary_key=True)
    event: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    known: Mapped[bool]  # whether it was about a message, or from a patient, of ours


class TextDraftRow(Base):
    """Answers that were read from a text message and wait for a yes; sealed."""

    __tablename__ = "text_draft"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    local_day: Mapped[date]
    ref: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)
