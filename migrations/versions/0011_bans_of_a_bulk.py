"""bans of a bulk

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("bulk") as batch_op:
        batch_op.add_column(
            sa.Column("ban", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("bulk") as batch_op:
        batch_op.drop_column("ban")
