"""Merging and splitting threads. Nothing is lost: each comment keeps its original thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import aliased

from ..accounts.acts import record as record_act
from ..accounts.models import User
from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, Invalid, NotFound
from ..core.ids import new_id
from ..sites.queries import by_id, require, require_hidden
from .commands import where_it_went
from .models import Comment, Thread, ThreadMove
from .reactions import pages as of_pages
from .status import count_thread, lock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def merge(thread: Thread, into: Thread, *, by: User | None, batch: str | None = None) -> ThreadMove:
    """Move all comments of `thread` to `into`; from now on, the addresses of both lead there.

    `by` is None for the operator. Raises `NotAllowed`, `Invalid` for threads of two sites or the
    same thread, `Conflict` if it was merged already.
    """
    with unit_of_work():
        _may(thread, by)
        if thread.site_id != into.site_id:
            raise Invalid("invalid.merge_sites")
        if thread.merged_into_id is not None:
            raise Conflict("conflict.merge_joined")
        into = where_it_went(into)
        if into.id == thread.id:
            raise Invalid("invalid.merge_same")
        for row_id in sorted((thread.id, into.id)):
            lock(row_id)
        db.session.execute(
            update(Comment)
            .where(Comment.thread_id == thread.id)
            .values(thread_id=into.id, home_id=func.coalesce(Comment.home_id, thread.id))
            .execution_options(synchronize_session=False)
        )
        of_pages.join(thread.id, into.id)
        thread.merged_into_id = into.id
        into.title = into.title or thread.title
        done = record(thread, "merged", into.address, href=into.href, by=by, into=into, batch=batch)
        _count(thread, into)
    return done


def undo(public_id: str, *, by: User | None) -> ThreadMove:
    """Undo one move. Undoing a merge returns each comment to its thread, with its later replies;
    later top-level comments stay where they were written.

    Raises `NotFound`, `NotAllowed`, or `Conflict` if it was undone already, or if another
    conversation has the old address now.
    """
    with unit_of_work():
        done = db.session.scalar(select(ThreadMove).where(ThreadMove.public_id == public_id))
        if done is None:
            raise NotFound("not_found.move")
        thread = db.session.get_one(Thread, done.thread_id)
        if by is not None:
            require_hidden(by, "manage_site", by_id(thread.site_id), "move")
        if done.undone_at is not None:
            raise Conflict("conflict.undone")
        if done.kind == "merged":
            _part(thread)
        else:
            _move_back(thread, done)
        done.undone_at, done.undone_by_id = clock.now(), by.id if by else None
        record_act("move_undone", site_id=thread.site_id, by=by, thread_id=thread.id)
    return done


def undo_batch(batch: str, *, by: User | None) -> list[ThreadMove]:
    """Undo all moves of one change of rules, last first, all or nothing. Raises like `undo`."""
    with unit_of_work():
        ids = db.session.scalars(
            select(ThreadMove.public_id)
            .where(ThreadMove.batch == batch, ThreadMove.undone_at.is_(None))
            .order_by(ThreadMove.id.desc())
        ).all()
        if not ids:
            raise NotFound("not_found.undo")
        return [undo(each, by=by) for each in ids]


def _may(thread: Thread, by: User | None) -> None:
    if by is not None:
        require(by, "manage_site", by_id(thread.site_id))


def record(
    thread: Thread,
    kind: str,
    address: str,
    *,
    href: str,
    by: User | None,
    into: Thread | None = None,
    batch: str | None = None,
) -> ThreadMove:
    """Record a change of a thread's address in advance; `href` is the new one. Inside a unit."""
    done = ThreadMove(
        public_id=new_id(),
        site_id=thread.site_id,
        thread_id=thread.id,
        kind=kind,
        into_id=into.id if into else None,
        address_before=thread.address,
        href_before=thread.href,
        address_after=address,
        batch=batch,
        by_id=by.id if by else None,
        created_at=clock.now(),
    )
    db.session.add(done)
    db.session.flush()
    shown: dict[str, Any] = {"before": done.href_before, "after": href}
    record_act(kind, site_id=thread.site_id, by=by, thread_id=thread.id, **shown)
    return done


def _count(*threads: Thread) -> None:
    db.session.flush()
    for each in threads:
        count_thread(each.id)
        of_pages.count(each.id)
    db.session.expire_all()


def _part(thread: Thread) -> None:
    if thread.merged_into_id is None:
        raise Conflict("conflict.stands_alone")
    now_in = where_it_went(thread)
    for row_id in sorted((thread.id, now_in.id)):
        lock(row_id)
    homes = _leading_to(thread)
    below = (
        select(Comment.id)
        .where(Comment.thread_id == now_in.id, Comment.home_id.in_(homes))
        .cte("below", recursive=True)
    )
    reply = aliased(Comment)
    below = below.union(select(reply.id).join(below, reply.parent_id == below.c.id))
    db.session.execute(
        update(Comment)
        .where(Comment.id.in_(select(below.c.id)))
        .values(
            thread_id=thread.id,
            home_id=case((Comment.home_id == thread.id, None), else_=Comment.home_id),
        )
        .execution_options(synchronize_session=False)
    )
    of_pages.part(thread.id, now_in.id, homes)
    thread.merged_into_id = None
    _count(thread, now_in)


def _leading_to(thread: Thread) -> list[int]:
    """The ids of the thread and of all threads merged into it, directly or indirectly."""
    found, level = [thread.id], [thread.id]
    while level:
        level = list(db.session.scalars(select(Thread.id).where(Thread.merged_into_id.in_(level))))
        found += level
    return found


def _move_back(thread: Thread, done: ThreadMove) -> None:
    if thread.address != done.address_after:
        raise Conflict("conflict.moved_since")
    other = db.session.scalar(
        select(Thread.id).where(
            Thread.site_id == thread.site_id,
            Thread.address == done.address_before,
            Thread.id != thread.id,
        )
    )
    if other is not None:
        raise Conflict("conflict.old_address")
    thread.address, thread.href = done.address_before, done.href_before
    db.session.flush()
    count_thread(thread.id)


@dataclass(frozen=True)
class MoveView:
    """A move as shown to the site's owner."""

    id: str
    kind: str  # moved | merged
    title: str | None
    before: str
    after: str
    batch: str | None
    by: str | None
    at: datetime
    undone_at: datetime | None


def moves(site_id: int, *, limit: int = 100) -> Sequence[MoveView]:
    """The moves and merges on a site, latest first."""
    other = aliased(Thread)
    rows = db.session.execute(
        select(ThreadMove, Thread, other.href, User.name)
        .join(Thread, Thread.id == ThreadMove.thread_id)
        .outerjoin(other, other.id == ThreadMove.into_id)
        .outerjoin(User, User.id == ThreadMove.by_id)
        .where(ThreadMove.site_id == site_id)
        .order_by(ThreadMove.id.desc())
        .limit(limit)
    )
    return [
        MoveView(
            id=row.public_id,
            kind=row.kind,
            title=thread.title,
            before=row.href_before,
            after=href or _as_page(row, thread),
            batch=row.batch,
            by=name,
            at=row.created_at,
            undone_at=row.undone_at,
        )
        for row, thread, href, name in rows
    ]


def _as_page(done: ThreadMove, thread: Thread) -> str:
    """The new address in its original scheme: canonical addresses of http pages say https, too."""
    if thread.address == done.address_after:
        return thread.href
    was_plain = done.href_before.startswith("http:")
    return re.sub("^https:", "http:", done.address_after) if was_plain else done.address_after
