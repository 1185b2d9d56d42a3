"""A clinic's check-ins are found by its patients: each check-in is written to one index fewer.

May import: alembic.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_check_in_clinic_pod", table_name="check_in")


def downgrade() -> None:
    """Make it again, for the queries of before."""
    op.create_index("ix_check_in_clinic_pod", "check_in", ["clinic_id", "pod"], unique=False)
