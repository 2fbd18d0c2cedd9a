"""the process that holds a job has a column of its own

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("ALTER TABLE job RENAME COLUMN progress TO claimed_by")


def downgrade() -> None:
    op.execute("ALTER TABLE job RENAME COLUMN claimed_by TO progress")
