"""Who likes which comment, counted in its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from ..core import clock
from ..core.db import execute, insert_first, table_of, unit_of_work
from ..core.errors import Conflict, NotAllowed
from ..core.writing.asking import AtOnce
from .commands import touch
from .models import Comment, Reaction
from .status import rank_of

if TYPE_CHECKING:
    from ..accounts.models import User

MAX_GUEST_LIKES_OF_A_NETWORK = 3  # a household may agree; a script with new cookies may not

_comments, _reactions = table_of(Comment), table_of(Reaction)
_this = _comments.c.id == bindparam("comment")
_its = _reactions.c.comment_id == bindparam("comment")
_own = _reactions.c.user_id == bindparam("user")
_KNOWN = AtOnce(
    comment=select(_comments.c.status, _comments.c.author_id, _comments.c.like_count).where(_this),
    mine=select(_reactions.c.comment_id).where(_its, _own),
    there=select(func.count().label("likes")).where(
        _its, _reactions.c.network == bindparam("network")
    ),
)
_TAKE_BACK = delete(_reactions).where(_its, _own)
_COUNTS = select(
    _comments.c.likes_elsewhere,
    _comments.c.reply_count,
    _comments.c.pinned,
    select(func.count()).where(_its).scalar_subquery().label("likes"),
).where(_this)
_COUNT = (
    update(_comments)
    .where(_this)
    .values(like_count=bindparam("like_count"), rank=bindparam("rank"))
)


def like(comment: Comment, user: User, *, network: str | None = None) -> int:
    """Like a comment, once however often it is asked. Returns the count. Raises `Conflict` where there is
    nothing to like, `NotAllowed` for one's own and past what one network's guests may."""
    with unit_of_work(keeping=True):
        network = network if user.is_guest else None
        found = _KNOWN.ask({"comment": comment.id, "user": user.id, "network": network})
        now = found["comment"]
        if now is None or now.status != "published":
            raise Conflict("conflict.like_published")
        if now.author_id == user.id:
            raise NotAllowed("own_comment.like")
        if found["mine"] is not None:
            return int(now.like_count)
        if network and found["there"].likes >= MAX_GUEST_LIKES_OF_A_NETWORK:
            raise NotAllowed("enough_likes")
        # the same person may be faster on another node
        insert_first(
            Reaction,
            comment_id=comment.id,
            user_id=user.id,
            network=network,
            created_at=clock.now(),
        )
        return _count(comment)


def unlike(comment: Comment, user: User) -> int:
    """Take a like back. Returns the count."""
    with unit_of_work(keeping=True):
        asked = {"comment": comment.id, "user": user.id}
        if execute(_TAKE_BACK, asked).rowcount:
            return _count(comment)
        found = _KNOWN.ask({**asked, "network": None})
        return int(found["comment"].like_count)


def _count(comment: Comment) -> int:
    touch(comment.thread_id)  # first: it lets writers of the thread go one after the other
    found = execute(_COUNTS, {"comment": comment.id}).one()
    likes = found.likes_elsewhere + found.likes
    rank = rank_of(likes, found.reply_count, pinned=found.pinned)
    execute(_COUNT, {"comment": comment.id, "like_count": likes, "rank": rank})
    for name, value in (
        ("like_count", likes),
        ("rank", rank),
        ("likes_elsewhere", found.likes_elsewhere),
        ("reply_count", found.reply_count),
        ("pinned", found.pinned),
    ):
        set_committed_value(comment, name, value)
    return int(likes)
