"""judges of a site's own, Coral's secrets, and efforts that were spent

Revision ID: 0035
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("site", sa.Column("judge", data, nullable=True))
    op.add_column("site", sa.Column("coral_secrets", data, nullable=True))
    op.create_table(
        "spent_effort",
        sa.Column("mark", sa.String(43), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_spent_effort")),
    )
    op.create_index(op.f("ix_spent_effort_created_at"), "spent_effort", ["created_at"])


def downgrade() -> None:
    op.drop_table("spent_effort")
    op.drop_column("site", "coral_secrets")
    op.drop_column("site", "judge")
