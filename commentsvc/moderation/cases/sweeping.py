"""A ban or suspension together with what the person has waiting: one act, undone at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core import clock
from ...core.db import db, unit_of_work
from ...core.jobs import enqueue
from ...sites.queries import policy_of
from ..desk.queue import Filters, found
from .bulk import MOST, UNIT, decide_some
from .models import Bulk
from .sanctions import sanction

if TYPE_CHECKING:
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site


def sanction_and_reject(
    site: Site,
    user: User,
    kind: str,
    *,
    by: User,
    reason: str | None,
    message: str | None = None,
    note: str | None = None,
    until: datetime | None = None,
) -> Bulk | None:
    """Ban or suspend somebody and reject what they have waiting on the site, for the same reason: a bulk
    that can be undone together with the sanction, or None where nothing waits. Few comments are rejected
    in the same unit, many by a job. Nobody is told before the undo time is over. Raises `Invalid`,
    `NotAllowed`."""
    said: dict[str, Any] = {
        "by": by,
        "reason": reason,
        "message": message,
        "note": note,
        "until": until,
    }
    waiting = found([site], "pending", Filters(author=user.public_id), most=MOST)
    with unit_of_work():
        if not waiting:
            sanction(site, user, kind, **said)
            return None
        bulk = _begun(site, waiting, by=by, reason=reason, ban=kind == "ban")
        delay = policy_of(site).undo_seconds
        sanction(site, user, kind, **said, batch=bulk.public_id, delay=delay)
        if len(waiting) <= UNIT:
            decide_some(bulk.id)
        else:
            enqueue("bulk_decide", bulk_id=bulk.id)
    return bulk


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
