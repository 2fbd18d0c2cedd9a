"""sections of a site, and when a conversation closes

Revision ID: 0034
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("site", sa.Column("sections", data, nullable=True))
    op.add_column("thread", sa.Column("closes_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("thread", "closes_at")
    op.drop_column("site", "sections")
