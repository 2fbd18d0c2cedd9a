"""waves of comments that wait and are alike

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "likeness",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("words", data, nullable=False),
        sa.Column("suspect", sa.Boolean(), nullable=False),
        *_refers("likeness"),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_likeness")),
    )
    op.create_index("ix_likeness_site_id", "likeness", ["site_id", "comment_id"])
    op.create_table(
        "likeness_key",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        *_refers("likeness_key"),
        sa.PrimaryKeyConstraint("site_id", "key", "comment_id", name=op.f("pk_likeness_key")),
    )
    op.create_index("ix_likeness_key_comment_id", "likeness_key", ["comment_id"])
    op.add_column("comment", sa.Column("wave", sa.Integer(), nullable=True))
    _index("ix_comment_wave", ["wave", "status", "id"], "wave IS NOT NULL")
    waiting = "status = 'pending' AND network IS NOT NULL"
    _index("ix_comment_waiting_network", ["site_id", "network"], waiting)


def _refers(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_{table}_{name}_id"), ondelete="CASCADE"
        )
        for name in ("comment", "site")
    ]


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "comment", columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    op.drop_index("ix_comment_waiting_network", table_name="comment")
    op.drop_index("ix_comment_wave", table_name="comment")
    op.drop_column("comment", "wave")
    op.drop_table("likeness_key")
    op.drop_table("likeness")
