"""reasons that sites add to the built-in ones

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "own_reason",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("titles", data, nullable=False),
        sa.Column("hints", data, nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_own_reason_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_own_reason")),
    )
    op.create_index("ix_own_reason_site_id", "own_reason", ["site_id", "position"])


def downgrade() -> None:
    op.drop_table("own_reason")
