"""when a sanction can no longer be undone, whatever the policy becomes

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"

_DEFAULT_SECONDS = 30  # of the policy's `undo_seconds`


def upgrade() -> None:
    op.add_column("sanction", sa.Column("final_at", sa.BigInteger(), nullable=True))
    _end_the_old()


def downgrade() -> None:
    op.drop_column("sanction", "final_at")


def _end_the_old() -> None:
    """Sanctions that could be undone get the end that they had by their site's policy."""
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    site = sa.table("site", sa.column("id", sa.Integer), sa.column("policy", data))
    row = sa.table(
        "sanction",
        sa.column("site_id", sa.Integer),
        sa.column("batch", sa.String),
        sa.column("created_at", sa.BigInteger),
        sa.column("final_at", sa.BigInteger),
    )
    link = op.get_bind()
    for site_id, policy in link.execute(sa.select(site.c.id, site.c.policy)).all():
        seconds = (policy or {}).get("undo_seconds", _DEFAULT_SECONDS)
        ends = row.c.created_at + seconds * 1_000_000
        mine = row.c.site_id == site_id, row.c.batch.is_not(None)
        link.execute(sa.update(row).where(*mine).values(final_at=ends))
