"""A site as records, from the tables, in a stable order."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, case, select, union

from ...accounts.models import Identity, User
from ...core.db import db, is_sqlite, release
from ...core.errors import Invalid
from ...moderation.models import Appeal, Decision, Flag
from ...moderation.sharing.own_reasons import kept_of
from ...sites.forums import forums_of
from ...sites.models import Membership, Site
from ...sites.queries import origins
from ...threads.models import Comment, Reaction, Thread, ThreadName, ThreadReaction
from ...threads.urls import canonical, site_rules
from ..records import OWN, AuthorRecord, CommentRecord, Record, SiteRecord, ThreadRecord
from .about import About, public_ids, rows, thread_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AT_ONCE = 500


def records_of(site: Site, *, complete: bool = True) -> Iterator[Record]:
    """The site, its people, and each conversation followed by its comments, parents first.

    A snapshot of one moment, whatever is written meanwhile. Without `complete`, only what other
    systems have a place for: no people, no history, no withdrawn texts. The iterator owns the
    session until it ends.
    """
    release()
    if not is_sqlite():  # there, a transaction sees one snapshot anyway
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        if complete:
            yield _site(site)
            yield from _people(site)
        yield from _conversations(site, complete)
    finally:
        db.session.rollback()


def _site(site: Site) -> SiteRecord:
    return SiteRecord(
        key=site.key,
        name=site.name,
        origins=tuple(origins(site)),
        policy=site.policy,
        sections=tuple(site.sections or ()),
        reasons=tuple(kept_of(site)),
        app_ids=tuple(site.facebook_app_ids),
        forums=tuple(forums_of(site)),
        created_at=site.created_at,
    )


# --- people ---------------------------------------------------------------------------------------


def _people(site: Site) -> Iterator[AuthorRecord]:
    """Everybody who commented, liked, reported, decided, appealed or has a role here."""
    of_site: tuple[Select[Any], ...] = (
        select(Comment.author_id).where(Comment.site_id == site.id),
        select(Membership.user_id).where(Membership.site_id == site.id),
        select(Membership.set_by_id).where(Membership.site_id == site.id),
        select(Flag.user_id).where(Flag.site_id == site.id),
        select(Decision.by_id).where(Decision.site_id == site.id),
        select(Appeal.user_id).where(Appeal.site_id == site.id),
        select(Appeal.decided_by_id).where(Appeal.site_id == site.id),
        select(Reaction.user_id)
        .join(Comment, Comment.id == Reaction.comment_id)
        .where(Comment.site_id == site.id),
        select(ThreadReaction.user_id)
        .join(Thread, Thread.id == ThreadReaction.thread_id)
        .where(Thread.site_id == site.id),
    )
    ids = db.session.scalars(
        select(User.id)
        .where(User.id.in_(select(union(*of_site).subquery().c[0])))
        .order_by(User.created_at, User.public_id)
    ).all()
    for some in _parts(ids):
        users = {each.id: each for each in rows(User, User.id, some)}
        names = _identities(site, some)
        roles = {
            each.user_id: each
            for each in rows(Membership, Membership.user_id, some)
            if each.site_id == site.id
        }
        setters = public_ids(each.set_by_id for each in roles.values())
        for user_id in some:
            yield _author(users[user_id], names[user_id], roles.get(user_id), setters)


def _identities(site: Site, ids: Sequence[int]) -> dict[int, list[str]]:
    """Row ID -> the person's names on this site: "disqus:5", "site:5"."""
    found: dict[int, list[str]] = defaultdict(list)
    for each in rows(Identity, Identity.user_id, ids):
        name, _, key = each.provider.rpartition("@")
        if name and key == site.key:
            found[each.user_id].append(f"{name}:{each.subject}")
        elif each.provider == f"site:{site.key}":
            found[each.user_id].append(f"site:{each.subject}")
    return found


def _author(
    user: User, names: Sequence[str], role: Membership | None, setters: dict[int, str]
) -> AuthorRecord:
    own = f"{OWN}:{user.public_id}"  # already in source_id
    return AuthorRecord(
        name=user.name,
        email=user.email,
        source_id=user.public_id,
        role=role.role if role else None,
        created_at=user.created_at,
        member=not user.is_guest,
        erased_at=user.erased_at,
        locale=user.locale,
        identities=tuple(sorted(each for each in names if each != own)),
        until=role.until if role else None,
        message=role.message if role else None,
        note=role.note if role else None,
        set_by=setters.get(role.set_by_id or 0) if role else None,
        set_at=role.set_at if role else None,
        earned=role.earned if role else None,
    )


# --- conversations --------------------------------------------------------------------------------


def _conversations(site: Site, complete: bool) -> Iterator[Record]:
    last = case(
        (Thread.merged_into_id.is_(None), 1), else_=0
    )  # those that others point to come last
    order = (last, Thread.created_at, Thread.public_id)
    threads = db.session.scalars(
        select(Thread.id).where(Thread.site_id == site.id).order_by(*order)
    ).all()
    ids = (
        select(Comment.id, Comment.thread_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.site_id == site.id)
        .order_by(*order, Comment.depth, Comment.created_at, Comment.public_id)
    )
    comments = _comments(db.session.execute(ids.execution_options(yield_per=_AT_ONCE)), complete)
    waiting = next(comments, None)
    for thread in _thread_records(site, threads, complete):
        if complete or thread[1].merged_into is None:
            yield thread[1]
        while waiting is not None and waiting[0] == thread[0]:
            yield waiting[1]
            waiting = next(comments, None)


def _thread_records(
    site: Site, ids: Sequence[int], complete: bool
) -> Iterator[tuple[int, ThreadRecord]]:
    rules = site_rules(site)
    for some in _parts(ids):
        threads = {each.id: each for each in rows(Thread, Thread.id, some)}
        targets = thread_ids(each.merged_into_id for each in threads.values())
        names: dict[int, list[str]] = defaultdict(list)
        for each in rows(ThreadName, ThreadName.thread_id, some):
            names[each.thread_id].append(each.name)
        reacted = _reacted(some) if complete else {}
        for row_id in some:
            row = threads[row_id]
            try:
                said = canonical(row.href, rules=rules).canonical
            except Invalid:
                said = ""
            yield (
                row_id,
                ThreadRecord(
                    source=OWN,
                    source_id=row.public_id,
                    url=row.href,
                    title=row.title,
                    closed=row.closed_at is not None,
                    created_at=row.created_at,
                    address=None if said == row.address else row.address,
                    merged_into=targets.get(row.merged_into_id or 0),
                    closed_at=row.closed_at,
                    closes_at=row.closes_at,
                    premoderate=row.premoderate,
                    slow_seconds=0 if row.slow_until else row.slow_seconds,  # not if temporary
                    tags=row.tags,
                    names=tuple(names[row.id]),
                    reacted_by=reacted.get(row.id, {}),
                ),
            )


def _reacted(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Row ID of a thread -> who reacted to its page, and how."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    query = (
        select(ThreadReaction.thread_id, User.public_id, ThreadReaction.kind)
        .join(User, User.id == ThreadReaction.user_id)
        .where(ThreadReaction.thread_id.in_(ids))
        .order_by(ThreadReaction.thread_id, User.public_id)
    )
    for row in db.session.execute(query):
        found[row.thread_id][row.public_id] = row.kind
    return found


def _comments(found: Any, complete: bool) -> Iterator[tuple[int, CommentRecord]]:
    """(row ID of its thread, record) of each comment."""
    for some in found.partitions():
        about = About([row.id for row in some], complete)
        for row in some:
            yield row.thread_id, about.record(row.id)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
