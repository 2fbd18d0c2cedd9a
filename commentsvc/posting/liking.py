"""Liking a comment or reacting otherwise, also for anonymous readers, who become guests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..accounts.commands import make_guest
from ..core.db import unit_of_work
from ..core.errors import Conflict, Invalid, NotAllowed
from ..core.jobs import enqueue
from ..core.locale import named, say
from ..sites.queries import by_id
from ..threads import likes
from ..threads.rules import policy_around
from .known import known_to_like, require_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User
    from ..sites.policy import Policy
    from ..threads.models import Comment


@dataclass(frozen=True)
class Liked:
    """The current counts, and the token of a guest created for this."""

    count: int
    others: Mapping[str, int]  # by kind of reaction
    edit_token: str | None = None


def like(
    comment: Comment, user: User | None, *, network: str | None = None, kind: str = "like"
) -> Liked:
    """Like a comment, or give another reaction that the site offers: once however often it is
    requested, replacing an earlier one. Raises `Conflict` if the comment cannot be liked, `Invalid`
    for a kind that is not offered, and `NotAllowed` if guests may not, for one's own comment, from
    a blocked network, or past the limit for one network's guests."""
    with unit_of_work(keeping=True):
        site = by_id(comment.site_id)
        found = known_to_like(site, user, network)
        require_known(site, user, "like", found)
        if found["block"] is not None:
            raise NotAllowed(f"network_blocked.{likes.said(kind)}")
        _check_may_like(user, policy_around(comment, site), kind)
        token = None
        if user is None:
            user, token = make_guest(say("widget.guest"))
        counted = likes.like(comment, user, network=network, kind=kind)
        enqueue("on_like", comment_id=comment.id, user_id=user.id)
        return Liked(counted.likes, counted.others, token)


def _check_may_like(user: User | None, policy: Policy, kind: str) -> None:
    kinds = policy.kinds
    if not kinds or (kind == "like" and "like" not in kinds):
        raise Conflict("no_likes")
    if kind not in kinds:
        raise Invalid("invalid.choose", names=named("reaction", kinds), field="kind")
    if not policy.guests_may_like and (user is None or user.is_guest):
        raise NotAllowed(f"sign_in_needed.{likes.said(kind)}")
