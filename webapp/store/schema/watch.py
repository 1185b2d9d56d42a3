"""Who is paged about a flag, what is wrong with sending, and the note of each day.

May import: sqlalchemy, tables.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.schema.tables import Base, partial_index


class LadderStepRow(Base):
    """One rung of a clinic's ladder. Without rows the ladder of content/policy.yaml holds."""

    __tablename__ = "ladder_step"
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    hours: Mapped[str] = mapped_column(String(8), primary_key=True)  # staffed | away
    number: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(40))  # a staff id, or a word of domain/ladder.py
    wait_minutes: Mapped[int]


class ClinicWatchRow(Base):
    """What a clinic set beside its ladder: who gets its notes, and two spells."""

    __tablename__ = "clinic_watch"
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    named_staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    repeat_minutes: Mapped[int]
    handle_minutes: Mapped[int]


class PagingRow(Base):
    """Where an urgent flag stands on the ladder. `next_at` is empty once the flag is closed."""

    __tablename__ = "paging"
    flag_id: Mapped[str] = mapped_column(ForeignKey("flag.id"), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    owner: Mapped[str] = mapped_column(String(40))
    taken: Mapped[bool]
    step: Mapped[int]
    round: Mapped[int]
    next_at: Mapped[datetime | None]
    __table_args__ = (partial_index("ix_paging_next_at", "next_at", where="next_at IS NOT NULL"),)


class PageRow(Base):
    """One person paged about one flag at one step. Its key is what makes a second one impossible.

    `due_at` is when the ladder asked for it: the difference to `at` is what was late.
    """

    __tablename__ = "page"
    flag_id: Mapped[str] = mapped_column(ForeignKey("flag.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    due_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"))


class AlarmRow(Base):
    """Something that was wrong with a clinic's sending, from when to when."""

    __tablename__ = "alarm"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(20))
    began_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any]]
    __table_args__ = (
        Index(
            "uq_alarm_going_on",
            "clinic_id",
            "kind",
            "about",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
        Index("ix_alarm_clinic_began_at", "clinic_id", "began_at"),
    )


class DayNoteRow(Base):
    """The figures of one clinic's morning note, as they were when it was written."""

    __tablename__ = "day_note"
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    local_day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
