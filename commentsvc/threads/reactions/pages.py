"""Reactions to the page itself, also where nobody has commented: one per person and thread, and
their counts in the thread's row, set from queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, delete, func, select, update

from ...core import clock
from ...core.db import db, execute, unit_of_work
from ...core.errors import NotAllowed
from ...core.rows import insert_first, table_of
from ..commands import touch, where_it_went
from ..likes import MAX_GUEST_LIKES_OF_A_NETWORK
from ..models import Thread, ThreadReaction
from . import Counts, known_counts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ...accounts.models import User

_rows, _threads = table_of(ThreadReaction), table_of(Thread)
_its = _rows.c.thread_id == bindparam("thread")
_own = _rows.c.user_id == bindparam("user")
_THERE = select(func.count()).where(_its, _rows.c.network == bindparam("network"))
_MINE = select(_rows.c.kind).where(_its, _own)
_CHANGE = update(_rows).where(_its, _own).values(kind=bindparam("to"))
_TAKE_BACK = delete(_rows).where(_its, _own)
_BY_KIND = select(_rows.c.kind, func.count().label("people")).where(_its).group_by(_rows.c.kind)
_SET = (
    update(_threads)
    .where(_threads.c.id == bindparam("row"))
    .values(reactions=bindparam("reactions"))
)


def react(thread: Thread, user: User, kind: str, *, network: str | None = None) -> Counts:
    """React to a thread's page. Idempotent; it replaces an earlier reaction. Returns the counts.
    Raises `NotAllowed` beyond the limit for guests of one network."""
    with unit_of_work(keeping=True):
        asked = {"thread": thread.id, "user": user.id}
        network = network if user.is_guest else None
        if reaction_of(user, thread) == kind:
            return known_counts(thread.reactions)
        asked["thread"] = _held(thread).id
        if not execute(_CHANGE, {**asked, "to": kind}).rowcount:
            there = execute(_THERE, {**asked, "network": network}).scalar() if network else 0
            if there >= MAX_GUEST_LIKES_OF_A_NETWORK:
                raise NotAllowed("enough_likes.page")
            insert_first(
                ThreadReaction,
                thread_id=asked["thread"],
                user_id=user.id,
                kind=kind,
                network=network,
                home_id=None,
                created_at=clock.now(),
            )
        return count(asked["thread"])


def _held(thread: Thread) -> Thread:
    """The thread, or the one that it has been merged into since it was read; locked, so that its
    writers take turns, and changed for its readers."""
    touch(thread.id)
    db.session.refresh(thread, ["merged_into_id"])
    return thread if thread.merged_into_id is None else _held(where_it_went(thread))


def unreact(thread: Thread, user: User) -> Counts:
    """Remove a person's reaction, whichever it is. Returns the counts."""
    with unit_of_work(keeping=True):
        asked = {"thread": thread.id, "user": user.id}
        if execute(_MINE, asked).first() is None:
            return known_counts(thread.reactions)
        asked["thread"] = _held(thread).id
        execute(_TAKE_BACK, asked)
        return count(asked["thread"])


def reaction_of(user: User, thread: Thread) -> str | None:
    """Which reaction a person has given to the page."""
    found: str | None = execute(_MINE, {"thread": thread.id, "user": user.id}).scalar()
    return found


def count(thread_id: int) -> Counts:
    """Set the counts of one thread from a query, and return them. Inside a unit that has locked
    the thread."""
    counts = {row.kind: row.people for row in execute(_BY_KIND, {"thread": thread_id}).all()}
    execute(_SET, {"row": thread_id, "reactions": counts or None})
    loaded = db.session.get(Thread, thread_id)
    if loaded is not None:
        db.session.expire(loaded, ["reactions"])
    return known_counts(counts)


# --- merged threads, and people who leave -----------------------------------------------------------


def join(thread_id: int, into_id: int) -> None:
    """Take along the reactions of a merged thread, except those of people who reacted in both.
    Inside a unit that has locked both."""
    both = select(ThreadReaction.user_id).where(ThreadReaction.thread_id == into_id)
    db.session.execute(
        update(ThreadReaction)
        .where(ThreadReaction.thread_id == thread_id, ThreadReaction.user_id.not_in(both))
        .values(
            thread_id=into_id,
            home_id=func.coalesce(ThreadReaction.home_id, ThreadReaction.thread_id),
        )
        .execution_options(synchronize_session=False)
    )


def part(thread_id: int, from_id: int, homes: Collection[int]) -> None:
    """The reverse: what was given in one of `homes` returns to `thread_id`. Inside a unit that has
    locked both."""
    there = select(ThreadReaction.user_id).where(ThreadReaction.thread_id == thread_id)
    home = ThreadReaction.home_id
    db.session.execute(
        update(ThreadReaction)
        .where(ThreadReaction.thread_id == from_id, home.in_(homes))
        .where(ThreadReaction.user_id.not_in(there))
        .values(thread_id=thread_id, home_id=case((home == thread_id, None), else_=home))
        .execution_options(synchronize_session=False)
    )


def give_to(user: User, before: User) -> None:
    """Reassign the reactions of `before` to `user`, who has one per page. Inside a unit."""
    own = select(ThreadReaction.thread_id).where(ThreadReaction.user_id == user.id)
    again = _threads_of(before, ThreadReaction.thread_id.in_(own))
    forget(before, only=again)
    db.session.execute(
        update(ThreadReaction)
        .where(ThreadReaction.user_id == before.id)
        .values(user_id=user.id)
        .execution_options(synchronize_session=False)
    )


def forget(user: User, *, only: Collection[int] | None = None) -> None:
    """Delete a person's reactions, or those to the threads `only`. Inside a unit."""
    for thread_id in sorted(_threads_of(user) if only is None else only):  # in a fixed order
        take_back(thread_id, [user.id])


def take_back(thread_id: int, user_ids: Sequence[int]) -> None:
    """Delete the reactions of these people to the page of one thread. Inside a unit."""
    touch(thread_id)
    if user_ids:
        execute(_TAKE_BACK, [{"thread": thread_id, "user": each} for each in user_ids])
    count(thread_id)


def _threads_of(user: User, *more: object) -> list[int]:
    query = select(ThreadReaction.thread_id).where(ThreadReaction.user_id == user.id, *more)  # type: ignore[arg-type]
    return list(db.session.scalars(query))
