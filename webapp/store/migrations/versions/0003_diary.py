"""The patient's diary: codes and sessions of her own. First passwords of staff must be changed.

May import: alembic, sqlalchemy, and the modules of this room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.store.columns import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the column."""
    _create_patient_code()
    _create_patient_session()
    must_change: sa.Column[bool] = sa.Column(
        "must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("staff", must_change)


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("staff", "must_change_password")
    op.drop_table("patient_session")
    op.drop_table("patient_code")


def _create_patient_code() -> None:
    op.create_table(
        "patient_code",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_code_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_code")),
        sa.UniqueConstraint("request_hash", name=op.f("uq_patient_code_request_hash")),
    )
    op.create_index(op.f("ix_patient_code_patient_id"), "patient_code", ["patient_id"])


def _create_patient_session() -> None:
    op.create_table(
        "patient_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_session_patient_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_patient_session")),
    )
    op.create_index(op.f("ix_patient_session_patient_id"), "patient_session", ["patient_id"])
