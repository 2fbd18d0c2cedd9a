"""what staff do as a chain of hashes

Revision ID: 0030
Revises: 0026
"""

from __future__ import annotations

import hashlib

import orjson
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0026"
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
    with op.batch_alter_table("staff_act") as batch_op:
        batch_op.drop_constraint(op.f("uq_staff_act_number"), type_="unique")
        batch_op.drop_index("ix_staff_act_by_id_created_at")
        for name in ("hash", "previous", "number"):
            batch_op.drop_column(name)
    op.drop_table("staff_chain")
