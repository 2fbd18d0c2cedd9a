"""the tags that a page gives its conversation

Revision ID: 0047
Revises: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.add_column("thread", sa.Column("tags", sa.String(511), nullable=True))


def downgrade() -> None:
    op.drop_column("thread", "tags")
