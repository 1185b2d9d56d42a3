"""What was asked in the chat, and what was shown.

May import: sqlalchemy, tables.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.schema.tables import Base


class ChatTurnRow(Base):
    """One turn. The words are sealed: under the patient's key if she is known, else our own."""

    __tablename__ = "chat_turn"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str | None] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patient.id"), index=True)
    at: Mapped[datetime]
    lang: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str | None] = mapped_column(String(60))
    passage: Mapped[str | None] = mapped_column(String(120))
    offered: Mapped[list[Any]]
    rules: Mapped[list[Any]]
    flags: Mapped[list[Any]]
    called: Mapped[bool | None]
    feedback: Mapped[str | None] = mapped_column(String(12))
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    words: Mapped[bytes | None]
    __table_args__ = (
        Index("ix_chat_turn_clinic_at", "clinic_id", "at"),
        Index(
            "ix_chat_turn_words_at",
            "at",
            sqlite_where=text("words IS NOT NULL"),
            postgresql_where=text("words IS NOT NULL"),
        ),
    )
