"""sites that are only examples

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    column = sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("site", column)


def downgrade() -> None:
    op.drop_column("site", "example")
