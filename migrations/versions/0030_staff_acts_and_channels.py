"""what staff do as a chain of hashes, and the chat channels of moderators

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import hashlib

import orjson
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
FIRST = "0" * 64


def upgrade() -> None:
    op.create_table(
        "staff_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_chain")),
    )
    with op.batch_alter_table("staff_act") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("previous", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
        batch_op.create_index("ix_staff_act_by_id_created_at", ["by_id", "created_at"])
        batch_op.create_unique_constraint(op.f("uq_staff_act_number"), ["number"])
    _bind()
    _chat_channel()


def _chat_channel() -> None:
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    moments = ("failing_since", "due_at", "told_until", "sent_at", "created_at")
    wanted = ("told_until", "created_at")
    refers = [
        sa.ForeignKeyConstraint(
            [f"{name}_id"],
            [f"{name}.id"],
            name=op.f(f"fk_chat_channel_{name}_id"),
            ondelete="CASCADE",
        )
        for name in ("user", "site")
    ]
    op.create_table(
        "chat_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=4000), nullable=False),
        sa.Column("what", data, nullable=False),
        sa.Column("rhythm", sa.String(length=8), nullable=False),
        sa.Column("quote_below", sa.Integer(), nullable=False),
        sa.Column("links", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", data, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=name not in wanted) for name in moments),
        *refers,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_channel")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chat_channel_public_id")),
    )
    op.create_index("ix_chat_channel_user_id_site_id", "chat_channel", ["user_id", "site_id"])
    op.create_index("ix_chat_channel_state_due_at", "chat_channel", ["state", "due_at"])


def _bind() -> None:
    """The rows that are there become the beginning of the chain."""
    data = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    names = ("id", "site_id", "by_id", "about_id", "thread_id", "created_at", "number")
    columns = [sa.column(name, sa.BigInteger()) for name in names]
    acts = sa.table(
        "staff_act",
        *columns,
        sa.column("kind", sa.String()),
        sa.column("data", data),
        sa.column("previous", sa.String()),
        sa.column("hash", sa.String()),
    )
    number, previous = 0, FIRST
    for row in op.get_bind().execute(sa.select(acts).order_by(acts.c.id)).all():
        number += 1
        body = {name: getattr(row, f"{name}_id") for name in ("site", "by", "about", "thread")}
        body |= {"number": number, "previous": previous, "kind": row.kind, "data": row.data}
        body["at"] = row.created_at
        made = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
        bound = {"number": number, "previous": previous, "hash": made}
        op.execute(acts.update().where(acts.c.id == row.id).values(**bound))
        previous = made
    if number:
        chain = sa.table("staff_chain", *(sa.column(name) for name in ("id", "number", "hash")))
        op.execute(chain.insert().values(id=1, number=number, hash=previous))


def downgrade() -> None:
    op.drop_table("chat_channel")
    with op.batch_alter_table("staff_act") as batch_op:
        batch_op.drop_constraint(op.f("uq_staff_act_number"), type_="unique")
        batch_op.drop_index("ix_staff_act_by_id_created_at")
        for name in ("hash", "previous", "number"):
            batch_op.drop_column(name)
    op.drop_table("staff_chain")
