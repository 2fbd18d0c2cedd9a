"""hosts that approved comments link; those that are approved already count

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

_CHUNK = 1000
_LONGEST = 253


def upgrade() -> None:
    op.create_table(
        "known_host",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_known_host_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_known_host_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_host")),
        sa.UniqueConstraint("comment_id", "host", name=op.f("uq_known_host_comment_id_host")),
    )
    op.create_index("ix_known_host_site_id_host", "known_host", ["site_id", "host"], unique=False)
    _know_what_is_approved()


def _know_what_is_approved() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    columns = ("id", "site_id", "revision_id", "status", "reviewed")
    comment = sa.table("comment", *map(sa.column, columns))
    revision = sa.table("revision", sa.column("id"), sa.column("facts", json))
    known = sa.table("known_host", *map(sa.column, ("site_id", "host", "comment_id")))
    approved = (
        sa.select(comment.c.id, comment.c.site_id, revision.c.facts)
        .join(revision, revision.c.id == comment.c.revision_id)
        .where(comment.c.status == "published", comment.c.reviewed == sa.true())
        .order_by(comment.c.id)
        .limit(_CHUNK)
    )
    connection, last = op.get_bind(), 0
    while rows := connection.execute(approved.where(comment.c.id > last)).all():
        last = rows[-1].id
        found = [
            {"site_id": row.site_id, "host": host, "comment_id": row.id}
            for row in rows
            for host in dict.fromkeys((row.facts or {}).get("links", ()))
            if len(host) <= _LONGEST
        ]
        if found:
            connection.execute(known.insert(), found)


def downgrade() -> None:
    op.drop_table("known_host")
