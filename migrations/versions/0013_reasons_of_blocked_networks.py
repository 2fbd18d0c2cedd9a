"""reasons and ids of blocked networks

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_LETTERS = "23456789bcdfghjkmnpqrstvwxz"


def upgrade() -> None:
    with op.batch_alter_table("network_block") as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("public_id", sa.String(length=16), nullable=True))
    columns = [sa.column(name) for name in ("site_id", "network", "public_id")]
    blocks = sa.table("network_block", *columns)
    connection = op.get_bind()
    for row in connection.execute(sa.select(blocks)).all():
        connection.execute(
            blocks.update()
            .where(blocks.c.site_id == row.site_id, blocks.c.network == row.network)
            .values(public_id="".join(secrets.choice(_LETTERS) for _ in range(13)))
        )
    with op.batch_alter_table("network_block") as batch_op:
        batch_op.alter_column("public_id", existing_type=sa.String(length=16), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_network_block_public_id"), ["public_id"])


def downgrade() -> None:
    with op.batch_alter_table("network_block") as batch_op:
        batch_op.drop_constraint(op.f("uq_network_block_public_id"), type_="unique")
        batch_op.drop_column("public_id")
        batch_op.drop_column("reason")
