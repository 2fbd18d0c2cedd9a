"""A reader's new comment, as sent and as posted: once, however often it is sent with its key."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import bindparam, select

from ..core import clock
from ..core.db import execute
from ..core.errors import Invalid, NotFound
from ..core.rows import insert_first, table_of, taken, whole
from ..settings import settings
from ..threads.commands import page_of
from ..threads.models import Comment
from .models import Idempotency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..accounts.models import User
    from ..sites.models import Site
    from ..threads.text import Mention
    from ..threads.views import CommentView
    from .bots.suspicion import Sender


@dataclass(frozen=True)
class NewComment:
    """What a reader sends. `network` identifies the sender when nobody is signed in."""

    site: Site
    href: str
    text: str
    parent: str | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()  # that the page gives itself: for a new thread
    name: str | None = None
    email: str | None = None
    user: User | None = None
    idempotency_key: str | None = None
    network: str | None = None
    locale: str | None = None  # the language of the page, or the reader's
    mentions: Sequence[Mention] = ()
    sent_by: Sender | None = None  # what the request reveals; None: no script sent this

    @cached_property
    def address(self) -> str:
        """The canonical address of the page. Raises `Invalid`."""
        return page_of(self.site, self.href).canonical

    @cached_property
    def sender(self) -> str:
        """Whose idempotency keys these are: a person's, or without one a network's."""
        who = f"user:{self.user.public_id}" if self.user else f"net:{self.network}"
        return hashlib.sha256(f"{self.site.key}|{who}".encode()).hexdigest()

    @cached_property
    def body_hash(self) -> str:
        """A hash of what is requested."""
        body = [self.href, self.text, self.parent, self.title, self.name, self.email]
        body += self.tags
        body += [str(each.as_dict()) for each in self.mentions]
        return hashlib.sha256(orjson.dumps([repr(each) for each in body])).hexdigest()

    def secret(self, comment_id: int) -> str | None:
        """A guest's edit token, derived from the request's own key and the comment it created. A
        repeated request gets the same token, a later comment with the same key a different one;
        only its hash is stored."""
        if not self.idempotency_key:
            return None
        material = f"guest-token|{self.sender}|{self.idempotency_key}|{comment_id}".encode()
        return hmac.new(settings().secret_key.encode(), material, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Posted:
    """The result. `moderation.outcomes` explains to the author why it is held. `view` is the
    comment as its author sees it, if it was just added."""

    comment: Comment
    edit_token: str | None = None
    replayed: bool = False
    view: CommentView | None = None


# --- repeated requests -----------------------------------------------------------------------------


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
