"""a canned message to the authors of a bulk action's comments

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("bulk", sa.Column("message", data, nullable=True))


def downgrade() -> None:
    op.drop_column("bulk", "message")
