"""When a sender began with a message: what it claimed and never began goes out by another.

May import: alembic, sqlalchemy, and the modules of this room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.store.columns import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. What is being sent at this moment counts as not begun: claims end soon."""
    op.add_column("message", sa.Column("begun_at", Instant(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("message", "begun_at")
