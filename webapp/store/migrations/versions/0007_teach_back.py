"""What came across of what patients read: one row for each answer to a question about it.

May import: alembic, sqlalchemy, and the modules of this room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.store.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table. It holds no words of hers: only which choice she tapped."""
    op.create_table(
        "teach_back",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("clinic_id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("understood", sa.Boolean(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_teach_back_clinic_id")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_teach_back_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teach_back")),
    )
    op.create_index("ix_teach_back_patient_at", "teach_back", ["patient_id", "at"])
    op.create_index("ix_teach_back_clinic_id", "teach_back", ["clinic_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("teach_back")
