"""What was asked in the chat: one row a turn, its words sealed.

May import: alembic, sqlalchemy, and the modules of this room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.store.columns import Instant, SmallJson

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "chat_turn",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("clinic_id", sa.String(length=40), nullable=True),
        sa.Column("patient_id", sa.String(length=40), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("passage", sa.String(length=120), nullable=True),
        sa.Column("offered", SmallJson, nullable=False),
        sa.Column("rules", SmallJson, nullable=False),
        sa.Column("flags", SmallJson, nullable=False),
        sa.Column("called", sa.Boolean(), nullable=True),
        sa.Column("feedback", sa.String(length=12), nullable=True),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("handled_by", sa.String(length=40), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_chat_turn_clinic_id")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_chat_turn_patient_id")
        ),
        sa.ForeignKeyConstraint(["handled_by"], ["staff.id"], name=op.f("fk_chat_turn_handled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_turn")),
    )
    op.create_index(op.f("ix_chat_turn_patient_id"), "chat_turn", ["patient_id"])
    op.create_index("ix_chat_turn_clinic_at", "chat_turn", ["clinic_id", "at"])
    op.create_index(
        "ix_chat_turn_words_at",
        "chat_turn",
        ["at"],
        sqlite_where=sa.text("words IS NOT NULL"),
        postgresql_where=sa.text("words IS NOT NULL"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("chat_turn")
