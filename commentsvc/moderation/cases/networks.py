"""Blocked networks: for a time, nobody can post, like or report on a site from a comment's network.
A network is stored only as a keyed hash, which nobody is shown. People keep what they are entitled
to: appeals, legal notices, and everything about their own data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, or_, select

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import Among, db, from_micros, micros, unit_of_work
from ...core.errors import Conflict, Invalid, NotFound
from ...core.jobs import periodic
from ...core.paging import Page, decode_cursor, encode_cursor
from ...settings import settings
from ...sites.models import Site
from ...sites.queries import by_id, can, require
from ...threads.models import Comment
from ..audit import append
from ..judging.reasons import given_by_people
from ..taxonomy import logged
from .blocked import block_of
from .models import NetworkBlock
from .sanctions import not_staff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Blocked:
    """A block in force, for moderators. `by` is None if the account was deleted."""

    id: str
    site: Site
    until: datetime
    since: datetime
    by: str | None
    reason: str | None


def block(comment: Comment, *, until: datetime | None, reason: str, by: User) -> NetworkBlock:
    """Block the network that a comment came from on its site until then, or change end and reason
    of its block. Raises `Conflict` if the network is no longer stored (it is kept for days only),
    `Invalid`, or `NotAllowed`, also for comments of staff, which only an owner may act on."""
    if until is None or until <= clock.now():
        raise Invalid("invalid.until", field="until")
    reason = given_by_people(reason, comment.site_id).code
    with unit_of_work():
        site = by_id(comment.site_id)
        require(by, "sanction", site)
        not_staff(site, db.session.get_one(User, comment.author_id), by)
        if comment.network is None:
            raise Conflict("conflict.network_forgotten")
        data = {"kind": "network", "reason": reason, "until": until.date().isoformat()}
        data |= logged(reason)
        append(site.id, "sanction", data)  # first, since it locks the site's chain
        ends = until.isoformat()
        record("network_blocked", site_id=site.id, by=by, reason=reason, until=ends)
        row = db.session.get(NetworkBlock, (site.id, comment.network))
        if row is None:
            row = NetworkBlock(site_id=site.id, network=comment.network, until=clock.now())
            db.session.add(row)
        if row.until <= clock.now():
            row.created_at = clock.now()
        row.until, row.reason, row.by_id = until, reason, by.id
        db.session.flush()
    return row


def lift(block_id: str, *, by: User) -> None:
    """End a block now. Raises `NotFound` if it is over or another site's."""
    with unit_of_work():
        row = db.session.scalar(
            select(NetworkBlock).where(
                NetworkBlock.public_id == block_id, NetworkBlock.until > clock.now()
            )
        )
        if row is None or not can(by, "sanction", by_id(row.site_id)):
            raise NotFound("not_found.network_block")
        append(row.site_id, "sanction", {"kind": "unblock", "reason": row.reason, "until": None})
        record("network_unblocked", site_id=row.site_id, by=by, reason=row.reason)
        db.session.delete(row)


# --- reading --------------------------------------------------------------------------------------


def blocked_until(comment: Comment) -> datetime | None:
    """Until when this comment's network is blocked on its site; None if it is not."""
    return block_of(comment.site_id, comment.network)


def newest_known(user: User, sites: Sequence[Site]) -> dict[int, str]:
    """Site -> the person's newest comment there (its public id) whose network is still known."""
    since = clock.now() - timedelta(days=settings().network_days + 1)  # they are deleted daily
    newest = (
        select(Comment.id)
        .where(Comment.author_id == user.id, Comment.site_id == Site.id)
        .where(Comment.network.is_not(None), Comment.created_at > since)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(1)
        .correlate(Site)
        .scalar_subquery()
    )
    ids = select(newest).where(Among(Site.id, "sites", [site.id for site in sites]))
    rows = db.session.execute(select(Comment.site_id, Comment.public_id).where(Comment.id.in_(ids)))
    return {row.site_id: row.public_id for row in rows}


def active(sites: Sequence[Site], *, after: str | None = None, limit: int = 50) -> Page[Blocked]:
    """The blocks in force on these sites, newest first: one query."""
    query = (
        select(NetworkBlock, Site, User.name)
        .join(Site, Site.id == NetworkBlock.site_id)
        .outerjoin(User, User.id == NetworkBlock.by_id)
        .where(NetworkBlock.site_id.in_([each.id for each in sites]))
        .where(NetworkBlock.until > clock.now())
    )
    if after:
        at, last = decode_cursor(after, int, str)
        since = NetworkBlock.created_at
        here = and_(since == from_micros(at), NetworkBlock.public_id < last)
        query = query.where(or_(since < from_micros(at), here))
    query = query.order_by(NetworkBlock.created_at.desc(), NetworkBlock.public_id.desc())
    rows = db.session.execute(query.limit(limit + 1)).all()
    found = [
        Blocked(row.public_id, site, row.until, row.created_at, name, row.reason)
        for row, site, name in rows[:limit]
    ]
    if len(rows) <= limit:
        return Page(found, None)
    return Page(found, encode_cursor(micros(found[-1].since), found[-1].id))


@periodic("forget_blocks", minutes=24 * 60)
def forget_blocks() -> None:
    """Delete the blocks that have ended, and so all traces of their networks."""
    with unit_of_work():
        db.session.execute(
            delete(NetworkBlock)
            .where(NetworkBlock.until <= clock.now())
            .execution_options(synchronize_session=False)
        )
