"""Clinics, their staff and patients, and what lets each of them in.

May import: sqlalchemy, tables.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.schema.tables import BY_KEY, Base, partial_index


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
    __table_args__ = BY_KEY


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
    must_change_password: Mapped[bool] = mapped_column(server_default=false())
    mobile: Mapped[str] = mapped_column(String(40), server_default="")
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
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    paused_until: Mapped[date | None]
    next_due_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_patient_clinic_status", "clinic_id", "status", "procedure_date"),
        partial_index("ix_patient_next_due_at", "next_due_at", where="next_due_at IS NOT NULL"),
        BY_KEY,
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
    # The keyed fingerprint of the mobile, by which a text message finds who sent it.
    mobile_mark: Mapped[str | None] = mapped_column(String(64), index=True)
    choices_token: Mapped[bytes | None]  # sealed: each of her messages leads to the same page
    choices_hash: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (Index("ix_patient_secret_choices_hash", "choices_hash", unique=True), BY_KEY)


class LinkRow(Base):
    """A daily link: lets its holder write one day of one patient, and read nothing."""

    __tablename__ = "link"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    local_day: Mapped[date]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = BY_KEY


class PatientCodeRow(Base):
    """Six digits sent to a patient's own address: they open her diary once, for ten minutes."""

    __tablename__ = "patient_code"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    request_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]


class PatientSessionRow(Base):
    """A browser in which a patient reads her own record, for half an hour."""

    __tablename__ = "patient_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
