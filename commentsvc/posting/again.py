"""Repeated requests: the same idempotency key gets the same answer."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from ..core import clock
from ..core.db import execute
from ..core.errors import Invalid, NotFound
from ..core.rows import insert_first, table_of, taken, whole
from ..threads.models import Comment
from .models import Idempotency
from .new import NewComment, Posted


class SameKeyOtherBody(Invalid):
    """The idempotency key was already used for a different request."""


def is_first(new: NewComment, comment_id: int) -> bool:
    """Whether this is the first request with its key. The key is then stored with the comment that
    is about to be written. Of two concurrent requests, the second waits for the first. Inside a
    unit only."""
    return not new.idempotency_key or insert_first(
        Idempotency,
        sender=new.sender,
        key=new.idempotency_key,
        body_hash=new.body_hash,
        comment_id=comment_id,
        answer={"token": new.user is None},
        created_at=clock.now(),
    )


def replay(new: NewComment) -> Posted:
    """The answer to the first request with this key. Raises `SameKeyOtherBody`, or `NotFound` if
    the comment is gone."""
    row = execute(_KEPT, {"sender": new.sender, "key": new.idempotency_key}).one()
    if row.body_hash != new.body_hash:
        raise SameKeyOtherBody("idempotency_mismatch", field="Idempotency-Key")
    comment = taken(Comment, execute(_COMMENT, {"comment": row.comment_id}).first())
    if comment is None:
        raise NotFound("not_found.gone")
    token = new.secret(comment.id) if row.answer.get("token") else None
    return Posted(comment, token, replayed=True)


_keys = table_of(Idempotency)
_KEPT = select(_keys.c.body_hash, _keys.c.comment_id, _keys.c.answer).where(
    _keys.c.sender == bindparam("sender"), _keys.c.key == bindparam("key")
)
_COMMENT = whole(Comment).where(Comment.id == bindparam("comment"))
