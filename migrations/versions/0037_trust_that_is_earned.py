"""by what the service has trusted a person; what staff did about one person

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("membership", sa.Column("earned", data, nullable=True))
    op.create_index("ix_staff_act_about_id", "staff_act", ["about_id"])


def downgrade() -> None:
    op.drop_index("ix_staff_act_about_id", "staff_act")
    op.drop_column("membership", "earned")
