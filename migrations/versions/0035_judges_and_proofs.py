"""judges of a site's own, Coral's secrets, and proofs of work that were used

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


def downgrade() -> None:
    op.drop_column("site", "coral_secrets")
    op.drop_column("site", "judge")
