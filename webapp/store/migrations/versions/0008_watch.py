"""Watching and escalating: the ladder, who was paged, alarms, the morning note.

May import: alembic, sqlalchemy, and the modules of this room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.store.columns import Instant, SmallJson

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_LOST = ("failed", "unsure")


def upgrade() -> None:
    """Add the tables, a mobile number for staff, and the index over what nobody has taken."""
    _create_ladder()
    _create_paging()
    _create_alarm()
    mobile: sa.Column[str] = sa.Column(
        "mobile", sa.String(length=40), server_default="", nullable=False
    )
    op.add_column("staff", mobile)
    op.create_index(
        "ix_flag_open",
        "flag",
        ["severity_rank", "opened_at"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    for state in _LOST:
        op.create_index(
            f"ix_message_{state}_settled_at",
            "message",
            ["settled_at"],
            sqlite_where=sa.text(f"state = '{state}'"),
            postgresql_where=sa.text(f"state = '{state}'"),
        )


def downgrade() -> None:
    """Take them away again."""
    for state in _LOST:
        op.drop_index(f"ix_message_{state}_settled_at", "message")
    op.drop_index("ix_flag_open", "flag")
    op.drop_column("staff", "mobile")
    for table in ("day_note", "alarm", "page", "paging", "clinic_watch", "ladder_step"):
        op.drop_table(table)


def _create_ladder() -> None:
    op.create_table(
        "ladder_step",
        sa.Column("clinic_id", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("wait_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_ladder_step_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "hours", "number", name=op.f("pk_ladder_step")),
    )
    op.create_table(
        "clinic_watch",
        sa.Column("clinic_id", sa.String(length=40), nullable=False),
        sa.Column("named_staff_id", sa.String(length=40), nullable=True),
        sa.Column("repeat_minutes", sa.Integer(), nullable=False),
        sa.Column("handle_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_watch_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["named_staff_id"], ["staff.id"], name=op.f("fk_clinic_watch_named_staff_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_clinic_watch")),
    )


def _create_paging() -> None:
    op.create_table(
        "paging",
        sa.Column("flag_id", sa.String(length=40), nullable=False),
        sa.Column("clinic_id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_paging_flag_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_paging_clinic_id")),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_paging")),
    )
    op.create_index(
        "ix_paging_next_at",
        "paging",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "page",
        sa.Column("flag_id", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_page_flag_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_page_message_id")),
        sa.PrimaryKeyConstraint(
            "flag_id", "round", "step", "recipient", "channel", name=op.f("pk_page")
        ),
    )
    op.create_index(op.f("ix_page_at"), "page", ["at"])


def _create_alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("clinic_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("over_at", Instant(), nullable=True),
        sa.Column("figures", SmallJson, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_alarm_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(
        "uq_alarm_going_on",
        "alarm",
        ["clinic_id", "kind", "about"],
        unique=True,
        sqlite_where=sa.text("over_at IS NULL"),
        postgresql_where=sa.text("over_at IS NULL"),
    )
    op.create_index("ix_alarm_clinic_began_at", "alarm", ["clinic_id", "began_at"])
    op.create_table(
        "day_note",
        sa.Column("clinic_id", sa.String(length=40), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("figures", SmallJson, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_day_note_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "local_day", name=op.f("pk_day_note")),
    )
