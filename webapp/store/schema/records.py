"""The trail, the beats of the clock, and budgets of tries.

May import: sqlalchemy, tables.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.schema.tables import BY_KEY, Base


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
    __table_args__ = (Index("ix_audit_patient", "patient_id"), BY_KEY)


class AuditHeadRow(Base):
    """The last row of each clinic's trail, so that a cut tail is noticed."""

    __tablename__ = "audit_head"
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
    __table_args__ = BY_KEY


class BeatRow(Base):
    """When a process last said that it lives and is doing its work."""

    __tablename__ = "beat"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


class ThrottleRow(Base):
    """How often something was tried in one window of time."""

    __tablename__ = "throttle"
    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tries: Mapped[int]
