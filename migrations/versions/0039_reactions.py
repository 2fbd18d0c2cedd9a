"""reactions other than likes, and their counts

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"

_COUNTS = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    kind = sa.Column("kind", sa.String(length=12), server_default="like", nullable=False)
    op.add_column("reaction", kind)
    op.add_column("comment", sa.Column("reactions", _COUNTS, nullable=True))
    op.add_column("comment", sa.Column("reactions_elsewhere", _COUNTS, nullable=True))
    op.add_column(
        "comment", sa.Column("approval", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    for name in ("approval", "reactions_elsewhere", "reactions"):
        op.drop_column("comment", name)
    # one column that says only "liked" holds nothing else
    op.execute("DELETE FROM reaction WHERE kind <> 'like'")
    op.drop_column("reaction", "kind")
