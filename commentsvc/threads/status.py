"""The status of a comment: the allowed transitions, the only functions that change it, and the
counts that depend on it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Update,
    bindparam,
    case,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from ..core import clock
from ..core.db import Among, UtcTime, before_commit, db, execute, is_sqlite
from ..core.errors import Conflict, Invalid
from ..core.locale import Named
from ..core.rows import table_of
from ..core.writing.unit import held_here
from .models import Comment, Thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATUSES = ("pending", "published", "rejected", "withdrawn")

#: from -> to. A withdrawn comment stays withdrawn.
MOVES: dict[str, frozenset[str]] = {
    "pending": frozenset(("published", "rejected", "withdrawn")),
    "published": frozenset(("pending", "rejected", "withdrawn")),
    "rejected": frozenset(("pending", "published", "withdrawn")),
    "withdrawn": frozenset(),
}

PIN = 1e9  # lifts a pinned comment above any number of likes


class AlreadyMoved(Conflict):
    """Somebody else has changed the comment since it was read."""


def move(comment: Comment, to: str, *, seen_version: int | None = None) -> bool:
    """Change the status if the comment still has version `seen_version` (default: as loaded).

    Returns False if it has that status already. Raises `AlreadyMoved`, `Invalid` for an unknown
    status, or `Conflict` for a transition that is not allowed. Inside a unit.
    """
    if seen_version not in (None, comment.version):
        raise AlreadyMoved("already_moved")
    return move_each([(comment, to)]) == 1


def move_each(wanted: Sequence[tuple[Comment, str]]) -> int:
    """Change the status of several comments as loaded, all or none; returns how many changed.
    Raises like `move`. Inside a unit."""
    moving = [_step(comment, to) for comment, to in wanted if _may_move(comment, to)]
    if not moving:
        return 0
    lock(*{comment.thread_id for comment, _ in wanted})
    db.session.flush()
    if execute(_MOVE, moving).rowcount != len(moving):
        raise AlreadyMoved("already_moved")
    before = {comment.id: comment.status for comment, _ in wanted}
    steps = {step["comment"]: step for step in moving}
    moved = [comment for comment, _ in wanted if comment.id in steps]
    for comment in moved:
        step = steps[comment.id]
        now_is(comment, status=step["to"], version=step["seen"] + 1, published_at=step["published"])
    _settle_places(moved)
    for thread_id, more in _more_published(moved, before).items():
        count_on(thread_id, more)
    return len(moved)


def _more_published(moved: Sequence[Comment], before: Mapping[int, str]) -> Counter[int]:
    """By thread, the change in the number of published comments."""
    more: Counter[int] = Counter()
    for comment in moved:
        more[comment.thread_id] += comment.status == "published"
        more[comment.thread_id] -= before[comment.id] == "published"
    return more


def _may_move(comment: Comment, to: str) -> bool:
    if to not in STATUSES:
        raise Invalid("invalid.status", name=to, field="status")
    if comment.status != to and to not in MOVES[comment.status]:
        raise Conflict(
            "conflict.status", one=Named("status", comment.status), other=Named("status", to)
        )
    return comment.status != to


def _step(comment: Comment, to: str) -> dict[str, Any]:
    first = to == "published" and comment.published_at is None
    published_at = clock.now() if first else comment.published_at
    return {
        "comment": comment.id,
        "seen": comment.version,
        "to": to,
        "published": published_at,
    }


_comments, _threads = table_of(Comment), table_of(Thread)
_MOVE = (
    update(_comments)
    .where(_comments.c.id == bindparam("comment"), _comments.c.version == bindparam("seen"))
    .values(
        status=bindparam("to"),
        version=_comments.c.version + 1,
        published_at=bindparam("published"),
    )
)


def now_is(comment: Comment, **values: Any) -> None:
    """Set attributes that were just written through Core."""
    for name, value in values.items():
        set_committed_value(comment, name, value)


def born(comment: Comment) -> None:
    """Count a comment that was just added: if it is published, add one to its thread and to its
    parent's replies.

    The UPDATE locks the thread's row until the unit ends, so that nothing is counted twice or
    missed; later changes set the counts from queries.
    """
    if comment.status != "published":
        return
    execute(_ONE_MORE, {"thread": comment.thread_id, "moment": comment.published_at})
    if comment.parent_id is None:
        return
    if execute(_ONE_MORE_REPLY, {"parent": comment.parent_id}).rowcount != 1:
        settle(comment)  # its parent has just been hidden
        return
    loaded = db.session.identity_map.get(identity_key(Comment, comment.parent_id))
    if loaded is not None:
        db.session.expire(loaded, ["reply_count", "rank"])


_moment = bindparam("moment", type_=UtcTime())
_ONE_MORE = (
    update(_threads)
    .where(_threads.c.id == bindparam("thread"))
    .values(
        comment_count=_threads.c.comment_count + 1,
        # a comment that started earlier may be counted later
        last_comment_at=case(
            (_threads.c.last_comment_at > _moment, _threads.c.last_comment_at), else_=_moment
        ),
        version=_threads.c.version + 1,
    )
)


_ONE_MORE_REPLY = (
    update(_comments)
    .where(_comments.c.id == bindparam("parent"), _comments.c.shown == literal(True))
    .values(reply_count=_comments.c.reply_count + 1, rank=_comments.c.rank + 1)
)


def settle(comment: Comment) -> None:
    """Update the visibility and counts of the comment's place and its ancestors, and the thread's
    counts, all from queries; the thread's once, at the end of the unit."""
    _settle_places([comment])
    thread_id = comment.thread_id
    before_commit(("count_thread", thread_id), partial(count_thread, thread_id))


def _settle_places(comments: Sequence[Comment]) -> None:
    """Update only the places, one generation at a time: if one has changed, then its parent."""
    lock(*{comment.thread_id for comment in comments})
    places, first = {comment.id for comment in comments}, True
    while places:
        changes, above = [], set()
        # read again: what was loaded before the lock may be stale
        for seen in execute(_PLACES, {"places": sorted(places)}).all():
            shown = seen.status == "published" or seen.replies > 0
            changed = (seen.shown, seen.reply_count) != (shown, seen.replies)
            if not changed and not first:
                continue
            points = rank_of(seen.like_count + seen.approval, seen.replies, pinned=seen.pinned)
            values = {"shown": shown, "reply_count": seen.replies, "rank": points}
            if changed or points != seen.rank:
                changes.append({"row": seen.id, **values})
            loaded = db.session.identity_map.get(identity_key(Comment, seen.id))
            if loaded is not None:
                now_is(loaded, like_count=seen.like_count, **values)
            above.add(seen.parent_id)
        if changes:
            execute(SETTLE, changes)
        places, first = above - {None}, False


_replies = _comments.alias()
_PLACES = select(
    _comments.c.id,
    _comments.c.parent_id,
    _comments.c.status,
    _comments.c.shown,
    _comments.c.reply_count,
    _comments.c.like_count,
    _comments.c.approval,
    _comments.c.pinned,
    _comments.c.rank,
    select(func.count())
    .where(_replies.c.parent_id == _comments.c.id, _replies.c.shown == literal(True))
    .scalar_subquery()
    .label("replies"),
).where(Among(_comments.c.id, "places"))
SETTLE = (
    update(_comments)
    .where(_comments.c.id == bindparam("row"))
    .values(shown=bindparam("shown"), reply_count=bindparam("reply_count"), rank=bindparam("rank"))
)


def lock(*thread_ids: int) -> None:
    """Lock these threads until the unit ends, so that writers are serialized and a count sees all
    writes before it. SQLite has one writer anyway."""
    held = held_here()
    _lock(_THREADS, [each for each in thread_ids if ("thread", each) not in held])


def lock_threads_of(public_ids: Sequence[str]) -> None:
    """Lock the threads of these comments, before the comments themselves are locked: the opposite
    order can deadlock with a unit that holds the thread and waits for the comment."""
    _lock(_THREADS_OF, public_ids)


def _lock(statement: Select[Any], values: Sequence[Any]) -> None:
    if values and not is_sqlite():
        found = execute(statement, {"values": values})
        held_here().update(("thread", row.id) for row in found)


# FOR NO KEY UPDATE: as strong as the UPDATE that follows, but allows inserts that reference the
# row; in a fixed order, to prevent deadlocks
_ANY_THREADS = select(_threads.c.id).order_by(_threads.c.id).with_for_update(key_share=True)
_THREADS = _ANY_THREADS.where(Among(_threads.c.id, "values"))
_THREADS_OF = _ANY_THREADS.where(
    _threads.c.id.in_(select(_comments.c.thread_id).where(Among(_comments.c.public_id, "values")))
)


def rank(comment: Comment) -> float:
    """The rank of a comment in "top"."""
    return rank_of(
        comment.like_count + comment.approval, comment.reply_count, pinned=comment.pinned
    )


def rank_of(likes: int, replies: int, *, pinned: bool) -> float:
    """A like counts as two replies, a dislike as much against; pinned comments come first."""
    return 2.0 * likes + replies + (PIN if pinned else 0.0)


def count_thread(thread_id: int) -> None:
    """Recount the thread from queries and raise its version, because readers see a change."""
    db.session.flush()
    execute(_COUNT, {"row": thread_id})
    _expire_counts(thread_id)


def count_on(thread_id: int, more: int) -> None:
    """The same if the caller has locked the thread and knows the change in published comments."""
    execute(_COUNT_ON, {"row": thread_id, "more": more})
    _expire_counts(thread_id)


def _expire_counts(thread_id: int) -> None:
    loaded = db.session.identity_map.get(identity_key(Thread, thread_id))
    if loaded is not None:
        db.session.expire(loaded, ["comment_count", "last_comment_at", "version"])


def _of_published(what: ColumnElement[Any]) -> ScalarSelect[Any]:
    return (
        select(what)
        .where(_comments.c.thread_id == _threads.c.id, _comments.c.status == "published")
        .correlate(_threads)
        .scalar_subquery()
    )


def _counts(published: Any) -> Update:
    return (
        update(_threads)
        .where(_threads.c.id == bindparam("row"))
        .values(
            comment_count=published,
            last_comment_at=_of_published(func.max(_comments.c.published_at)),
            version=_threads.c.version + 1,
        )
    )


_COUNT = _counts(_of_published(func.count()))
# counting a long conversation would take longer than the rest of a decision
_COUNT_ON = _counts(_threads.c.comment_count + bindparam("more"))
