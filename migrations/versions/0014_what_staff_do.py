"""what staff do besides deciding on comments

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    columns = [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("data", data, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    ]
    refers = [
        sa.ForeignKeyConstraint(
            [f"{name}_id"], [f"{table}.id"], name=op.f(f"fk_staff_act_{name}_id"), ondelete=ondelete
        )
        for name, table, ondelete in (
            ("about", "user", "SET NULL"),
            ("by", "user", "SET NULL"),
            ("site", "site", "CASCADE"),
            ("thread", "thread", "SET NULL"),
        )
    ]
    op.create_table(
        "staff_act", *columns, *refers, sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_act"))
    )
    with op.batch_alter_table("staff_act") as batch_op:
        batch_op.create_index(
            "ix_staff_act_site_id_created_at", ["site_id", "created_at", "id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("staff_act")
