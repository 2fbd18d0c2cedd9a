"""Sanctions of a person on one site: warn, suspend, ban, pre-moderate, trust, lift.

Every change is a permanent row with who, when and why; the role in force is the membership's. The
person is always notified with the reason: nobody is sanctioned silently. Only what is undone within
the undo time, before they could see it, stays unknown to them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from ...accounts.acts import record
from ...core import clock
from ...core.db import db, unit_of_work
from ...core.errors import Invalid, NotAllowed, NotFound
from ...core.jobs import enqueue
from ...core.locale import named
from ...sites.commands import put_role
from ...sites.models import Site
from ...sites.queries import membership, require, role_of
from ..audit import append
from ..judging.reasons import given_by_people
from ..record import short
from ..taxonomy import logged
from .models import Sanction, SanctionAppeal
from .standing import is_undone, kept, put_back, twin_of

if TYPE_CHECKING:
    from datetime import datetime

    from ...accounts.models import User

#: kind -> the role it leads to (None: back to an ordinary reader)
KINDS: dict[str, str | None] = {
    "warn": None,
    "suspend": "banned",
    "ban": "banned",
    "premoderate": "premoderated",
    "trust": "trusted",
    "lift": None,
}
AWAY = ("suspend", "ban")  # the kinds that forbid writing and may reject existing comments
RESTRICTIONS = ("warn", "suspend", "ban", "premoderate")
MOST_WORDS = 1000


class AcknowledgeFirst(NotAllowed):
    """A warning has to be acknowledged before the next comment."""


def sanction(
    site: Site,
    user: User,
    kind: str,
    *,
    by: User,
    reason: str | None = None,
    message: str | None = None,
    note: str | None = None,
    until: datetime | None = None,
    reject_existing: bool = False,
    batch: str | None = None,
    delay: float = 0,
    undoes: Sanction | None = None,
) -> Sanction:
    """Restrict a person with a reason code, or lift a restriction; a suspension needs an end in the
    future. The person is notified after `delay` seconds, unless it is lifted before. With
    `reject_existing` a job rejects their published and pending comments, as part of the bulk
    `batch`. Lifting with `undoes` restores what they were before it. Raises `Invalid`, or
    `NotAllowed` for staff, whom only an owner may sanction."""
    reason = check_kind(site, kind, reason, until, begun=batch is not None)
    row = Sanction(
        site_id=site.id,
        user_id=user.id,
        by_id=by.id,
        kind=kind,
        reason=reason,
        message=short(message, "message", most=MOST_WORDS),
        note=short(note, "note", most=MOST_WORDS),
        until=until if kind == "suspend" else None,
        batch=batch,
        created_at=(moment := clock.now()),
        final_at=moment + timedelta(seconds=delay) if batch else None,
    )
    with unit_of_work():
        _carry_out(row, site, user, by, undoes)
        if reject_existing and kind in AWAY:
            enqueue("reject_all_of", sanction_id=row.id)
        enqueue("on_sanction", delay=delay, sanction_id=row.id)
    return row


def check_kind(
    site: Site, kind: str, reason: str | None, until: datetime | None, **more: bool
) -> str | None:
    """The reason to store: none for what restricts nobody. Raises `Invalid`."""
    if kind not in KINDS:
        raise Invalid("invalid.choose", names=named("sanction", KINDS), field="kind")
    if kind == "suspend" and (until is None or until <= clock.now()):
        raise Invalid("invalid.until", field="until")
    return given_by_people(reason or "", site.id, **more).code if kind in RESTRICTIONS else None


def _carry_out(row: Sanction, site: Site, user: User, by: User, undoes: Sanction | None) -> None:
    require(by, "sanction", site)
    not_staff(site, user, by)
    if row.kind in (*AWAY, "lift") or row.batch:
        row.before = kept(user, site)
    was = None
    if undoes is not None:
        held = membership(user, site)
        if held is not None and held.role == "banned":
            put_back(site, user, undoes.before, by=by)
    elif row.kind != "warn":
        why: dict[str, Any] = {"note": row.note, "message": row.message}
        was = put_role(site, user, KINDS[row.kind], by=by, until=row.until, **why)
    db.session.add(row)
    db.session.flush()
    said = {"kind": row.kind, "reason": row.reason, "until": _day(row.until)} | logged(row.reason)
    undone = {"undoes": undoes.public_id} if undoes and row.batch else {}
    append(site.id, "sanction", {"sanction": row.public_id, **said, **undone})
    if row.kind not in ("warn", *AWAY) and role_of(user, site) != "banned":
        _grant_appeals(row)
    ends = row.until.isoformat() if row.until else None
    where: dict[str, Any] = {"site_id": site.id, "by": by, "about": user}
    if undoes is not None and undone:
        record("sanction_undone", **where, sanction=undoes.kind)
        return
    lifted: dict[str, Any] = {"was": was} if row.kind == "lift" and was else {}
    record(row.kind, **where, id=row.public_id, reason=row.reason, until=ends, **lifted)


def _grant_appeals(row: Sanction) -> None:
    """Grant the open appeals of a person who may write again; the message is the answer."""
    made = db.session.execute(
        select(SanctionAppeal, Sanction.kind)
        .join(Sanction, Sanction.id == SanctionAppeal.sanction_id)
        .where(SanctionAppeal.user_id == row.user_id, SanctionAppeal.site_id == row.site_id)
        .where(SanctionAppeal.decided_at.is_(None))
    )
    for appeal, kind in made:
        appeal.decided_at, appeal.decided_by_id = row.created_at, row.by_id
        appeal.outcome, appeal.answer = "overturned", row.message
        said = {"appeal": appeal.public_id, "sanction": kind, "outcome": "overturned"}
        append(row.site_id, "appeal", said)


def is_to_be_told(row: Sanction) -> bool:
    """Whether the person is notified. Not of a sanction that was undone in time, nor of a
    suspension or ban that was lifted while it could be undone, nor of that undo or lift."""
    if (twin := twin_of(row)) is not None:
        first, second = sorted((row, twin), key=lambda each: each.id)
        return not _in_time(first, second)
    beside = (
        select(Sanction)
        .where(Sanction.user_id == row.user_id, Sanction.site_id == row.site_id)
        .where(Sanction.kind != "warn", ~is_undone(Sanction))
    )
    away: Sanction | None = row
    lift: Sanction | None = row
    if row.kind == "lift":
        before = beside.where(Sanction.id < row.id).order_by(Sanction.id.desc())
        away = db.session.scalar(before.limit(1))
    else:
        after = beside.where(Sanction.id > row.id).order_by(Sanction.id)
        lift = db.session.scalar(after.limit(1))
    if away is None or away.kind not in AWAY or away.batch is None:
        return True
    if lift is None or lift.kind != "lift":
        return True
    return not _in_time(away, lift)


def notified_as(row: Sanction) -> str:
    """The kind in the words for the person: lifting what a trusted person has only ends trust."""
    trusted = row.kind == "lift" and row.before is not None and row.before["role"] == "trusted"
    return "end_trust" if trusted else row.kind


def _in_time(first: Sanction, second: Sanction) -> bool:
    """Whether the second came while the first could be undone."""
    return first.final_at is not None and second.created_at < first.final_at


def not_staff(site: Site, user: User, by: User) -> None:
    """Raises `NotAllowed` for oneself, and for staff unless by an owner."""
    if user.id == by.id:
        raise NotAllowed("own_account")
    if role_of(user, site) in ("moderator", "owner", "admin") and role_of(by, site) not in (
        "owner",
        "admin",
    ):
        raise NotAllowed("staff")


def history(user: User, sites: list[Site]) -> list[Sanction]:
    """A person's sanctions on these sites, newest first."""
    ids = [site.id for site in sites]
    return list(
        db.session.scalars(
            select(Sanction)
            .where(Sanction.user_id == user.id, Sanction.site_id.in_(ids))
            .order_by(Sanction.id.desc())
        )
    )


# --- what it means for writing --------------------------------------------------------------------


def acknowledge_first(warning: Any) -> AcknowledgeFirst:
    """The error for somebody with an unacknowledged warning, a row of `WARNING`."""
    if warning.message:
        return AcknowledgeFirst(
            "acknowledge_first.message", field=warning.public_id, message=warning.message
        )
    return AcknowledgeFirst("acknowledge_first", field=warning.public_id)


def is_final(row: Sanction) -> bool:
    """Whether the time to undo it, set when it was made, is over: the person sees it from then."""
    return row.final_at is None or row.final_at <= clock.now()


_OPEN = (Sanction.kind == "warn", Sanction.acknowledged_at.is_(None), ~is_undone(Sanction))
#: The newest warning that the person can see and has not acknowledged at `moment`.
WARNING = (
    select(Sanction.id, Sanction.public_id, Sanction.message)
    .where(Sanction.user_id == bindparam("user"), Sanction.site_id == bindparam("site"), *_OPEN)
    .where(or_(Sanction.final_at.is_(None), Sanction.final_at <= bindparam("moment")))
    .order_by(Sanction.id.desc())
    .limit(1)
)


def open_warning(user: User, site: Site) -> Sanction | None:
    """The newest warning that the person can see and has not acknowledged."""
    return next((row for row, where in open_warnings(user) if where.id == site.id), None)


def open_warnings(user: User) -> list[tuple[Sanction, Site]]:
    """The warnings on all sites that the person can see and has not acknowledged, newest first."""
    rows = db.session.execute(
        select(Sanction, Site)
        .join(Site, Site.id == Sanction.site_id)
        .where(Sanction.user_id == user.id, *_OPEN)
        .order_by(Sanction.id.desc())
    )
    return [(row, site) for row, site in rows if is_final(row)]


def site_of_warning(public_id: str, user: User | None) -> Site:
    """The site on which this person was warned. Raises `NotFound`, also for somebody else's."""
    found = db.session.scalar(
        select(Site)
        .join(Sanction, Sanction.site_id == Site.id)
        .where(Sanction.public_id == public_id, Sanction.kind == "warn")
        .where(Sanction.user_id == (user.id if user else None))
    )
    if found is None:
        raise NotFound("not_found.warning")
    return found


def acknowledge(public_id: str, *, user: User | None) -> None:
    """Acknowledge the warning and all before it. Idempotent. Raises `NotFound`."""
    with unit_of_work():
        row = db.session.scalar(select(Sanction).where(Sanction.public_id == public_id))
        if row is None or user is None or row.user_id != user.id:
            raise NotFound("not_found.warning")
        db.session.execute(
            update(Sanction)
            .where(
                Sanction.user_id == user.id,
                Sanction.site_id == row.site_id,
                Sanction.kind == "warn",
                Sanction.id <= row.id,
                Sanction.acknowledged_at.is_(None),
            )
            .values(acknowledged_at=clock.now())
        )


def _day(moment: datetime | None) -> Any:
    return moment.date().isoformat() if moment else None
