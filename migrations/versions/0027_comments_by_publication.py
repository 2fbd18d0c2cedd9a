"""a site's comments by the time of their publication

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_index(
        "ix_comment_site_published", "comment", ["site_id", "status", "published_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_comment_site_published", table_name="comment")
