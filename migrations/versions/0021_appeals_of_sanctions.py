"""appeals of sanctions; what waits is weighed again, since other things make it urgent now

Revision ID: 0021
Revises: 0018
"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "sanction_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user.id"],
            name=op.f("fk_sanction_appeal_decided_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"],
            ["sanction.id"],
            name=op.f("fk_sanction_appeal_sanction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_sanction_appeal_site_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_sanction_appeal_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_appeal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sanction_appeal_public_id")),
        sa.UniqueConstraint("sanction_id", name=op.f("uq_sanction_appeal_sanction_id")),
    )
    op.create_index("ix_sanction_appeal_site_id", "sanction_appeal", ["site_id", "decided_at"])
    _weigh_the_queue_again()


def _weigh_the_queue_again() -> None:
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT id FROM comment LIMIT 1")) is None:
        return
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    names = ("name", "state", "attempts", "due_at", "created_at")
    job = sa.table("job", *map(sa.column, names), sa.column("payload", json))
    now = time.time_ns() // 1000
    connection.execute(
        job.insert().values(
            name="weigh_queue", payload={}, state="waiting", attempts=0, due_at=now, created_at=now
        )
    )


def downgrade() -> None:
    op.drop_table("sanction_appeal")
    op.execute(sa.text("DELETE FROM job WHERE name = 'weigh_queue'"))
