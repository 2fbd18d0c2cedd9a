"""Liking a comment, also for who is nobody yet and becomes a guest by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from ..accounts.commands import make_guest
from ..accounts.models import User
from ..core import clock
from ..core.db import taken, unit_of_work
from ..core.errors import Conflict, NotAllowed
from ..core.jobs import enqueue
from ..core.locale import say
from ..core.writing.asking import AtOnce
from ..moderation.cases.blocked import BLOCKED
from ..sites import permissions
from ..sites.models import Membership
from ..sites.queries import (
    MEMBER,
    VERSION,
    anew,
    by_id,
    in_force,
    refusal,
    role_by,
)
from ..threads import likes
from ..threads.rules import policy_around

if TYPE_CHECKING:
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..threads.models import Comment


@dataclass(frozen=True)
class Liked:
    """The count now, and the token of a guest who was made for it."""

    count: int
    edit_token: str | None = None


def like(comment: Comment, user: User | None, *, network: str | None = None) -> Liked:
    """Like a comment, once however often it is asked. Raises `Conflict` where nothing can be liked,
    and `NotAllowed` where guests may not, for one's own, from a blocked network, or past what one
    network's guests may."""
    with unit_of_work(keeping=True):
        site = by_id(comment.site_id)
        found = _known_of(user, site, network)
        if not permissions.may(role_by(user, in_force(taken(Membership, found["member"]))), "like"):
            raise refusal(user, "like", site)
        if found["block"] is not None:
            raise NotAllowed("network_blocked.like")
        _check_may_like(user, policy_around(comment, site))
        token = None
        if user is None:
            user, token = make_guest(say("widget.guest"))
        count = likes.like(comment, user, network=network)
        enqueue("on_like", comment_id=comment.id, user_id=user.id)
        return Liked(count, token)


_PARTS: dict[str, Any] = {
    "site": VERSION,
    "author": select(User.id, User.kind, User.is_admin, User.erased_at).where(
        User.id == bindparam("user")
    ),
    "member": MEMBER,
    "block": BLOCKED,
}
_KNOWN = AtOnce(**_PARTS)


def _known_of(user: User | None, site: Site, network: str | None) -> dict[str, Any]:
    """What decides whether somebody may like something, as it is now: also of who and what was loaded
    before."""
    asked = {
        "site": site.id,
        "user": user.id if user is not None else None,
        "network": network,
        "moment": clock.now(),
    }
    found = _KNOWN.ask(asked)
    if found["site"] is None or found["site"].version != site.version:
        anew(site)
    if user is not None and found["author"] is not None:
        for name, value in zip(found["author"]._fields, found["author"], strict=True):
            set_committed_value(user, name, value)
    return found


def _check_may_like(user: User | None, policy: Policy) -> None:
    if not policy.likes:
        raise Conflict("no_likes")
    if not policy.guests_may_like and (user is None or user.is_guest):
        raise NotAllowed("sign_in_needed.like")
