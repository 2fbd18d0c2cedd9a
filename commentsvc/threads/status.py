"""The status of a comment: the allowed moves, the one door through which it changes, and the counts
that follow from it."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, update

from ..core import clock
from ..core.db import db, execute, is_sqlite, table_of
from ..core.errors import Conflict, Invalid
from .models import Comment, Thread

STATUSES = ("pending", "published", "rejected", "withdrawn")

#: from -> to. What its author has withdrawn stays so.
MOVES: dict[str, frozenset[str]] = {
    "pending": frozenset(("published", "rejected", "withdrawn")),
    "published": frozenset(("pending", "rejected", "withdrawn")),
    "rejected": frozenset(("pending", "published", "withdrawn")),
    "withdrawn": frozenset(),
}

PIN = 1e9  # lifts a pinned comment above any number of likes


class AlreadyMoved(Conflict):
    """Somebody else changed the comment since it was looked at."""

    code = "already_moved"


def move(comment: Comment, to: str, *, seen_version: int | None = None) -> bool:
    """Change the status, if the comment is still as `seen_version` (default: as loaded) saw it.

    Returns False when it has that status already. Raises `AlreadyMoved`, or `Invalid` for a move
    that does not exist. Inside a unit.
    """
    if to not in STATUSES:
        raise Invalid(f"There is no status “{to}”.", field="status")
    seen = comment.version if seen_version is None else seen_version
    if comment.version != seen:
        raise AlreadyMoved("Somebody else has changed this comment meanwhile.")
    if comment.status == to:
        return False
    if to not in MOVES[comment.status]:
        raise Conflict(f"A {comment.status} comment cannot become {to}.")
    values: dict[str, object] = {"status": to, "version": seen + 1}
    if to == "published" and comment.published_at is None:
        values["published_at"] = clock.now()
    db.session.flush()  # the row is read again below
    moved = db.session.execute(
        update(Comment).where(Comment.id == comment.id, Comment.version == seen).values(**values)
    )
    if not moved.rowcount:
        raise AlreadyMoved("Somebody else has changed this comment meanwhile.")
    db.session.refresh(comment)
    settle(comment)
    return True


def born(comment: Comment) -> None:
    """Count in a comment that was just added with its first status: one more where it is published.

    The statement that adds one holds the thread's row until the unit ends, so that nothing is
    counted twice or missed; every later change sets the counts from a query.
    """
    if comment.status != "published":
        return
    if comment.parent_id is not None:
        settle(comment)
        return
    execute(_ONE_MORE, {"thread": comment.thread_id, "moment": comment.published_at})


_threads = table_of(Thread)
_ONE_MORE = (
    update(_threads)
    .where(_threads.c.id == bindparam("thread"))
    .values(
        comment_count=_threads.c.comment_count + 1,
        last_comment_at=bindparam("moment"),
        version=_threads.c.version + 1,
    )
)


def settle(comment: Comment) -> None:
    """Set what readers see of the comment's place, its ancestors' and the thread's counts, each from
    a query."""
    lock(comment.thread_id)
    place: Comment | None = comment
    while place is not None:
        replies = _shown_replies(place.id)
        shown = place.status == "published" or replies > 0
        unchanged = place.shown == shown and place.reply_count == replies
        if unchanged and place is not comment:
            break
        place.shown, place.reply_count = shown, replies
        place.rank = rank(place)
        db.session.flush()
        place = _parent(place)
    count_thread(comment.thread_id)


def _parent(place: Comment) -> Comment | None:
    if place.parent_id is None:
        return None
    # read again: what was loaded before the lock may be older than what others wrote since
    return db.session.get(Comment, place.parent_id, populate_existing=True)


def lock(thread_id: int) -> None:
    """Let writers of one thread go one after the other until their units end, so that a count sees
    what was written before it. SQLite has one writer anyway."""
    if not is_sqlite():
        # as strong as the update that follows, and no hindrance to inserts that refer to the row
        db.session.execute(
            select(Thread.id).where(Thread.id == thread_id).with_for_update(key_share=True)
        )


def rank(comment: Comment) -> float:
    """How "top" orders: likes weigh twice a reply; what is pinned comes first."""
    return 2.0 * comment.like_count + comment.reply_count + (PIN if comment.pinned else 0.0)


def count_thread(thread_id: int) -> None:
    """Set the thread's counts, and raise its version: what readers see of it has changed."""
    count, last = db.session.execute(
        select(func.count(), func.max(Comment.published_at)).where(
            Comment.thread_id == thread_id, Comment.status == "published"
        )
    ).one()
    db.session.execute(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(comment_count=count, last_comment_at=last, version=Thread.version + 1)
    )


def _shown_replies(comment_id: int) -> int:
    return int(
        db.session.scalar(
            select(func.count()).where(Comment.parent_id == comment_id, Comment.shown.is_(True))
        )
        or 0
    )
