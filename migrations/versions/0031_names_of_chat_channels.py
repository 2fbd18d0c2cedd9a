"""what moderators call their chat channels

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("chat_channel", sa.Column("label", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("chat_channel", "label")
