"""the process that holds a job has a column of its own

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("ALTER TABLE job RENAME COLUMN progress TO claimed_by")


def downgrade() -> None:
    op.execute("ALTER TABLE job RENAME COLUMN claimed_by TO progress")
