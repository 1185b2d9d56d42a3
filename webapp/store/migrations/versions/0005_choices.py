"""What patients choose about our messages: quiet hours, pauses, later today; and what clinics read.

May import: alembic, sqlalchemy, and the modules of this room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.store.columns import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OPEN = "handled_at IS NULL"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("patient", sa.Column("quiet_from", sa.Time(), nullable=True))
    op.add_column("patient", sa.Column("quiet_until", sa.Time(), nullable=True))
    op.add_column("patient", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column("patient_secret", sa.Column("choices_token", sa.LargeBinary(), nullable=True))
    op.add_column("patient_secret", sa.Column("choices_hash", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_patient_secret_choices_hash", "patient_secret", ["choices_hash"], unique=True
    )
    op.add_column(
        "prompt",
        sa.Column("later", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _add_notices()


def _add_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("clinic_id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("handled_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_notice_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_notice_patient_id")),
        sa.ForeignKeyConstraint(["handled_by"], ["staff.id"], name=op.f("fk_notice_handled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_patient_id"), "notice", ["patient_id"])
    op.create_index(
        "ix_notice_open",
        "notice",
        ["clinic_id", "at"],
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("notice")
    op.drop_column("prompt", "later")
    op.drop_index("ix_patient_secret_choices_hash", "patient_secret")
    op.drop_column("patient_secret", "choices_hash")
    op.drop_column("patient_secret", "choices_token")
    op.drop_column("patient", "paused_until")
    op.drop_column("patient", "quiet_until")
    op.drop_column("patient", "quiet_from")
