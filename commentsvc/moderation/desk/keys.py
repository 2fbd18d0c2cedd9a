"""Row ids of a queue in its order, over one site or many: every site's index gives its own order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, func, join, or_, select, true
from sqlalchemy.orm import aliased

from ...core.db import Among, any_of, db, from_micros, is_sqlite, micros
from ...core.paging import decode_cursor, encode_cursor
from ...sites.models import Site
from ...threads.models import Comment
from .filters import is_listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Order = Literal["urgent", "newest", "oldest"]
ORDERS: tuple[Order, ...] = get_args(Order)
MOST_COUNTED = 10_000  # beyond this the page says "10,000+"
_HALVES = 6  # steps to find where a search of many sites ends
# Made once: to make an alias takes longer than to ask with it.
_First, _Member = aliased(Comment), aliased(Comment)

Conditions = list[ColumnElement[bool]]


def keys(
    sites: Sequence[Site], where: Conditions, order: str, after: str | None, limit: int
) -> Sequence[Any]:
    """Up to `limit` row ids and sort keys of the comments on these sites that meet the conditions,
    in this order, after a cursor. Raises `Invalid` for a wrong cursor."""
    further = [*where, *beyond_cursor(after, order)]
    ids: Sequence[int] = [site.id for site in sites]
    if is_listed(where):
        return listed(ids, further, order, limit)
    if len(ids) > limit:
        ids = [each.site_id for each in heads(ids, further, order, limit)]
    return merged(ids, further, order, limit)


def merged(
    site_ids: Sequence[int], where: Conditions, order: str, limit: int, *, with_wave: bool = False
) -> Sequence[Any]:
    """The same on a few sites: each is asked by itself, as its index gives the order. `with_wave`:
    also each one's `wave` and `site_id`."""
    if not site_ids:
        return []
    if len(site_ids) == 1:
        rows = _of_site(site_ids[0], where, order).limit(limit)
        return db.session.execute(
            rows.add_columns(*_wave_of(Comment.id)) if with_wave else rows
        ).all()
    return _of_each_site(site_ids, where, order, limit, limit)


def cursor(row: Any, order: str) -> str:
    """The cursor of a row of `keys`: the next page begins after it."""
    return encode_cursor(row.key if order == "urgent" else micros(row.key), row.id)


def in_order(rows: Iterable[Any], order: str) -> list[Any]:
    """Rows of `keys` or `heads` in this order."""
    return sorted(rows, key=lambda each: (each.key, each.id), reverse=order != "oldest")


def beyond_cursor(after: str | None, order: str) -> Conditions:
    """The condition for comments after a cursor, if any. Raises `Invalid`."""
    if not after:
        return []
    key, row_id = decode_cursor(after, float if order == "urgent" else int, int)
    return [beyond(order, key if order == "urgent" else from_micros(key), row_id)]


def listed(site_ids: Sequence[int], where: Conditions, order: str, limit: int) -> Sequence[Any]:
    """Of the few comments that a filter lists, sorted when found: also with each one's `wave` and
    `site_id`."""
    column = _key_of(order)
    return db.session.execute(
        select(Comment.id.label("id"), column.label("key"), Comment.wave, Comment.site_id)
        .where(Comment.on_sites(site_ids), *where)
        .order_by(*_directed(column, Comment.id, order))
        .limit(limit)
    ).all()


def heads(
    site_ids: Sequence[int], where: Conditions, order: str, most: int | None = None
) -> Sequence[Any]:
    """Each site's first comment that meets the conditions (row id, sort key, `site_id` and `wave`), in
    this order. Of many sites, only the first `limit` of these can have one of the first `limit`
    comments of all."""
    return _of_each_site(site_ids, where, order, 1, most)


def _of_each_site(
    site_ids: Sequence[int], where: Conditions, order: str, each: int, most: int | None
) -> Sequence[Any]:
    """The first comments of all these sites, of which each has its first few. SQLite has no LATERAL,
    but asks for a list for each row."""
    its = _of_site(Site.id, where, order).limit(each).correlate(Site)
    if is_sqlite():
        found: Any = join(Site, _First, _First.id.in_(its.with_only_columns(Comment.id)))
        row_id: Any = _First.id
        key, wave = _key_of(order, _First), _First.wave
    else:
        some = its.lateral()
        found = join(Site, some, true())
        row_id, key, wave = some.c.id, some.c.key, _wave_of(some.c.id)[0]
    return db.session.execute(
        select(row_id.label("id"), key.label("key"), Site.id.label("site_id"), wave.label("wave"))
        .select_from(found)
        .where(any_of(Site.id, site_ids))
        .order_by(*_directed(key, row_id, order))
        .limit(most)
    ).all()


def _wave_of(row_id: Any) -> list[Any]:
    """A comment's wave and site, by subquery: the index that gives the order lacks the wave, and
    only the rows found are read."""
    return [
        select(column).where(_Member.id == row_id).scalar_subquery().label(column.key)
        for column in (_Member.wave, _Member.site_id)
    ]


def _of_site(site_id: Any, where: Conditions, order: str) -> Select[Any]:
    column = _key_of(order)
    return (
        select(Comment.id.label("id"), column.label("key"))
        .where(Comment.site_id == site_id, *where)
        .order_by(*_directed(column, Comment.id, order))
    )


# --- where a search ends --------------------------------------------------------------------------


@dataclass(frozen=True)
class End:
    """The place in the order where a page stops scanning; the row itself need not exist. `scanned`:
    how many comments there are up to it, at least."""

    id: int
    key: Any
    scanned: int


def end_of_search(
    sites: Sequence[Site],
    where: Conditions,
    order: str,
    after: str | None = None,
    *,
    most: int,
    size: int | None = None,
) -> End | None:
    """Where a page stops that scans at most `most` comments; None if it reaches the end of the
    queue. A queue known to have fewer comments than are counted or scanned has no such place."""
    if is_listed(where) or (size is not None and size < min(MOST_COUNTED, most)):
        return None
    further = [*where, *beyond_cursor(after, order)]
    ids = [site.id for site in sites]
    if len(ids) == 1:
        row = db.session.execute(_of_site(ids[0], further, order).offset(most - 1).limit(1)).first()
        return End(row.id, row.key, most) if row is not None else None
    share = max(1, most // len(ids))
    ends = _ends_of_shares(ids, further, order, share)
    if not ends:
        return None
    near, far = (End(each.id, each.key, share) for each in (ends[0], ends[-1]))
    return _furthest(ids, further, order, near, far, most)


def _ends_of_shares(
    site_ids: Sequence[int], where: Conditions, order: str, share: int
) -> Sequence[Any]:
    """The comment at the end of each site's share, in this order; none for sites with fewer."""
    column = _key_of(order)
    last = (
        select(Comment.id)
        .where(Comment.site_id == Site.id, *where)
        .order_by(*_directed(column, Comment.id, order))
        .offset(share - 1)
        .limit(1)
        .correlate(Site)
        .scalar_subquery()
    )
    key = _key_of(order, _First)
    return db.session.execute(
        select(_First.id.label("id"), key.label("key"))
        .where(_First.id.in_(select(last).where(Among(Site.id, "sites", site_ids))))
        .order_by(*_directed(key, _First.id, order))
    ).all()


def _furthest(
    site_ids: Sequence[int], where: Conditions, order: str, near: End, far: End, most: int
) -> End:
    """The furthest place with at most `most` comments before it. The first end of a site's share
    (`near`) is one, as no site has more than its share before it; one site may have most comments,
    though. Between it and the last of the ends (`far`), look for a further one by halves."""
    some = select(Comment.id).where(any_of(Comment.site_id, site_ids), *where)
    for at in range(_HALVES):
        place = far if at == 0 else _between(near, far)
        counted = some.where(through(order, place)).limit(most + 1)
        n = db.session.scalar(select(func.count()).select_from(counted.subquery())) or 0
        if n > most:
            far = place
        elif at == 0:
            return replace(place, scanned=n)
        else:
            near = replace(place, scanned=n)
    return near


def _between(one: End, other: End) -> End:
    return replace(one, key=one.key + (other.key - one.key) / 2)


def beyond(order: str, key: Any, row_id: int) -> ColumnElement[bool]:
    """The condition for rows after this one in the order, so that SQLite also finds the place in an
    index."""
    column = _key_of(order)
    if order == "oldest":
        return and_(column >= key, or_(column > key, Comment.id > row_id))
    return and_(column <= key, or_(column < key, Comment.id < row_id))


def through(order: str, end: End) -> ColumnElement[bool]:
    """The condition for rows up to this place in the order: the opposite of `beyond`."""
    column = _key_of(order)
    if order == "oldest":
        return and_(column <= end.key, or_(column < end.key, Comment.id <= end.id))
    return and_(column >= end.key, or_(column > end.key, Comment.id >= end.id))


def _key_of(order: str, of: type[Comment] = Comment) -> Any:
    return of.urgency if order == "urgent" else of.created_at


def _directed(key: Any, row_id: Any, order: str) -> tuple[Any, Any]:
    if order == "oldest":
        return (key.asc(), row_id.asc())
    return (key.desc(), row_id.desc())
