"""what sites learn of spam from their own decisions

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.create_table(
        "spam_learned",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("content", json, nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_spam_learned_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_spam_learned")),
    )
    op.create_table(
        "spam_lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("spam", sa.Boolean(), nullable=False),
        sa.Column("content", json, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_spam_lesson_{table}_id"),
                ondelete="CASCADE",
            )
            for table in ("site", "comment", "revision", "decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spam_lesson")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_spam_lesson_decision_id")),
    )
    op.create_index("ix_spam_lesson_comment_id", "spam_lesson", ["comment_id"], unique=False)
    op.create_index("ix_spam_lesson_revision_id", "spam_lesson", ["revision_id"], unique=False)
    op.create_index(
        "ix_spam_lesson_site_id_spam",
        "spam_lesson",
        ["site_id", "spam", "decision_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("spam_lesson")
    op.drop_table("spam_learned")
