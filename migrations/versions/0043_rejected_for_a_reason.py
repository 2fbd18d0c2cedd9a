"""comments rejected for a reason, so that the queue can be filtered by it

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

NAME = "ix_decision_rejected"


def upgrade() -> None:
    columns, condition = ["site_id", "reason", "comment_id"], sa.text("action = 'reject'")
    op.create_index(NAME, "decision", columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    op.drop_index(NAME, table_name="decision")
