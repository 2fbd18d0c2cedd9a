"""precedents: what people decided about comments alike; saved filters; claims

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "precedent",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("facts", data, nullable=False),
        sa.Column("same", sa.Boolean(), nullable=True),
        *_refers("precedent", "comment", "decision", "site"),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_precedent")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_precedent_decision_id")),
    )
    op.create_index(
        "ix_precedent_site_id_rule", "precedent", ["site_id", "rule", "level", "comment_id"]
    )
    op.create_index("ix_precedent_site_id_decision_id", "precedent", ["site_id", "decision_id"])
    op.create_table(
        "precedent_key",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        *_refers("precedent_key", "comment", "site"),
        sa.PrimaryKeyConstraint("site_id", "key", "comment_id", name=op.f("pk_precedent_key")),
    )
    op.create_index("ix_precedent_key_comment_id", "precedent_key", ["comment_id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("queue", sa.String(12), nullable=False),
        sa.Column("order", sa.String(10), nullable=False),
        sa.Column("given", data, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("takes", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        *_refers("saved_filter", "site", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_filter_public_id")),
    )
    op.create_index("ix_saved_filter_user_id", "saved_filter", ["user_id", "id"])
    op.create_index("ix_saved_filter_site_id", "saved_filter", ["site_id", "id"])
    op.create_table(
        "claim",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        *_refers("claim", "comment", "site", "user"),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_claim_by_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_claim")),
    )
    for name in ("site_id", "user_id", "by_id", "until"):
        op.create_index(f"ix_claim_{name}", "claim", [name])


def _refers(table: str, *names: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_{table}_{name}_id"), ondelete="CASCADE"
        )
        for name in names
    ]


def downgrade() -> None:
    op.drop_table("claim")
    op.drop_table("saved_filter")
    op.drop_table("precedent_key")
    op.drop_table("precedent")
