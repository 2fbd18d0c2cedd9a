"""pages written for Disqus: short names of forums, identifiers of conversations, the secret of their sign-in

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "forum",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_forum_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_forum")),
    )
    op.create_index(op.f("ix_forum_site_id"), "forum", ["site_id"])
    op.create_table(
        "thread_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_thread_name_site_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_name_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_name")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_thread_name_site_id_name")),
    )
    op.create_index(op.f("ix_thread_name_thread_id"), "thread_name", ["thread_id"])
    op.add_column("site", sa.Column("disqus_secret", sa.String(length=500), nullable=True))


def downgrade() -> None:
    op.drop_column(
        "site", "disqus_secret"
    )  # in place: a table made anew would lose what hangs on it
    op.drop_index(op.f("ix_thread_name_thread_id"), "thread_name")
    op.drop_table("thread_name")
    op.drop_index(op.f("ix_forum_site_id"), "forum")
    op.drop_table("forum")
