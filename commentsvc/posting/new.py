"""What a reader sends to post a comment, and what becomes of it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from ..settings import settings
from ..threads.commands import page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..accounts.models import User
    from ..sites.models import Site
    from ..threads.models import Comment
    from ..threads.text import Mention
    from ..threads.views import CommentView
    from .bots.suspicion import Sender


@dataclass(frozen=True)
class NewComment:
    """What a reader sends. `device` and `network` say who asks when nobody is signed in."""

    site: Site
    href: str
    text: str
    parent: str | None = None
    title: str | None = None
    name: str | None = None
    email: str | None = None
    user: User | None = None
    idempotency_key: str | None = None
    network: str | None = None
    locale: str | None = None  # the language of the page, or the reader's
    mentions: Sequence[Mention] = ()
    sent_by: Sender | None = None  # what is known of a request; None: no script sent this

    @cached_property
    def address(self) -> str:
        """The canonical address of the page. Raises `Invalid`."""
        return page_of(self.site, self.href).canonical

    @cached_property
    def sender(self) -> str:
        """Whose idempotency keys these are: a person's, or a network's while nobody is known."""
        who = f"user:{self.user.public_id}" if self.user else f"net:{self.network}"
        return hashlib.sha256(f"{self.site.key}|{who}".encode()).hexdigest()

    @cached_property
    def body_hash(self) -> str:
        """What is asked for."""
        body = [self.href, self.text, self.parent, self.title, self.name, self.email]
        body += [str(each.as_dict()) for each in self.mentions]
        return hashlib.sha256(orjson.dumps([repr(each) for each in body])).hexdigest()

    def secret(self, comment_id: int) -> str | None:
        """A guest's edit token, made from the request's own key and the comment it created. A repeated
        request gets the same one, a later comment with the same key another; only its hash is kept."""
        if not self.idempotency_key:
            return None
        material = f"guest-token|{self.sender}|{self.idempotency_key}|{comment_id}".encode()
        return hmac.new(settings().secret_key.encode(), material, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Posted:
    """What became of it; why it is held, `moderation.outcomes` says in words for its author. `view` is the
    comment as its author is shown it, where it was just added."""

    comment: Comment
    edit_token: str | None = None
    replayed: bool = False
    view: CommentView | None = None
