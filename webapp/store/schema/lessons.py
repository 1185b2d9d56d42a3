"""What came across of what patients read before the day.

May import: sqlalchemy, tables.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.schema.tables import Base


class TeachBackRow(Base):
    """One answer to one question about what she read. Rows are only added; the last one counts."""

    __tablename__ = "teach_back"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    question: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    choice: Mapped[str] = mapped_column(String(40))
    understood: Mapped[bool]
    again: Mapped[bool]  # whether this answers the second asking, after other words
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_teach_back_patient_at", "patient_id", "at"),
        Index("ix_teach_back_clinic_id", "clinic_id"),
    )
