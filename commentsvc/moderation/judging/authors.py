"""What is known of an author when they write: their standing, what they wrote lately, whom they look like."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, case, func, select

from ...core import clock
from ...core.db import db
from ...sites.queries import membership, staff_names
from ...threads.models import Comment, Revision
from .names import is_title, looks
from .traits import similarity
from .verdict import Author

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site
    from ...sites.policy import Policy

HISTORY = timedelta(days=7)
_STAFF = ("owner", "moderator", "trusted")

# A repeat is the same words within the hour; a long text may differ a little and be a day old.
RECENT_TEXTS = 5
_SAME_WITHIN = timedelta(hours=1)
ALIKE_WITHIN = timedelta(days=1)
_ALIKE = 0.85
_LONG = 40


def author_of(
    user: User | None, site: Site, policy: Policy, text: str, comment: Comment | None
) -> Author:
    """The author's facts; those of a new guest where nobody is known yet. At most 3 queries."""
    if user is None or user.id is None:
        return Author()
    row = membership(user, site)
    kind = "guest" if user.is_guest else "reader"
    if row is not None and row.role in _STAFF:
        kind = row.role
    if user.is_admin:
        kind = "admin"
    resembles = staff_like(site, user.name) if kind in ("guest", "reader") else None
    counts = db.session.execute(_record(user, site, policy, comment)).one()
    return Author(
        kind=kind,
        approved=counts.approved or 0,
        recent_published=int(counts.published or 0),
        recent_rejected=int(counts.rejected or 0),
        recent_posts=int(counts.posts or 0),
        premoderated=row is not None and row.role == "premoderated",
        resembles=resembles or "",
        repeats=comment is None and policy.hold_repeats and _repeats(user, site, text),
    )


def staff_like(site: Site, name: str) -> str | None:
    """The name of the site or of its staff for which readers would take this one; the name itself where
    it only says that somebody runs the site."""
    seen = looks(name)
    alike = (each for each in staff_names(site) if not seen.isdisjoint(looks(each)))
    return next(alike, name if is_title(name) else None)


def _record(user: User, site: Site, policy: Policy, comment: Comment | None) -> Select[Any]:
    """What the author did here lately, bounded by an index range, and how many were let through."""
    moment = clock.now()
    own = (Comment.author_id == user.id, Comment.site_id == site.id)
    others = () if comment is None else (Comment.id != comment.id,)
    flood = moment - timedelta(minutes=policy.flood_minutes)
    approved = (
        select(Comment.id)
        .where(*own, *others, Comment.status == "published")
        .limit(policy.premoderate_first)
        .subquery()
    )
    return select(
        func.sum(case((Comment.status == "published", 1), else_=0)).label("published"),
        func.sum(case((Comment.status == "rejected", 1), else_=0)).label("rejected"),
        func.sum(case((Comment.created_at > flood, 1), else_=0)).label("posts"),
        select(func.count()).select_from(approved).scalar_subquery().label("approved"),
    ).where(*own, *others, Comment.created_at > moment - HISTORY)


def _repeats(user: User, site: Site, text: str) -> bool:
    moment = clock.now()
    rows = db.session.execute(
        select(Revision.text, Comment.created_at)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.author_id == user.id, Comment.site_id == site.id)
        .where(Comment.created_at > moment - ALIKE_WITHIN, Comment.status != "withdrawn")
        .order_by(Comment.created_at.desc())
        .limit(RECENT_TEXTS)
    ).all()
    return is_repeat(text, [(row.text, row.created_at) for row in rows], moment)


def is_repeat(text: str, earlier: Sequence[tuple[str, datetime]], moment: datetime) -> bool:
    """Whether a text says the same as one of its author's earlier ones: (text, when) of the last day."""
    folded = _folded(text)
    for before, written_at in earlier:
        if _folded(before) == folded and moment - written_at <= _SAME_WITHIN:
            return True
        if min(len(text), len(before)) >= _LONG and similarity(text, before) >= _ALIKE:
            return True
    return False


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
