"""Reaching people by text message and push: subscriptions, dead addresses, what providers said.

May import: alembic, sqlalchemy, and the modules of this room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.store.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BY_SMS = sa.text("channel = 'sms'")


def upgrade() -> None:
    """Add the four tables, and what finds a patient and a message by what a provider names."""
    _add_tables()
    op.add_column("patient_secret", sa.Column("mobile_mark", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_patient_secret_mobile_mark"), "patient_secret", ["mobile_mark"])
    op.create_index(
        "ix_message_sms_receipt",
        "message",
        ["receipt"],
        sqlite_where=_BY_SMS,
        postgresql_where=_BY_SMS,
    )


def _add_tables() -> None:
    _add_subscriptions()
    _add_what_providers_said()
    _add_drafts()


def _add_subscriptions() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.String(length=40), nullable=False),
        _patient(),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        _is_a_patients("push_subscription"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("mark", name=op.f("uq_push_subscription_mark")),
    )
    op.create_index(op.f("ix_push_subscription_patient_id"), "push_subscription", ["patient_id"])


def _add_what_providers_said() -> None:
    op.create_table(
        "unreachable",
        _patient(),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        _is_a_patients("unreachable"),
        sa.PrimaryKeyConstraint("patient_id", "channel", name=op.f("pk_unreachable")),
    )
    op.create_table(
        "provider_event",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "ref", "event", name=op.f("pk_provider_event")),
    )


def _add_drafts() -> None:
    op.create_table(
        "text_draft",
        _patient(),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        _is_a_patients("text_draft"),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_text_draft")),
    )
    op.create_index(op.f("ix_text_draft_at"), "text_draft", ["at"])


def _patient() -> sa.Column[str]:
    return sa.Column("patient_id", sa.String(length=40), nullable=False)


def _is_a_patients(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_patient_id")
    return sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=name)


def downgrade() -> None:
    """Take it all away again."""
    op.drop_index("ix_message_sms_receipt", "message")
    op.drop_index(op.f("ix_patient_secret_mobile_mark"), "patient_secret")
    op.drop_column("patient_secret", "mobile_mark")
    for table_name in ("text_draft", "provider_event", "unreachable", "push_subscription"):
        op.drop_table(table_name)
