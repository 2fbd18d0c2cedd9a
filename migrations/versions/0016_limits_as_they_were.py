"""sites that are here keep the limits that were the defaults until now

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

_BEFORE: dict[str, Any] = {
    "hold_at": {
        "toxicity": 0.80,
        "severe_toxicity": 0.50,
        "obscene": 0.90,
        "threat": 0.50,
        "insult": 0.80,
        "identity_attack": 0.60,
    },
    "flag_at": {"toxicity": 0.60},
    "swearing": "hold",
}


def _sites() -> tuple[sa.Connection, sa.TableClause]:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return op.get_bind(), sa.table(
        "site", sa.column("id"), sa.column("policy", json), sa.column("version")
    )


def upgrade() -> None:
    connection, site = _sites()
    for row in connection.execute(sa.select(site)).all():
        stored = row.policy or {}
        kept = {"unscored_language": stored.get("unscored", "hold"), **_BEFORE, **stored}
        _store(connection, site, row, kept)


def downgrade() -> None:
    connection, site = _sites()
    for row in connection.execute(sa.select(site)).all():
        stored = dict(row.policy or {})
        for name in ("swearing", "unscored_language"):
            stored.pop(name, None)
        for name in ("hold_at", "flag_at"):
            if stored.get(name) == _BEFORE[name]:
                stored.pop(name)
        _store(connection, site, row, stored)


def _store(
    connection: sa.Connection, site: sa.TableClause, row: Any, policy: dict[str, Any]
) -> None:
    connection.execute(
        site.update().where(site.c.id == row.id).values(policy=policy, version=row.version + 1)
    )
