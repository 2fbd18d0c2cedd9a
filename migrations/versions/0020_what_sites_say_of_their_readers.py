"""what a site's own sign-in says of its readers

Revision ID: 0020
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    with op.batch_alter_table("user") as table:
        table.add_column(sa.Column("profile", json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user") as table:
        table.drop_column("profile")
