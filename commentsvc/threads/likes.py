"""Likes and other reactions to comments, and their counts in the comment's row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, literal, select, update
from sqlalchemy.orm.attributes import set_committed_value

from ..core import clock
from ..core.db import AtOnce, execute, unit_of_work
from ..core.errors import Conflict, NotAllowed
from ..core.rows import insert_first, table_of
from . import reactions
from .commands import touch
from .models import Comment, Reaction
from .status import lock, rank_of

if TYPE_CHECKING:
    from ..accounts.models import User

MAX_GUEST_LIKES_OF_A_NETWORK = 3  # room for a household, but not for a script with new cookies

_comments, _reactions = table_of(Comment), table_of(Reaction)
_this = _comments.c.id == bindparam("comment")
_its = _reactions.c.comment_id == bindparam("comment")
_own = _reactions.c.user_id == bindparam("user")
_KNOWN = AtOnce(
    comment=select(
        _comments.c.status, _comments.c.author_id, _comments.c.like_count, _comments.c.reactions
    ).where(_this),
    mine=select(_reactions.c.kind).where(_its, _own),
)
_THERE = select(func.count()).where(_its, _reactions.c.network == bindparam("network"))
_TAKE_BACK = delete(_reactions).where(_its, _own)
_TAKE_BACK_ONE = _TAKE_BACK.where(_reactions.c.kind == bindparam("kind"))
_CHANGE = update(_reactions).where(_its, _own).values(kind=bindparam("to"))
_COUNTS = select(
    _comments.c.likes_elsewhere,
    _comments.c.reply_count,
    _comments.c.pinned,
    _comments.c.reactions,
    select(func.count())
    .where(_its, _reactions.c.kind == literal("like"))
    .scalar_subquery()
    .label("likes"),
).where(_this)
_COUNT = (
    update(_comments)
    .where(_this)
    .values(like_count=bindparam("like_count"), rank=bindparam("rank"))
)


@dataclass(frozen=True)
class Counted:
    """A comment's likes, and its other reactions by kind."""

    likes: int
    others: reactions.Counts


def like(
    comment: Comment, user: User, *, network: str | None = None, kind: str = "like"
) -> Counted:
    """Like a comment, or react with another `kind`. Idempotent; it replaces an earlier reaction.
    Raises `Conflict` if the comment is not published, `NotAllowed` for one's own comment and beyond
    the limit for guests of one network."""
    with unit_of_work(keeping=True):
        network = network if user.is_guest else None
        found = _KNOWN.ask({"comment": comment.id, "user": user.id})
        now, mine = found["comment"], found["mine"]
        if now is None or now.status != "published":
            raise Conflict(f"conflict.{said(kind)}_published")
        if now.author_id == user.id:
            raise NotAllowed(f"own_comment.{said(kind)}")
        if mine is not None and mine.kind == kind:
            return _as_it_is(now)
        if mine is not None:
            execute(_CHANGE, {"comment": comment.id, "user": user.id, "to": kind})
            return _count(comment, others=True)
        if network and _likes_of(network, comment) >= MAX_GUEST_LIKES_OF_A_NETWORK:
            raise NotAllowed("enough_likes" if kind == "like" else "enough_likes.react")
        # the same person may have been faster on another node
        insert_first(
            Reaction,
            comment_id=comment.id,
            user_id=user.id,
            kind=kind,
            network=network,
            created_at=clock.now(),
        )
        return _count(comment, others=kind != "like")


def _likes_of(network: str, comment: Comment) -> int:
    """How many guests of a network have reacted to a comment. Locks its thread, so that none of
    several at once is missed."""
    lock(comment.thread_id)
    return int(execute(_THERE, {"comment": comment.id, "network": network}).scalar() or 0)


def said(kind: str) -> str:
    """What refusals call it: a dislike is not a like."""
    return "like" if kind == "like" else "react"


def unlike(comment: Comment, user: User, *, kind: str | None = "like") -> Counted:
    """Remove a like, or a reaction of another `kind`; None: of any kind. Returns the counts."""
    with unit_of_work(keeping=True):
        asked = {"comment": comment.id, "user": user.id}
        taken = (
            execute(_TAKE_BACK_ONE, {**asked, "kind": kind}) if kind else execute(_TAKE_BACK, asked)
        )
        if taken.rowcount:
            return _count(comment, others=kind != "like")
        return _as_it_is(_KNOWN.ask(asked)["comment"])


def _as_it_is(row: Any) -> Counted:
    return Counted(int(row.like_count), reactions.known_counts(row.reactions))


def _count(comment: Comment, *, others: bool) -> Counted:
    """Set the counts from queries. `others`: other reactions have changed, too."""
    touch(comment.thread_id)  # first, because it locks the thread, which serializes its writers
    found = execute(_COUNTS, {"comment": comment.id}).one()
    likes = found.likes_elsewhere + found.likes
    counts, approval = reactions.known_counts(found.reactions), 0
    if others:
        counts, approval = reactions.count(comment.id)
    elif counts:
        approval = reactions.approval_of(counts)
    rank = rank_of(likes + approval, found.reply_count, pinned=found.pinned)
    execute(_COUNT, {"comment": comment.id, "like_count": likes, "rank": rank})
    for name, value in (
        ("like_count", likes),
        ("rank", rank),
        ("reactions", counts or None),
        ("approval", approval),
        ("likes_elsewhere", found.likes_elsewhere),
        ("reply_count", found.reply_count),
        ("pinned", found.pinned),
    ):
        set_committed_value(comment, name, value)
    return Counted(int(likes), counts)
