"""A ban or suspension, optionally with rejecting the person's comments: one act, undone as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ...core import clock
from ...core.db import db, unit_of_work
from ...core.errors import Conflict
from ...core.jobs import enqueue
from ...sites.queries import policy_of
from ..desk.queue import Filters, found
from ..record import open_case, require_moderator
from .bulk import MOST, UNIT, decide_some, undo_all, undo_some
from .models import Bulk
from .sanctions import sanction

if TYPE_CHECKING:
    from datetime import datetime

    from ...accounts.models import User
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
    if case.comment.version != also[1]:
        raise Conflict("changed")
    return [*waiting, *([] if also[0] in dict(waiting) else [also])]


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
