"""reactions to the page itself

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"

TABLE = "thread_reaction"
_COUNTS = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("thread", sa.Column("reactions", _COUNTS, nullable=True))
    op.create_table(
        TABLE,
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("network", sa.String(length=43), nullable=True),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("thread_id", "user_id"),
    )
    op.create_index("ix_thread_reaction_user_id", TABLE, ["user_id"])
    op.create_index("ix_thread_reaction_kind", TABLE, ["thread_id", "kind"])
    known = sa.text("network IS NOT NULL")
    op.create_index(
        "ix_thread_reaction_network",
        TABLE,
        ["thread_id", "network"],
        sqlite_where=known,
        postgresql_where=known,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("thread", "reactions")
