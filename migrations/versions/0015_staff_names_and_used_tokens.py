"""staff at hand for comparing names; site tokens that were used; signing secrets sealed

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from commentsvc.core.sealing import sealer

if TYPE_CHECKING:
    from collections.abc import Callable

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_index(
        "ix_user_is_admin",
        "user",
        ["is_admin"],
        sqlite_where=sa.text("is_admin IS 1"),
        postgresql_where=sa.text("is_admin IS true"),
    )
    op.create_table(
        "used_token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_used_token")),
    )
    op.create_index("ix_used_token_expires_at", "used_token", ["expires_at"])
    with op.batch_alter_table("webhook") as batch_op:
        for name in ("secret", "verify_token"):
            batch_op.alter_column(
                name, existing_type=sa.String(length=120), type_=sa.String(length=1000)
            )
    _turned(sealer().seal)


def _turned(turn: Callable[[str], str]) -> None:
    """Seal all secrets, or open them."""
    connection = op.get_bind()
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    site = sa.table("site", sa.column("id"), sa.column("secrets", json))
    for row in connection.execute(sa.select(site.c.id, site.c.secrets)).all():
        connection.execute(
            site.update()
            .where(site.c.id == row.id)
            .values(secrets=[turn(each) for each in row.secrets or []])
        )
    names = ("id", "secret", "verify_token")
    webhook = sa.table("webhook", *(sa.column(name) for name in names))
    for row in connection.execute(sa.select(*webhook.c)).all():
        connection.execute(
            webhook.update()
            .where(webhook.c.id == row.id)
            .values(secret=turn(row.secret), verify_token=turn(row.verify_token))
        )


def downgrade() -> None:
    _turned(sealer().open)
    with op.batch_alter_table("webhook") as batch_op:
        for name in ("secret", "verify_token"):
            batch_op.alter_column(
                name, existing_type=sa.String(length=1000), type_=sa.String(length=120)
            )
    op.drop_table("used_token")
    op.drop_index("ix_user_is_admin", table_name="user")
