"""What became of a person's own comments, as far as they may know it already. Reads, never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ..accounts.models import User
from ..core.db import db, from_micros, micros
from ..core.paging import Page, decode_cursor, encode_cursor
from ..sites.models import Site
from ..threads.models import Comment, Revision, Thread
from ..threads.views import permalink
from .models import Decision
from .told import may_be_undone, standing


@dataclass(frozen=True)
class Outcome:
    """One own comment. `status` is what the author may know: a decision that can still be taken back
    has not been made for them. `decision` is the newest one they may know of."""

    comment: Comment
    revision: Revision
    site: Site
    thread: Thread
    status: str
    decision: Decision | None
    permalink: str


def own_comments(user: User, *, after: str | None = None, limit: int = 20) -> Page[Outcome]:
    """The person's comments on all sites, the newest first: two queries."""
    query = (
        select(Comment, Revision, Site, Thread)
        .join(Revision, Revision.id == Comment.revision_id)
        .join(Site, Site.id == Comment.site_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.author_id == user.id)
    )
    if after:
        moment, row_id = decode_cursor(after, int, int)
        at = from_micros(moment)
        query = query.where(
            (Comment.created_at < at) | ((Comment.created_at == at) & (Comment.id < row_id))
        )
    rows = db.session.execute(
        query.order_by(Comment.created_at.desc(), Comment.id.desc()).limit(limit + 1)
    ).all()
    decisions = standing([row.Comment.id for row in rows[:limit]])
    items = [_outcome(*row, decisions.get(row.Comment.id, ())) for row in rows[:limit]]
    last = rows[limit - 1].Comment if len(rows) > limit else None
    return Page(items, encode_cursor(micros(last.created_at), last.id) if last else None)


def _outcome(
    comment: Comment, revision: Revision, site: Site, thread: Thread, decisions: Sequence[Decision]
) -> Outcome:
    status = comment.status
    known = None
    for decision in decisions:  # the newest first
        if not may_be_undone(decision):
            known = decision
            break
        if status == decision.status_after:
            status = decision.status_before
    return Outcome(
        comment=comment,
        revision=revision,
        site=site,
        thread=thread,
        status=status,
        decision=known,
        permalink=permalink(thread.href, thread.public_id, comment.public_id),
    )
