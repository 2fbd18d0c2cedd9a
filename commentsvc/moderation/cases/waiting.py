"""Counts of what waits for a moderator beside the queue, and whether anything new has arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from ...core.db import any_of, db
from ...threads.models import Comment
from ..models import Appeal, Flag
from ..second import count_open
from ..sharing.handover import left_by_others
from . import appeals as of_comments
from . import notice_appeals as of_notices
from . import sanction_appeals as of_sanctions
from .models import Notice, NoticeAppeal, Sanction, SanctionAppeal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site


#: What waits on pages of its own.
CASES = ("appeals", "notices", "second")


def count_waiting(by: User, sites: list[Site]) -> dict[str, int]:
    """The counts of appeals that this moderator may decide, undecided notices, second looks that
    are theirs, and notes that others left for the next shift, in one query."""
    ids = [site.id for site in sites]
    appeals = of_comments.open_to(select(func.count(Appeal.id)), by, sites)
    notices = select(func.count(Notice.id)).where(
        any_of(Notice.site_id, ids), Notice.state.in_(("received", "under_review"))
    )
    bans = of_sanctions.open_to(
        select(func.count(SanctionAppeal.id)).join(
            Sanction, Sanction.id == SanctionAppeal.sanction_id
        ),
        by,
        sites,
    )
    left_up = of_notices.open_to(select(func.count(NoticeAppeal.id)), by, sites)
    every = [each.scalar_subquery() for each in (appeals, bans, left_up)]
    row = db.session.execute(
        select(
            (every[0] + every[1] + every[2]).label("a"),
            notices.scalar_subquery().label("n"),
            count_open(by, ids).label("s"),
            left_by_others(by, ids).label("h"),
        )
    ).one()
    return {"appeals": row.a, "notices": row.n, "second": row.s, "notes": row.h}


def arrived(sites: Sequence[Site], since: datetime | None) -> bool:
    """Whether something that waits on these sites arrived after `since`; without it, whether
    anything waits at all. One query."""
    ids = [site.id for site in sites]
    pending = select(Comment.id).where(any_of(Comment.site_id, ids), Comment.status == "pending")
    flags = select(Flag.id).where(
        any_of(Flag.site_id, ids), Flag.closed_at.is_(None), Flag.weight > 0
    )
    appeals = of_comments.still_restricted(select(Appeal.id)).where(any_of(Appeal.site_id, ids))
    bans = of_sanctions.still_in_force(
        select(SanctionAppeal.id).join(Sanction, Sanction.id == SanctionAppeal.sanction_id)
    ).where(any_of(SanctionAppeal.site_id, ids), SanctionAppeal.decided_at.is_(None))
    notices = select(Notice.id).where(any_of(Notice.site_id, ids), Notice.state == "received")
    left_up = select(NoticeAppeal.id).where(
        any_of(NoticeAppeal.site_id, ids), NoticeAppeal.decided_at.is_(None)
    )
    if since is not None:
        pending = pending.where(or_(Comment.created_at > since, Comment.edited_at > since))
        flags = flags.where(Flag.created_at > since)
        appeals = appeals.where(Appeal.created_at > since)
        bans = bans.where(SanctionAppeal.created_at > since)
        notices = notices.where(Notice.created_at > since)
        left_up = left_up.where(NoticeAppeal.created_at > since)
    found = or_(*(each.exists() for each in (pending, flags, appeals, bans, notices, left_up)))
    return bool(db.session.scalar(select(found)))
