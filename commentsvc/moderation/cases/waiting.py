"""What waits for a moderator: how many cases beside the queue, and whether anything new has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from ...core.db import db
from ...threads.models import Comment
from ..models import Appeal, Decision, Flag
from ..second import count_open
from .models import Notice, Sanction, SanctionAppeal
from .sanction_appeals import open_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site


def count_waiting(by: User, sites: list[Site]) -> dict[str, int]:
    """The appeals that this moderator may hear, the notices that nobody has decided, and the second
    looks that are theirs, in one query."""
    ids = [site.id for site in sites]
    appeals = (
        select(func.count(Appeal.id))
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.site_id.in_(ids), Appeal.decided_at.is_(None))
        .where(Decision.by_id.is_distinct_from(by.id), Appeal.user_id != by.id)
    )
    notices = select(func.count(Notice.id)).where(
        Notice.site_id.in_(ids), Notice.state.in_(("received", "under_review"))
    )
    of_sanctions = open_to(
        select(func.count(SanctionAppeal.id)).join(
            Sanction, Sanction.id == SanctionAppeal.sanction_id
        ),
        by,
        sites,
    )
    row = db.session.execute(
        select(
            (appeals.scalar_subquery() + of_sanctions.scalar_subquery()).label("a"),
            notices.scalar_subquery().label("n"),
            count_open(by, ids).label("s"),
        )
    ).one()
    return {"appeals": row.a, "notices": row.n, "second": row.s}


def arrived(sites: Sequence[Site], since: datetime | None) -> bool:
    """Whether something that waits on these sites came after `since`; without it, whether anything
    waits at all. One query."""
    ids = [site.id for site in sites]
    pending = select(Comment.id).where(Comment.site_id.in_(ids), Comment.status == "pending")
    flags = select(Flag.id).where(Flag.site_id.in_(ids), Flag.closed_at.is_(None), Flag.weight > 0)
    appeals = select(Appeal.id).where(Appeal.site_id.in_(ids), Appeal.decided_at.is_(None))
    bans = select(SanctionAppeal.id).where(
        SanctionAppeal.site_id.in_(ids), SanctionAppeal.decided_at.is_(None)
    )
    notices = select(Notice.id).where(Notice.site_id.in_(ids), Notice.state == "received")
    if since is not None:
        pending = pending.where(or_(Comment.created_at > since, Comment.edited_at > since))
        flags = flags.where(Flag.created_at > since)
        appeals = appeals.where(Appeal.created_at > since)
        bans = bans.where(SanctionAppeal.created_at > since)
        notices = notices.where(Notice.created_at > since)
    found = or_(*(each.exists() for each in (pending, flags, appeals, bans, notices)))
    return bool(db.session.scalar(select(found)))
