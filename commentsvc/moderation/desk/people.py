"""People on a site and their records, for those who may see people. Reads, never writes."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, func, or_, select, union_all

from ...accounts.models import User
from ...core import clock
from ...core.db import Among, db
from ...core.errors import NotFound
from ...core.paging import Page, decode_cursor, encode_cursor
from ...sites.models import Membership, Site
from ...sites.queries import not_over
from ...threads.models import Comment
from ..models import Flag
from .bounded import bounded
from .rows import OPEN_REPORT, counts_by_status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOST_LISTED = 2000  # comments and roles of sites whose people are looked up first


@dataclass(frozen=True)
class Record:
    """Counts of one person's comments on the given sites."""

    published: int = 0
    pending: int = 0
    rejected: int = 0
    flags: int = 0  # open reports on their comments
    last_at: datetime | None = None


@dataclass(frozen=True)
class Person:
    """A row of the list: the person, their roles by site id, their record."""

    user: User
    roles: dict[int, Membership]
    record: Record


def page(
    sites: Sequence[Site],
    *,
    search: str = "",
    role: str = "",
    with_email: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[Person]:
    """People who wrote on these sites or have a role there, the newest first: five queries.

    With `with_email` the search includes email addresses: for viewers who may see them. Raises
    `TookTooLong` for a search.
    """
    ids = [each.id for each in sites]
    query = select(User).where(_has_role(ids, role) if role else _are_there(ids))
    if search:
        query = query.where(_matches(search, with_email))
    if after:
        query = query.where(User.id < decode_cursor(after, int)[0])
    with bounded() if search else nullcontext():
        users = list(db.session.scalars(query.order_by(User.id.desc()).limit(limit + 1)))
    cursor = encode_cursor(users[limit - 1].id) if len(users) > limit else None
    return Page(_people(users[:limit], ids), cursor)


def staff(site: Site) -> list[Person]:
    """People with a role that is not a sanction: owners, moderators, trusted, each by name."""
    order = ("owner", "moderator", "trusted")
    rows = db.session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.site_id == site.id, Membership.role.in_(order), not_over())
    ).all()
    ranked = sorted(rows, key=lambda row: (order.index(row.role), row.User.name.casefold()))
    return _people([row.User for row in ranked], [site.id])


def one(public_id: str, sites: Sequence[Site]) -> Person:
    """A person who wrote on one of these sites or has a role there.

    Raises `NotFound` for anybody else: a moderator of one site learns nothing of another's people.
    """
    user = db.session.scalar(select(User).where(User.public_id == public_id))
    ids = [each.id for each in sites]
    if user is not None:
        person = _people([user], ids)[0]
        if person.roles or person.record.last_at is not None:
            return person
    raise NotFound("not_found.person_here")


def waiting(user: User, sites: Sequence[Site]) -> dict[int, int]:
    """How many pending comments one person has on each of these sites."""
    ids = [each.id for each in sites]
    rows = db.session.execute(
        select(Comment.site_id, func.count())
        .where(Comment.author_id == user.id, Comment.on_sites(ids), Comment.status == "pending")
        .group_by(Comment.site_id)
    )
    return {site_id: count for site_id, count in rows}


def _are_there(site_ids: list[int]) -> ColumnElement[bool]:
    """The condition that people wrote on these sites or have a role there.

    Those of small sites are listed first, so that not everybody is asked. On large sites, most of
    those asked are there. The limit keeps PostgreSQL from reading all comments of a site instead.
    """
    there = [
        select(column).where(site.in_(site_ids)).limit(MOST_LISTED + 1)
        for column, site in (
            (Comment.author_id, Comment.site_id),
            (Membership.user_id, Membership.site_id),
        )
    ]
    listed = db.session.scalars(union_all(*(select(each.subquery()) for each in there))).all()
    if len(listed) <= MOST_LISTED:
        return Among(User.id, "people", sorted(set(listed)))
    wrote = select(Comment.id).where(Comment.author_id == User.id, Comment.site_id.in_(site_ids))
    return or_(
        exists().where(Membership.user_id == User.id, Membership.site_id.in_(site_ids)),
        wrote.limit(1).scalar_subquery().is_not(None),
    )


def _has_role(site_ids: list[int], role: str) -> Any:
    """The condition that people have a role, looked up once: few have one, and everybody would be
    asked otherwise."""
    there = select(Membership.user_id).where(Membership.site_id.in_(site_ids))
    return User.id.in_(there.where(Membership.role == role, not_over()))


def _matches(search: str, with_email: bool) -> Any:
    escaped = search.strip().lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    by_name = func.lower(User.name).like(f"%{escaped}%", escape="\\")
    if not with_email:
        return by_name
    return or_(by_name, func.lower(User.email).like(f"%{escaped}%", escape="\\"))


def _people(users: Sequence[User], site_ids: list[int]) -> list[Person]:
    ids = [each.id for each in users]
    roles: dict[int, dict[int, Membership]] = {}
    for each in db.session.scalars(
        select(Membership).where(Membership.user_id.in_(ids), Membership.site_id.in_(site_ids))
    ):
        if each.until is None or each.until > clock.now():
            roles.setdefault(each.user_id, {})[each.site_id] = each
    records = _records(ids, site_ids)
    return [Person(user, roles.get(user.id, {}), records.get(user.id, Record())) for user in users]


def _records(user_ids: list[int], site_ids: list[int]) -> dict[int, Record]:
    mine = (Comment.author_id.in_(user_ids), Comment.on_sites(site_ids))
    rows = db.session.execute(
        select(
            Comment.author_id,
            func.max(Comment.created_at).label("last_at"),
            *counts_by_status(),
        )
        .where(*mine)
        .group_by(Comment.author_id)
    )
    counted = {row.author_id: {**row._mapping} for row in rows}
    for facts in counted.values():
        del facts["author_id"]
    for author_id, flags in db.session.execute(
        select(Comment.author_id, func.count())
        .join(Flag, Flag.comment_id == Comment.id)
        .where(*mine, Comment.flag_count > 0, *OPEN_REPORT)
        .group_by(Comment.author_id)
    ):
        counted[author_id]["flags"] = flags
    return {user_id: Record(**facts) for user_id, facts in counted.items()}


def owners_to_ask(user: User, *, most: int = 5) -> list[tuple[str, list[str]]]:
    """Sites where the person has written or had a role, each with the names of its owners, who can
    give roles. Two queries."""
    wrote = select(Comment.site_id).where(Comment.author_id == user.id)
    had = select(Membership.site_id).where(Membership.user_id == user.id)
    sites = db.session.scalars(
        select(Site)
        .where(Site.closed_at.is_(None), or_(Site.id.in_(wrote), Site.id.in_(had)))
        .order_by(Site.name)
        .limit(most)
    ).all()
    owners = db.session.execute(
        select(Membership.site_id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.site_id.in_([each.id for each in sites]), Membership.role == "owner")
        .where(not_over())
        .order_by(User.name)
    ).all()
    named = [(each.name, [row.name for row in owners if row.site_id == each.id]) for each in sites]
    return [each for each in named if each[1]]
