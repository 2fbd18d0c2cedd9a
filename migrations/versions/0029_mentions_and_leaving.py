"""whom texts mention, and when an account is deleted

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("revision", sa.Column("mentions", kind, nullable=True))
    op.add_column("user", sa.Column("leaving_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("user", "leaving_at")
    op.drop_column("revision", "mentions")
