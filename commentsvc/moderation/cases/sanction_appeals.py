"""A person's appeal against a suspension or ban, decided once, by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ...accounts.models import User
from ...core import clock
from ...core.db import any_of, db, unit_of_work
from ...core.errors import Conflict, NotAllowed, NotFound
from ...core.jobs import enqueue
from ...sites.models import Membership
from ...sites.queries import by_id, membership, not_over, require, sites_of
from ..audit import append
from .appeals import answer_to, appealing, settle, words_of
from .in_force import appeal_of, is_replaced, led_to, seconds_left
from .models import Sanction, SanctionAppeal
from .sanctions import sanction

if TYPE_CHECKING:
    from sqlalchemy import Select

    from ...sites.models import Site


def appeal(site: Site, text: str, *, by: User) -> SanctionAppeal:
    """Appeal the suspension or ban in force, once. Raises `Conflict` if there is nothing to appeal,
    and `Invalid` for an empty or too long text."""
    text = words_of(text)
    with appealing():
        led = _open_to_appeal(site, by)
        made = SanctionAppeal(
            site_id=site.id,
            sanction_id=led.id,
            user_id=by.id,
            text=text,
            created_at=clock.now(),
        )
        db.session.add(made)
        db.session.flush()
        append(site.id, "appeal", _public(made, led))
    return made


def _open_to_appeal(site: Site, by: User) -> Sanction:
    row = membership(by, site)
    if row is None or row.role != "banned" or seconds_left(row):
        raise Conflict("nothing_to_appeal")
    led = led_to(row) or _given_as_role(row)
    if appeal_of(led) is not None:
        raise Conflict("nothing_to_appeal")
    return led


def _given_as_role(row: Membership) -> Sanction:
    """Create a sanction for a ban without one (from the command line), so it can be appealed."""
    led = Sanction(
        site_id=row.site_id,
        user_id=row.user_id,
        by_id=row.set_by_id,
        kind="suspend" if row.until else "ban",
        message=row.message,
        note=row.note,
        until=row.until,
        created_at=row.set_at,
    )
    db.session.add(led)
    db.session.flush()
    return led


def hear(public_id: str, *, outcome: str, answer: str = "", by: User) -> SanctionAppeal:
    """Decide an appeal: `upheld` leaves the sanction, `overturned` lifts it. Not by the person who
    imposed it or appealed. Raises `NotFound`, `NotAllowed`, `Conflict` if it is already decided."""
    answer = answer_to(outcome, answer)
    with unit_of_work():
        made = _mine(public_id, by)
        led = db.session.get_one(Sanction, made.sanction_id)
        if by.id in (led.by_id, made.user_id):
            raise NotAllowed("own_decision")
        settle(made, outcome=outcome, answer=answer, by=by)
        append(made.site_id, "appeal", _public(made, led))
        if outcome != "overturned" or not _lifted(made, led, by):
            enqueue("on_sanction_appeal", appeal_id=made.id)
    return made


def _lifted(made: SanctionAppeal, led: Sanction, by: User) -> bool:
    """Lift the sanction, which also notifies the person. False if it is not in force any more."""
    user, site = db.session.get_one(User, made.user_id), by_id(made.site_id)
    row = membership(user, site)
    if row is None or row.role != "banned":
        return False
    if (now := led_to(row)) is None or now.id != led.id:
        return False
    message = (made.answer or "")[:1000] or None
    # An older ban that this one replaced must not come back.
    undoes = led if led.before and led.before["role"] != "banned" else None
    sanction(site, user, "lift", by=by, message=message, undoes=undoes)
    return True


def _mine(public_id: str, by: User) -> SanctionAppeal:
    made = db.session.scalar(select(SanctionAppeal).where(SanctionAppeal.public_id == public_id))
    if made is None or made.site_id not in {site.id for site in sites_of(by, "sanction")}:
        raise NotFound("not_found.appeal")
    require(by, "sanction", by_id(made.site_id))
    return made


def waiting(
    by: User, sites: list[Site], *, limit: int = 20
) -> list[tuple[SanctionAppeal, Sanction]]:
    """The appeals that this moderator may decide, the oldest first, each with its sanction."""
    query = (
        select(SanctionAppeal, Sanction)
        .join(Sanction, Sanction.id == SanctionAppeal.sanction_id)
        .order_by(SanctionAppeal.created_at, SanctionAppeal.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(open_to(query, by, sites))]


def open_to(query: Select, by: User, sites: list[Site]) -> Select:  # type: ignore[type-arg]
    """Narrow a query about appeals and their sanctions to those that this moderator may decide."""
    return still_in_force(query).where(
        any_of(SanctionAppeal.site_id, [site.id for site in sites]),
        SanctionAppeal.decided_at.is_(None),
        SanctionAppeal.user_id != by.id,
        Sanction.by_id.is_distinct_from(by.id),
    )


def still_in_force(query: Select) -> Select:  # type: ignore[type-arg]
    """Narrow a query about appeals and their sanctions to sanctions that are still in force."""
    return query.join(
        Membership,
        (Membership.site_id == Sanction.site_id) & (Membership.user_id == Sanction.user_id),
    ).where(
        Membership.role == "banned",
        not_over(),
        ~is_replaced(),
    )


def _public(made: SanctionAppeal, led: Sanction) -> dict[str, str | None]:
    return {"appeal": made.public_id, "sanction": led.kind, "outcome": made.outcome}
