"""The log: who (or which rules) decided what, and what else staff did, newest first. Reads, never
writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, literal, or_, select
from sqlalchemy.orm import aliased

from ...accounts.acts import GROUPS, KINDS
from ...accounts.models import StaffAct, User
from ...core.db import db, from_micros, micros
from ...core.paging import Page, decode_cursor, encode_cursor
from ...sites.models import Site
from ...threads.models import Comment, Revision, Thread
from ...threads.text.markup import excerpt
from ..models import Decision
from .acts import Act, acts, staff_of
from .card import is_severe_on

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

EXCERPT = 200
DID = "did."  # prefix of an act's kind: some decisions have the same names
ACTIONS = ("approve", "reject", "hold", "feature", "unfeature", "pin", "unpin")
_Author, _Later = aliased(User), aliased(Decision)  # made once: to make it takes longer than to ask


@dataclass(frozen=True)
class LogFilters:
    """What to show; an empty field shows all. `by` is `people`, `rules` or a person's public id;
    `action` is a decision's action, `decisions` for all, a group of acts, or `did.` plus the kind
    of an act; `until` is exclusive."""

    by: str = ""
    action: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """A decision on a comment. `undone`: it was undone; `undoes`: it undoes another."""

    row_id: int
    id: str
    at: datetime
    by_id: str | None
    by_name: str | None  # None: the rules alone
    action: str
    reason: str | None
    rule: str | None
    note: str | None
    message: str | None
    status_before: str
    status_after: str
    undone: bool
    undoes: bool
    site_key: str
    site_name: str
    comment_id: str
    author_name: str
    thread_title: str
    excerpt: str
    severe: bool


def entries(
    sites: Sequence[Site],
    filters: LogFilters | None = None,
    *,
    viewer: User | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Entry | Act]:
    """Decisions and acts on these sites, and acts of no single site that the viewer may see; the
    newest first. Four queries. Raises `Invalid` for a wrong cursor."""
    filters = filters or LogFilters()
    found: list[Entry | Act] = []
    if filters.action not in GROUPS and not filters.action.startswith(DID):
        # found before anything is joined: of many sites, all decisions are sorted
        query = select(Decision.id).where(Decision.site_id.in_([each.id for each in sites]))
        query = _filtered(query, filters).where(*_when(Decision, 1, filters, after))
        order = (Decision.created_at.desc(), Decision.id.desc())
        newest = db.session.scalars(query.order_by(*order).limit(limit + 1)).all()
        found += map(_entry, db.session.execute(_entries().where(Decision.id.in_(newest))))
    if kinds := _kinds(filters):
        where = [*_when(StaffAct, 0, filters, after), *_by(StaffAct.by_id, filters.by)]
        if filters.reason:
            where.append(StaffAct.data["reason"].as_string() == filters.reason)
        found += acts(sites, *where, kinds=kinds, limit=limit + 1, viewer=viewer)
    found.sort(key=_place, reverse=True)
    cursor = encode_cursor(*_place(found[limit - 1])) if len(found) > limit else None
    return Page(found[:limit], cursor)


def _place(row: Entry | Act) -> tuple[int, int, int]:
    """The sort key of a row: its time, then decisions above acts, then its id."""
    return micros(row.at), int(isinstance(row, Entry)), row.row_id


def _when(
    table: type[Decision | StaffAct], rank: int, filters: LogFilters, after: str | None
) -> Iterator[Any]:
    if filters.since:
        yield table.created_at >= filters.since
    if filters.until:
        yield table.created_at < filters.until
    if after:
        moment, other, row_id = decode_cursor(after, int, int, int)
        place = StaffAct.number if table is StaffAct else Decision.id
        below = place < row_id if rank == other else literal(rank < other)
        at = from_micros(moment)
        yield or_(table.created_at < at, and_(table.created_at == at, below))


def _kinds(filters: LogFilters) -> tuple[str, ...]:
    """The kinds of acts to show; none for `rules`, which act on comments only."""
    if filters.by == "rules":
        return ()
    if filters.action.startswith(DID):
        return tuple(each for each in KINDS if each == filters.action.removeprefix(DID))
    return GROUPS.get(filters.action, ()) if filters.action else KINDS


def _by(column: Any, by: str) -> Iterator[Any]:
    if by == "rules":
        yield column.is_(None)
    elif by == "people":
        yield column.is_not(None)
    elif by:
        yield column.in_(select(User.id).where(User.public_id == by))


def latest(comment_ids: Collection[str]) -> dict[str, Entry]:
    """The newest standing decision of a person on each of these comments (public ids)."""
    if not comment_ids:
        return {}
    rows = db.session.execute(
        _entries()
        .where(Comment.public_id.in_(comment_ids), Decision.by_id.is_not(None))
        .where(Decision.action.in_(("approve", "reject")))
        .order_by(Decision.id)
    )
    found: dict[str, Entry] = {}
    for entry in map(_entry, rows):
        if entry.undone or entry.undoes:
            found.pop(entry.comment_id, None)
        else:
            found[entry.comment_id] = entry
    return found


def moderators(sites: Iterable[Site]) -> list[User]:
    """The staff of these sites and everybody who has decided or done something there, by name."""
    ids = [each.id for each in sites]
    decided = select(Decision.by_id).where(Decision.site_id.in_(ids), Decision.by_id.is_not(None))
    acted = select(StaffAct.by_id).where(StaffAct.site_id.in_(ids), StaffAct.by_id.is_not(None))
    either = or_(User.id.in_(decided), User.id.in_(acted), User.id.in_(staff_of(ids)))
    return list(db.session.scalars(select(User).where(either).order_by(User.name)))


def _entries() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Decision.id.label("row_id"),
            Decision.public_id,
            Decision.created_at,
            Decision.action,
            Decision.reason,
            Decision.rule,
            Decision.note,
            Decision.message,
            Decision.status_before,
            Decision.status_after,
            Decision.undoes_id,
            _Later.id.label("undone_by"),
            User.public_id.label("by_id"),
            User.name.label("by_name"),
            Site.key,
            Site.name.label("site_name"),
            Comment.public_id.label("comment_id"),
            _Author.name.label("author_name"),
            Thread.title,
            Thread.href,
            Revision.text,
            Revision.scores,
            Decision.site_id,
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .join(_Author, _Author.id == Comment.author_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Revision, Revision.id == Decision.revision_id)
        .join(Site, Site.id == Decision.site_id)
        .outerjoin(User, User.id == Decision.by_id)
        .outerjoin(_Later, _Later.undoes_id == Decision.id)
    )


def _filtered(query: Select[int], filters: LogFilters) -> Select[int]:
    if filters.action and filters.action != "decisions":
        query = query.where(Decision.action == filters.action)
    if filters.reason:
        query = query.where(Decision.reason == filters.reason)
    return query.where(*_by(Decision.by_id, filters.by))


def _entry(row: Any) -> Entry:
    return Entry(
        row_id=row.row_id,
        id=row.public_id,
        at=row.created_at,
        by_id=row.by_id,
        by_name=row.by_name,
        action=row.action,
        reason=row.reason,
        rule=row.rule,
        note=row.note,
        message=row.message,
        status_before=row.status_before,
        status_after=row.status_after,
        undone=row.undone_by is not None,
        undoes=row.undoes_id is not None,
        site_key=row.key,
        site_name=row.site_name,
        comment_id=row.comment_id,
        author_name=row.author_name,
        thread_title=row.title or row.href,
        excerpt=excerpt(row.text, EXCERPT),
        severe=is_severe_on(row.site_id, row.scores),
    )


def version_of(decision: Decision) -> int:
    """The current version of the decision's comment, which the next decision must have seen."""
    found = db.session.scalar(select(Comment.version).where(Comment.id == decision.comment_id))
    return int(found or 0)


def versions(public_ids: Sequence[str], sites: Iterable[Site]) -> dict[str, int]:
    """The current versions of these comments, by public id."""
    rows = db.session.execute(
        select(Comment.public_id, Comment.version).where(
            Comment.public_id.in_(public_ids), Comment.on_sites([each.id for each in sites])
        )
    )
    return {row.public_id: row.version for row in rows}


@dataclass(frozen=True)
class Changed:
    """How a comment is now: its status, and the person's decision that it comes from, if it does."""

    status: str
    decision: Entry | None = None


def changed_since(seen: Mapping[str, int], sites: Iterable[Site]) -> dict[str, Changed]:
    """Those of these comments (public id -> version seen) that have changed, as they are now. Two
    queries."""
    rows = db.session.execute(
        select(Comment.public_id, Comment.version, Comment.status, Comment.reviewed).where(
            Comment.public_id.in_(seen), Comment.on_sites([each.id for each in sites])
        )
    )
    now = {row.public_id: row for row in rows if row.version != seen[row.public_id]}
    decided = latest([public_id for public_id, row in now.items() if row.reviewed])
    stands = {each: row for each, row in decided.items() if row.status_after == now[each].status}
    return {each: Changed(row.status, stands.get(each)) for each, row in now.items()}
