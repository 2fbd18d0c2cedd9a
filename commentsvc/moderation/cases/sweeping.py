"""Sanctions with their undo: a ban or suspension together with rejecting the person's comments is
one act, undone as one; other kinds can be undone while the person cannot know of them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import or_, select

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import db, unit_of_work
from ...core.errors import Conflict, NotFound
from ...core.ids import new_id
from ...core.jobs import enqueue, handler
from ...sites.commands import hold_membership
from ...sites.queries import by_id, can, membership, policy_of
from ...threads.models import Comment
from ..as_read import check_as_read
from ..audit import append
from ..commands import decide_each
from ..desk.queue import Filters, found
from ..record import open_case, require_moderator
from .bulk import MOST, UNIT, decide_some, undo_all, undo_some
from .models import Bulk, Sanction, SanctionAppeal
from .sanctions import AWAY, KINDS, check_kind, is_final, not_staff, sanction
from .standing import is_undone, put_back, twin_of

if TYPE_CHECKING:
    from datetime import datetime

    from ...sites.models import Site


_UNITS = 3  # rounds of undoing: the comments, the sanction, and a check that nothing is left
Rejecting = Literal["nothing", "waiting", "everything"]


def send_away(
    site: Site,
    user: User,
    kind: str,
    *,
    by: User,
    reason: str | None,
    message: str | None = None,
    note: str | None = None,
    until: datetime | None = None,
    rejecting: Rejecting = "nothing",
    also: tuple[str, int] | None = None,
) -> Bulk:
    """Ban or suspend somebody and reject, for the same reason, their pending comments on the site
    or all of them, and `also` this comment in this version. All of it is one bulk that is undone
    together with the sanction. A few comments are rejected in the same unit of work, many by a job.
    Nobody is notified before the undo time is over. Raises `Invalid`, `NotAllowed`, `Conflict`."""
    mine = Filters(author=user.public_id)
    waiting = found([site], "pending", mine, most=MOST) if rejecting == "waiting" else []
    with unit_of_work():
        waiting = _with(waiting, also, by=by)
        bulk = _begun(site, waiting, by=by, reason=reason, ban=kind == "ban")
        sanction(
            site,
            user,
            kind,
            by=by,
            reason=reason,
            message=message,
            note=note,
            until=until,
            reject_existing=rejecting == "everything",
            batch=bulk.public_id,
            delay=policy_of(site).undo_seconds,
        )
        if len(waiting) <= UNIT:
            decide_some(bulk.id)
        else:
            enqueue("bulk_decide", bulk_id=bulk.id)
    return bulk


def _with(
    waiting: list[tuple[str, int]], also: tuple[str, int] | None, *, by: User
) -> list[tuple[str, int]]:
    """The comments plus `also`. Raises `Conflict` if that has changed. In a unit of work only."""
    if also is None:
        return waiting
    case = open_case(also[0])
    require_moderator(case, by)
    check_as_read(case.comment, also[1])
    return [*waiting, *([] if also[0] in dict(waiting) else [also])]


def sanction_shortly(site: Site, user: User, kind: str, *, by: User, **said: Any) -> Sanction:
    """`sanction`, which the person sees and is notified of only once the time to undo it is over.
    For kinds other than those in `AWAY`, whose undo is a bulk's."""
    check_kind(site, kind, said.get("reason"), said.get("until"))
    delay = policy_of(site).undo_seconds
    return sanction(site, user, kind, by=by, **said, batch=new_id(), delay=delay)


def undo_sanction(public_id: str, *, by: User) -> Sanction:
    """Undo a warning, pre-moderation, trust or a lift while the person cannot know of it: they are
    what they were before, and never notified. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    with unit_of_work():
        found = select(Sanction).where(Sanction.public_id == public_id)
        row = db.session.scalar(found)
        if row is None or not can(by, "sanction", by_id(row.site_id)):
            raise NotFound("not_found.sanction")
        site, user = by_id(row.site_id), db.session.get_one(User, row.user_id)
        hold_membership(site, user)
        row = db.session.scalars(found.execution_options(populate_existing=True)).one()
        not_staff(site, user, by)
        _check_undoable(row, user)
        undo = Sanction(
            site_id=site.id,
            user_id=user.id,
            by_id=by.id,
            kind="undo",
            batch=row.batch,
            created_at=clock.now(),
        )
        if row.kind != "warn":
            put_back(site, user, row.before, by=by)
        db.session.add(undo)
        db.session.flush()
        said = {"sanction": undo.public_id, "kind": undo.kind, "undoes": row.public_id}
        append(site.id, "sanction", said)
        record("sanction_undone", site_id=site.id, by=by, about=user, sanction=row.kind)
    return undo


def is_undoable(row: Sanction, user: User) -> bool:
    """Whether `undo_sanction` can undo this person's sanction."""
    with suppress(Conflict):
        _check_undoable(row, user)
        return True
    return False


def _check_undoable(row: Sanction, user: User) -> None:
    if row.batch is None or row.kind not in KINDS or row.kind in AWAY:
        raise Conflict("not_undoable.sanction")
    if twin_of(row) is not None:
        raise Conflict("conflict.undone")
    if row.acknowledged_at or is_final(row):
        raise Conflict("not_undoable.sanction_seen")
    if row.kind == "warn":
        return
    beside = Sanction.user_id == row.user_id, Sanction.site_id == row.site_id
    later = select(Sanction.id).where(*beside, Sanction.id > row.id, Sanction.kind != "warn")
    newer = db.session.scalar(later.where(~is_undone(Sanction)).limit(1)) is not None
    held = membership(user, by_id(row.site_id))
    if newer or (held.role if held else None) != KINDS[row.kind]:
        raise Conflict("not_undoable.sanction_newer")
    granted = select(SanctionAppeal.id).where(
        SanctionAppeal.user_id == row.user_id,
        SanctionAppeal.site_id == row.site_id,
        SanctionAppeal.decided_at == row.created_at,
    )
    if db.session.scalar(granted.limit(1)) is not None:
        raise Conflict("not_undoable.sanction_appeal")


def call_back(bulk: Bulk, *, by: User) -> None:
    """Undo a bulk at once, or the rest of a large one by a job. Raises `Conflict` as `undo_all`."""
    with unit_of_work():
        undo_all(bulk, by=by)
        db.session.flush()
        for _ in range(_UNITS):
            if not undo_some(bulk.id, by.id):
                break


def _begun(
    site: Site, waiting: list[tuple[str, int]], *, by: User, reason: str | None, ban: bool
) -> Bulk:
    bulk = Bulk(
        by_id=by.id,
        site_ids=[site.id],
        action="reject",
        reason=reason,
        ban=ban,
        targets=[list(each) for each in waiting],
        more=False,
        state="waiting",
        seen=0,
        skipped=0,
        created_at=clock.now(),
        started_at=clock.now(),
    )
    db.session.add(bulk)
    db.session.flush()
    return bulk


@handler("reject_all_of")
def reject_all_of(sanction_id: int) -> None:
    """Reject the person's published and pending comments, a unit at a time, under one batch."""
    row = db.session.get_one(Sanction, sanction_id)
    by = db.session.get(User, row.by_id) if row.by_id else None
    if by is None:
        return
    while _reject_some(row, by):
        pass


def _reject_some(row: Sanction, by: User) -> bool:
    """Whether there may be more to reject: not once undone, nor if `by` may no longer moderate."""
    with unit_of_work():
        bulk = select(Bulk.state).where(Bulk.public_id == row.batch).with_for_update()
        if db.session.scalar(bulk) in ("undoing", "undone"):
            return False
        seen: dict[str, int | None] = dict.fromkeys(_standing(row))
        if not seen:
            return False
        return bool(decide_each(seen, action="reject", by=by, reason=row.reason, batch=row.batch))


def _standing(row: Sanction) -> list[str]:
    return list(
        db.session.scalars(
            select(Comment.public_id)
            .where(
                Comment.author_id == row.user_id,
                Comment.site_id == row.site_id,
                or_(Comment.status == "published", Comment.status == "pending"),
            )
            .order_by(Comment.id)
            .limit(100)
        )
    )
