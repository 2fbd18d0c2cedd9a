"""a ban remembers the standing that it ended

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("sanction", sa.Column("before", json, nullable=True))


def downgrade() -> None:
    op.drop_column("sanction", "before")
