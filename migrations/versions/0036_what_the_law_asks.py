"""statements of reasons at the Transparency Database

Revision ID: 0036
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "sent_statement",
        sa.Column("puid", sa.String(length=30), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["site.id"],
            name=op.f("fk_sent_statement_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("puid", name=op.f("pk_sent_statement")),
    )
    op.create_index("ix_sent_statement_site_id", "sent_statement", ["site_id", "state", "at"])


def downgrade() -> None:
    op.drop_table("sent_statement")
