"""people's records and approved comments are read from indexes alone

Revision ID: 0050
Revises: 0049
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

_OF_AUTHOR = ["author_id", "site_id", "created_at"]
_APPROVED = {
    "ix_comment_approved_time": ["site_id", "status", "created_at", "id"],
    "ix_comment_approved_urgency": ["site_id", "status", "urgency", "id"],
}


def upgrade() -> None:
    op.drop_index("ix_comment_author_id", table_name="comment")
    op.create_index("ix_comment_author_id", "comment", [*_OF_AUTHOR, "id", "status", "flag_count"])
    for name, columns in _APPROVED.items():
        op.create_index(
            name,
            "comment",
            columns,
            sqlite_where=sa.text("reviewed = 1"),
            postgresql_where=sa.text("reviewed = true"),
        )


def downgrade() -> None:
    for name in _APPROVED:
        op.drop_index(name, table_name="comment")
    op.drop_index("ix_comment_author_id", table_name="comment")
    op.create_index("ix_comment_author_id", "comment", _OF_AUTHOR)
