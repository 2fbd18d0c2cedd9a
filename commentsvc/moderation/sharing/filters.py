"""Saved filters: one's own, and those that colleagues share on one's sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import any_of, db, unit_of_work
from ...core.errors import Conflict, Invalid, NotFound
from ...core.locale import named
from ...core.shown import one_line
from ...sites.queries import by_id, can, require, sites_of
from ..desk.queue import ORDERS, QUEUES
from .models import SavedFilter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ...sites.models import Site

LONGEST_NAME = 60
MOST = 30  # per person


@dataclass(frozen=True)
class Saved:
    """A filter as its reader sees it: `owner` is the colleague who shares it, None for one's own."""

    row: SavedFilter
    owner: str | None
    site_key: str | None


@dataclass(frozen=True)
class Narrowed:
    """A queue and its order, with the filter parameters of the page's address."""

    queue: str
    order: str
    given: Mapping[str, str]

    def check(self) -> None:
        """Raises `Invalid`."""
        if self.queue not in QUEUES:
            raise Invalid("invalid.choose", names=named("queue", QUEUES), field="queue")
        if self.order not in ORDERS:
            raise Invalid("invalid.choose", names=named("order", ORDERS), field="order")


def save(
    name: str, what: Narrowed, *, site: Site | None, shared: bool = False, by: User
) -> SavedFilter:
    """Save a filter under a name. Raises `Invalid`, `Conflict` for too many."""
    name = one_line(name)
    if not name:
        raise Invalid("invalid.filter_name", field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid("invalid.too_long", n=LONGEST_NAME, field="name")
    what.check()
    if site is not None:
        require(by, "moderate", site)
    with unit_of_work():
        mine = select(func.count()).where(SavedFilter.user_id == by.id)
        if (db.session.scalar(mine) or 0) >= MOST:
            raise Conflict("conflict.filter_most", n=MOST)
        made = SavedFilter(
            user_id=by.id,
            site_id=site.id if site else None,
            name=name,
            queue=what.queue,
            order=what.order,
            given=dict(what.given),
            shared=shared and site is not None,
            created_at=clock.now(),
        )
        db.session.add(made)
        db.session.flush()
        _record("filter_saved", made, by)
        if made.shared:
            _record("filter_shared", made, by)
    return made


def remove(public_id: str, *, by: User) -> SavedFilter:
    """Remove one's own filter or, as an owner, a shared one of the site. Raises `NotFound`."""
    with unit_of_work():
        row = _to_change(public_id, by)
        db.session.delete(row)
        _record("filter_removed", row, by)
    return row


def share(public_id: str, *, shared: bool, by: User) -> SavedFilter:
    """Share it with the site's staff, or stop sharing it. Raises `NotFound`."""
    with unit_of_work():
        row = _to_change(public_id, by)
        if row.site_id is None:
            raise NotFound("not_found.filter")
        if row.shared != shared:
            row.shared, row.takes = shared, row.takes and shared
            _record("filter_shared" if shared else "filter_unshared", row, by)
    return row


def take(public_id: str, *, on: bool, by: User) -> SavedFilter:
    """Take what one's own shared filter matches, or stop: colleagues see that, and their keys skip
    those cards. Raises `NotFound`."""
    with unit_of_work():
        row = _to_change(public_id, by)
        if row.site_id is None or row.user_id != by.id:
            raise NotFound("not_found.filter")
        if row.takes != on:
            row.takes, row.shared = on, row.shared or on
            _record("filter_taken" if on else "filter_untaken", row, by)
    return row


def takers(sites: Collection[Site]) -> list[tuple[SavedFilter, User]]:
    """The filters on these sites that take what they match, oldest first."""
    rows = db.session.execute(
        select(SavedFilter, User)
        .join(User, User.id == SavedFilter.user_id)
        .where(any_of(SavedFilter.site_id, [site.id for site in sites]))
        .where(SavedFilter.takes, SavedFilter.shared)
        .order_by(SavedFilter.id)
    ).all()
    known = {site.id: site for site in sites}
    return [(row, owner) for row, owner in rows if can(owner, "moderate", known[row.site_id or 0])]


def _record(kind: str, row: SavedFilter, by: User) -> None:
    record(kind, site_id=row.site_id, by=by, name=row.name)


def _to_change(public_id: str, by: User) -> SavedFilter:
    row = db.session.scalar(select(SavedFilter).where(SavedFilter.public_id == public_id))
    if row is None:
        raise NotFound("not_found.filter")
    if row.user_id == by.id and (row.site_id is None or can(by, "moderate", by_id(row.site_id))):
        return row
    if row.shared and row.site_id is not None and can(by, "manage_site", by_id(row.site_id)):
        return row
    raise NotFound("not_found.filter")


def of(user: User, sites: Collection[Site] | None = None) -> list[Saved]:
    """One's own filters and shared ones, on these sites (None: all of one's sites), the newest last:
    a new one changes no other's number. One query."""
    known = {site.id: site for site in (sites_of(user) if sites is None else sites)}
    mine = SavedFilter.user_id == user.id
    here = any_of(SavedFilter.site_id, known)
    rows = db.session.execute(
        select(SavedFilter, User.name)
        .join(User, User.id == SavedFilter.user_id)
        .where(
            or_(
                and_(mine, or_(SavedFilter.site_id.is_(None), here)),
                and_(SavedFilter.shared, here),
            )
        )
        .order_by(SavedFilter.id)
    ).all()
    return [
        Saved(
            row,
            None if row.user_id == user.id else name,
            known[row.site_id].key if row.site_id is not None else None,
        )
        for row, name in rows
    ]
