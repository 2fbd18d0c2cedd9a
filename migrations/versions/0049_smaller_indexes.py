"""indexes without the rows that no query finds through them: comments that reply to nothing, and
credentials of no site

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

_INDEXES = (
    ("ix_comment_replies", "comment", ["parent_id", "shown", "created_at", "id"]),
    ("ix_credential_site_id_kind", "credential", ["site_id", "kind"]),
)


def upgrade() -> None:
    for name, table, columns in _INDEXES:
        there = sa.text(f"{columns[0]} IS NOT NULL")
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    for name, table, columns in _INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns)
