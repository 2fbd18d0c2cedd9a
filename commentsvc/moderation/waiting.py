"""How many cases beside the queue wait for a moderator: appeals and notices, in one query."""

from __future__ import annotations

from sqlalchemy import func, select

from ..accounts.models import User
from ..core.db import db
from ..sites.models import Site
from .models import Appeal, Decision
from .notices import Notice


def count_waiting(by: User, sites: list[Site]) -> dict[str, int]:
    """The appeals that this moderator may hear, and the notices that nobody has decided."""
    ids = [site.id for site in sites]
    appeals = (
        select(func.count(Appeal.id))
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.site_id.in_(ids), Appeal.decided_at.is_(None))
        .where(Decision.by_id.is_distinct_from(by.id))
    )
    notices = select(func.count(Notice.id)).where(
        Notice.site_id.in_(ids), Notice.state.in_(("received", "under_review"))
    )
    row = db.session.execute(
        select(appeals.scalar_subquery().label("a"), notices.scalar_subquery().label("n"))
    ).one()
    return {"appeals": row.a, "notices": row.n}
