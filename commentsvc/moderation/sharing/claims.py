"""Claims: who has taken a comment, by claiming it for 15 minutes or by being assigned it for a day.
They prevent nobody from deciding: others see them, and their keys skip the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, or_, select

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import any_of, db, unit_of_work
from ...core.errors import Conflict, NotAllowed, NotFound
from ...core.jobs import periodic
from ...core.rows import insert_row
from ...sites.models import Membership
from ...sites.queries import by_id, can, not_over
from ...threads.models import Comment
from ..record import open_case, require_moderator
from .models import Claim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from ...sites.models import Site

CLAIMED = timedelta(minutes=15)
ASSIGNED = timedelta(days=1)
_OPEN = ("pending", "published")
_STAFF = ("moderator", "owner")


@dataclass(frozen=True)
class Taken:
    """Who has taken a comment, and until when. `assigned` for a day, or claimed for 15 minutes."""

    user_id: str
    name: str
    until: datetime
    assigned: bool


def claim(comment_public_id: str, *, by: User) -> Claim:
    """Claim a comment, or extend one's claim. Raises `NotFound`, `NotAllowed`, and `Conflict` while
    a colleague has it."""
    with unit_of_work():
        comment = _to_decide(comment_public_id, by)
        held = _in_force(comment)
        if held is not None and held.user_id != by.id:
            name = db.session.scalar(select(User.name).where(User.id == held.user_id))
            raise Conflict("conflict.claimed", name=name or "")
        made = _put(comment, by, by, clock.now() + CLAIMED)
        record("claimed", site_id=comment.site_id, by=by, thread_id=comment.thread_id)
    return made


def assign(comment_public_id: str, to_public_id: str, *, by: User) -> Claim:
    """Assign it to a moderator of the site, whoever has it now. Raises `NotFound`, `NotAllowed`."""
    with unit_of_work():
        comment = _to_decide(comment_public_id, by)
        site = by_id(comment.site_id)
        to = db.session.scalar(select(User).where(User.public_id == to_public_id))
        if to is None or not can(to, "moderate", site):
            raise NotFound("not_found.person_here")
        made = _put(comment, to, by, clock.now() + ASSIGNED)
        record("assigned", site_id=site.id, by=by, about=to, thread_id=comment.thread_id)
    return made


def release(comment_public_id: str, *, by: User) -> None:
    """Release a comment that one has taken or assigned; owners of the site may release any. Raises
    `NotFound`, `NotAllowed`."""
    with unit_of_work():
        comment = _to_decide(comment_public_id, by)
        held = _in_force(comment)
        if held is None:
            return
        if not _may_release(held, by):
            raise NotAllowed("may_not_moderate.claim")
        db.session.execute(delete(Claim).where(Claim.comment_id == comment.id))
        record("released", site_id=comment.site_id, by=by, thread_id=comment.thread_id)


def may_release(comment: Comment, *, by: User) -> bool:
    """Whether somebody has taken it and this person may release it."""
    held = _in_force(comment)
    return held is not None and _may_release(held, by)


def _may_release(held: Claim, by: User) -> bool:
    return by.id in (held.user_id, held.by_id) or can(by, "manage_site", by_id(held.site_id))


def _to_decide(comment_public_id: str, by: User) -> Comment:
    case = open_case(comment_public_id)
    require_moderator(case, by)
    if case.comment.status not in _OPEN:
        raise NotFound("not_found.comment")
    return case.comment


def _in_force(comment: Comment) -> Claim | None:
    return db.session.scalar(
        select(Claim)
        .join(User, User.id == Claim.user_id)
        .where(Claim.comment_id == comment.id, Claim.until > clock.now(), _may_still_decide())
    )


def _may_still_decide() -> ColumnElement[bool]:
    """Whether the `User` of a `Claim` is staff of its site now: what a former colleague has taken is
    free."""
    here = (Membership.user_id == Claim.user_id, Membership.site_id == Claim.site_id)
    has_role = exists().where(*here, Membership.role.in_(_STAFF), not_over())
    return and_(User.erased_at.is_(None), or_(User.is_admin, has_role))


def _put(comment: Comment, to: User, by: User, until: datetime) -> Claim:
    db.session.execute(delete(Claim).where(Claim.comment_id == comment.id))
    insert_row(
        Claim,
        comment_id=comment.id,
        site_id=comment.site_id,
        user_id=to.id,
        by_id=by.id,
        until=until,
    )
    return db.session.get_one(Claim, comment.id, populate_existing=True)


def taken(comment_public_ids: Sequence[str], sites: Sequence[Site]) -> dict[str, Taken]:
    """Comment id -> who has taken it now: one query."""
    if not comment_public_ids:
        return {}
    now = clock.now()
    # an assignment to oneself is recognized by its end alone, until 15 minutes are left
    assigned = or_(Claim.by_id != Claim.user_id, Claim.until > now + CLAIMED)
    rows = db.session.execute(
        select(Comment.public_id, User.public_id, User.name, Claim.until, assigned)
        .join(Claim, Claim.comment_id == Comment.id)
        .join(User, User.id == Claim.user_id)
        .where(Comment.public_id.in_(comment_public_ids), Claim.until > now)
        .where(any_of(Claim.site_id, [site.id for site in sites]), _may_still_decide())
    ).all()
    return {row[0]: Taken(*row[1:4], assigned=bool(row[4])) for row in rows}


def colleagues(site: Site) -> list[tuple[str, str]]:
    """Ids and names of the site's staff, to whom a comment can be assigned."""
    rows = db.session.execute(
        select(User.public_id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.site_id == site.id, Membership.role.in_(_STAFF))
        .where(not_over())
        .order_by(User.name, User.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


@periodic("forget_claims", minutes=60)
def forget_claims() -> None:
    """Delete the claims that have ended."""
    with unit_of_work():
        db.session.execute(delete(Claim).where(Claim.until <= clock.now()))
