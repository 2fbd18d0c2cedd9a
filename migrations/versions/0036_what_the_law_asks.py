"""statements of reasons at the Transparency Database; categories, flaggers and appeals of notices

Revision ID: 0036
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "sent_statement",
        sa.Column("puid", sa.String(length=30), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["site.id"],
            name=op.f("fk_sent_statement_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("puid", name=op.f("pk_sent_statement")),
    )
    op.create_index("ix_sent_statement_site_id", "sent_statement", ["site_id", "state", "at"])
    op.add_column("notice", sa.Column("category", sa.String(length=80), nullable=True))
    op.add_column("notice", sa.Column("keyword", sa.String(length=80), nullable=True))
    trusted = sa.Column("trusted", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("notice", trusted)
    _notice_appeals()


def _notice_appeals() -> None:
    refers = {"site": "CASCADE", "notice": "CASCADE", "decision": "SET NULL"}
    op.create_table(
        "notice_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{name}.id"],
                name=op.f(f"fk_notice_appeal_{name}_id"),
                ondelete=then,
            )
            for name, then in refers.items()
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user.id"],
            name=op.f("fk_notice_appeal_decided_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_appeal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_appeal_public_id")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notice_appeal_notice_id")),
    )
    op.create_index("ix_notice_appeal_site_id", "notice_appeal", ["site_id", "decided_at"])


def downgrade() -> None:
    op.drop_table("notice_appeal")
    for name in ("trusted", "keyword", "category"):
        op.drop_column("notice", name)
    op.drop_table("sent_statement")
