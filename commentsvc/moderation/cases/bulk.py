"""One decision about many comments: a preview, a job that works in small units, and an undo of all.

A preview stores exactly the comments that it shows, with the versions seen: what arrives or changes
later is left alone. Every comment gets an ordinary decision with the bulk's id as `batch`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, true, update
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...core import clock
from ...core.db import changed, db, release, unit_of_work
from ...core.errors import Conflict, Invalid, NotFound
from ...core.jobs import enqueue, handler
from ...core.locale import named
from ...sites.models import Membership, Site
from ...sites.queries import by_id, not_over, policy_of
from ...threads.models import Comment
from ..commands import decide_each
from ..desk.queue import Filters, found
from ..judging.reasons import given_by_people, site_of
from ..models import Decision
from ..sharing.canned import to_each_author
from ..undoing import undo_each
from .hits import in_parts
from .in_force import is_replaced
from .models import Bulk, Sanction
from .sanctions import AWAY, sanction
from .standing import is_undone

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ..sharing.models import CannedMessage

ACTIONS = {"approve": "published", "reject": "rejected"}
_BANS = 25  # per unit
UNIT = 50  # comments per unit; other writers get in between, and should not wait long
_PAUSE_SECONDS = 0.01
AT_ONCE = 4 * UNIT  # comments that are decided while the moderator waits
MOST = 5000  # comments per bulk


def preview(
    sites: Sequence[Site],
    *,
    action: str,
    by: User,
    reason: str | None = None,
    ban: bool = False,
    canned: CannedMessage | None = None,
    ticked: Mapping[str, int] | None = None,
    queue: str = "pending",
    filters: Filters | None = None,
) -> Bulk:
    """Store what a bulk would decide: the `ticked` comments (id -> version seen), or all that match,
    on sites where the reason and the `canned` message can be given; with `ban`, their authors are
    banned too. Decides nothing yet. Raises `Invalid`, also if no comment would change."""
    if ban and action != "reject":
        raise Invalid("invalid.ban", field="ban")
    sites, reason, message = _meant(sites, action, reason, canned)
    chosen = dict(found(sites, queue, filters, most=MOST + 1)) if ticked is None else ticked
    targets = [list(each) for each in _to_change(chosen, sites, action)]
    if not targets:
        raise Invalid("invalid.nothing_selected", field="ticked")
    with unit_of_work():
        bulk = Bulk(
            by_id=by.id,
            site_ids=sorted(site.id for site in sites),
            action=action,
            reason=reason,
            ban=ban,
            message=message,
            targets=targets[:MOST],
            more=len(chosen) > MOST,
            state="preview",
            seen=0,
            skipped=0,
            created_at=clock.now(),
        )
        db.session.add(bulk)
        db.session.flush()
    return bulk


def _meant(
    sites: Sequence[Site], action: str, reason: str | None, canned: CannedMessage | None
) -> tuple[Sequence[Site], str | None, dict[str, str] | None]:
    """The sites on which a rejection's reason and message can be given, and these. Raises
    `Invalid`."""
    if action not in ACTIONS:
        raise Invalid("invalid.choose", names=named("action", ACTIONS), field="action")
    if action != "reject":
        return sites, None, None
    code = given_by_people(reason or "", *(site.id for site in sites)).code
    sites = [site for site in sites if site_of(code) in (None, site.id)]
    if canned and not (sites := [each for each in sites if each.id == canned.site_id]):
        raise Invalid("invalid.canned_site", field="canned")
    return sites, code, canned.texts if canned else None


def find(public_id: str, sites: Sequence[Site]) -> Bulk:
    """The bulk with this id, for a moderator of all its sites. Raises `NotFound`."""
    bulk = db.session.scalar(select(Bulk).where(Bulk.public_id == public_id))
    if bulk is None or not set(bulk.site_ids) <= {site.id for site in sites}:
        raise NotFound("not_found.bulk")
    return bulk


def start(bulk: Bulk, *, by: User) -> None:
    """Queue the work. Idempotent. Raises `NotFound` for somebody else's bulk."""
    with unit_of_work():
        _hold(bulk)
        if bulk.by_id != by.id:
            raise NotFound("not_found.bulk")
        if bulk.state == "preview":
            bulk.state, bulk.started_at = "waiting", clock.now()
            enqueue("bulk_decide", bulk_id=bulk.id)


def carry_out(bulk: Bulk, *, by: User) -> None:
    """`start`, and of a short bulk, decide about all: a worker that does the same meanwhile takes
    other comments."""
    start(bulk, by=by)
    if bulk.total <= AT_ONCE:
        while decide_some(bulk.id):
            release()


def undo_all(bulk: Bulk, *, by: User) -> None:
    """Queue the undo of everything; what is not yet decided never will be. Raises `Conflict` for a
    preview, or if it was undone."""
    with unit_of_work():
        _hold(bulk)
        if bulk.state not in ("waiting", "running", "done"):
            raise Conflict("not_undoable.bulk")
        bulk.state, bulk.seen, bulk.skipped, bulk.finished_at = "undoing", 0, 0, None
        enqueue("bulk_undo", bulk_id=bulk.id, by_id=by.id)


# --- the work -------------------------------------------------------------------------------------


@handler("bulk_decide")
def bulk_decide(bulk_id: int) -> None:
    """Decide about the remaining comments, a unit at a time; resumes if a worker died."""
    _say_it_runs(bulk_id)
    while decide_some(bulk_id):
        _let_others_write()


def _say_it_runs(bulk_id: int) -> None:
    """Set the state in a unit of its own: the work's first unit is invisible until it commits."""
    with unit_of_work():
        changed(
            update(Bulk).where(Bulk.id == bulk_id, Bulk.state == "waiting").values(state="running")
        )


def decide_some(bulk_id: int) -> bool:
    """Decide about the next comments of a bulk, in one unit; returns whether there may be more."""
    with unit_of_work():
        bulk = _held(bulk_id)
        if bulk.state not in ("waiting", "running"):
            return False
        by = db.session.get_one(User, bulk.by_id)
        bulk.state = "running"
        some = dict(bulk.targets[bulk.seen : bulk.seen + UNIT])
        made = decide_each(
            some,
            action=bulk.action,
            by=by,
            reason=bulk.reason,
            batch=bulk.public_id,
            messages=_messages(bulk, some),
        )
        bulk.seen += len(some)
        bulk.skipped += len(some) - len(made)
        if bulk.seen >= bulk.total and not (bulk.ban and _ban_some(bulk, by)):
            bulk.state, bulk.finished_at = "done", clock.now()
        db.session.flush()
    return True


def _messages(bulk: Bulk, comment_ids: Collection[str]) -> dict[str, str]:
    """The bulk's message to the author of each of these comments, in their language."""
    if not bulk.message:
        return {}
    [site_id] = bulk.site_ids
    return to_each_author(by_id(site_id), bulk.message, comment_ids, reason=bulk.reason or "")


@handler("bulk_undo")
def bulk_undo(bulk_id: int, by_id: int) -> None:
    """Undo the decisions of a bulk that still stand, newest first, a unit at a time."""
    while undo_some(bulk_id, by_id):
        _let_others_write()


def undo_some(bulk_id: int, by_id: int) -> bool:
    """Undo the next of a bulk's decisions, then bans, in one unit; returns if there may be more."""
    with unit_of_work():
        bulk = _held(bulk_id)
        if bulk.state != "undoing":
            return False
        by = db.session.get_one(User, by_id)
        # Undone decisions no longer stand; those that cannot be undone stay first and are skipped.
        rows = _standing(bulk, skip=bulk.skipped)
        made = undo_each(rows, by=by)
        bulk.seen += len(rows)
        bulk.skipped += len(rows) - len(made)
        if not rows and not _lift_some(bulk, by):
            bulk.state, bulk.finished_at = "undone", clock.now()
        db.session.flush()
    return True


def _ban_some(bulk: Bulk, by: User) -> int:
    """Ban some of the authors whose comments were rejected and who are not banned yet; returns how
    many were left to ban. Skips staff."""
    mine = (Sanction.batch == bulk.public_id) & (Sanction.kind == "ban")
    looked_at = select(Sanction.user_id).where(mine, Sanction.site_id == Decision.site_id)
    rows = db.session.execute(
        select(Decision.site_id, Comment.author_id)
        .join(Comment, Comment.id == Decision.comment_id)
        .outerjoin(
            Membership,
            (Membership.site_id == Decision.site_id)
            & (Membership.user_id == Comment.author_id)
            & not_over(),
        )
        .where(Decision.batch == bulk.public_id, Decision.action == "reject")
        .where(Comment.author_id.not_in(looked_at))
        .where(func.coalesce(Membership.role, "").not_in(("owner", "moderator", "banned")))
        .distinct()
        .limit(_BANS)
    ).all()
    for row in rows:
        site = by_id(row.site_id)
        sanction(
            site,
            db.session.get_one(User, row.author_id),
            "ban",
            by=by,
            reason=bulk.reason,
            batch=bulk.public_id,
            delay=policy_of(site).undo_seconds,
        )
    return len(rows)


def _lift_some(bulk: Bulk, by: User) -> int:
    """Lift some of the bulk's bans and suspensions that nothing has replaced; returns how many."""
    rows = db.session.scalars(
        select(Sanction)
        .where(Sanction.batch == bulk.public_id, Sanction.kind.in_(AWAY))
        .where(~is_undone(Sanction), ~is_replaced())
        .limit(_BANS)
    ).all()
    for row in rows:
        user = db.session.get_one(User, row.user_id)
        sanction(by_id(row.site_id), user, "lift", by=by, batch=bulk.public_id, undoes=row)
    return len(rows)


def _let_others_write() -> None:
    release()
    time.sleep(_PAUSE_SECONDS)


def _standing(bulk: Bulk, *, skip: int) -> list[str]:
    counter = aliased(Decision)
    return list(
        db.session.scalars(
            select(Decision.public_id)
            .where(Decision.batch == bulk.public_id, Decision.action != "undo")
            .where(~select(counter.id).where(counter.undoes_id == Decision.id).exists())
            .order_by(Decision.id.desc())
            .offset(skip)
            .limit(UNIT)
        )
    )


def _hold(bulk: Bulk) -> None:
    db.session.refresh(bulk, with_for_update=True)


def _held(bulk_id: int) -> Bulk:
    """The bulk, locked: nobody stops it, or goes on with it, before the unit ends."""
    return db.session.get_one(Bulk, bulk_id, populate_existing=True, with_for_update=True)


def _to_change(
    chosen: Mapping[str, int], sites: Sequence[Site], action: str
) -> list[tuple[str, int]]:
    """The chosen comments on these sites that the action would change, in the order chosen: not
    those that a person decided the same way, nor those withdrawn."""
    listed = list(chosen)[: MOST + 1]
    decided = and_(Comment.status == ACTIONS[action], Comment.reviewed == true())
    known: set[str] = set()
    for part in in_parts(listed, 500):
        known |= set(
            db.session.scalars(
                select(Comment.public_id)
                .where(Comment.public_id.in_(part))
                .where(Comment.on_sites([site.id for site in sites]))
                .where(Comment.status != "withdrawn", ~decided)
            )
        )
    return [(each, chosen[each]) for each in listed if each in known]
