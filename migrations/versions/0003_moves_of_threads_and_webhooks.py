"""moves of threads, webhooks, likes from elsewhere

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column(
            "events", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("secret", sa.String(length=120), nullable=False),
        sa.Column("verify_token", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_webhook_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_public_id")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_site_id"), ["site_id"], unique=False)

    op.create_table(
        "thread_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("address_before", sa.String(length=2000), nullable=False),
        sa.Column("href_before", sa.String(length=2000), nullable=False),
        sa.Column("address_after", sa.String(length=2000), nullable=False),
        sa.Column("batch", sa.String(length=16), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_thread_move_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["thread.id"], name=op.f("fk_thread_move_into_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_thread_move_site_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_move_thread_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["user.id"],
            name=op.f("fk_thread_move_undone_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_move")),
        sa.UniqueConstraint("public_id", name=op.f("uq_thread_move_public_id")),
    )
    with op.batch_alter_table("thread_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_move_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_move_into_id"), ["into_id"], unique=False)
        batch_op.create_index("ix_thread_move_site_id_id", ["site_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_move_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_delivery_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_delivery_public_id")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_comment_id"), ["comment_id"], unique=False)
        batch_op.create_index("ix_delivery_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_delivery_webhook_id_id", ["webhook_id", "id"], unique=False)

    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("likes_elsewhere", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("home_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_column("home_id")
        batch_op.drop_column("likes_elsewhere")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_webhook_id_id")
        batch_op.drop_index("ix_delivery_created_at")
        batch_op.drop_index(batch_op.f("ix_delivery_comment_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("thread_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_move_thread_id"))
        batch_op.drop_index("ix_thread_move_site_id_id")
        batch_op.drop_index(batch_op.f("ix_thread_move_into_id"))
        batch_op.drop_index(batch_op.f("ix_thread_move_batch"))

    op.drop_table("thread_move")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_site_id"))

    op.drop_table("webhook")
