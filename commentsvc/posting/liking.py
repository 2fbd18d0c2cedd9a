"""Liking a comment or reacting otherwise, and reacting to a page; also for anonymous readers, who
become guests."""

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
from ..threads.commands import find_thread, new_thread, where_it_went
from ..threads.reactions import pages as of_pages
from ..threads.rules import policy_around, policy_in
from .known import known_to_like, require_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..threads.models import Comment, Thread


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


@dataclass(frozen=True)
class Reacted:
    """The page's thread, which may be new, with its counts by kind of reaction, and the token of a
    guest created for this."""

    thread: Thread
    counts: Mapping[str, int]
    edit_token: str | None = None


def react_to_page(
    site: Site,
    href: str,
    user: User | None,
    kind: str,
    *,
    title: str | None = None,
    tags: tuple[str, ...] = (),
    network: str | None = None,
) -> Reacted:
    """Give a reaction to the page itself, as `like` does to a comment. The first one creates the
    page's thread. Raises `Conflict` if the site offers none, `Invalid` for a kind that is not
    offered or an invalid address, and `NotAllowed` as `like` does, or for a page that is not the
    site's."""
    with unit_of_work():
        require_known(site, user, "like", found := known_to_like(site, user, network))
        if found["block"] is not None:
            raise NotAllowed("network_blocked.react")
        thread = find_thread(site, href)
        policy = policy_in(site, thread, href, tags)
        if not policy.page_kinds:
            raise Conflict("no_likes.page")
        if kind not in policy.page_kinds:
            raise Invalid(
                "invalid.choose", names=named("reaction", policy.page_kinds), field="kind"
            )
        if not policy.guests_may_like and (user is None or user.is_guest):
            raise NotAllowed("sign_in_needed.page")
        thread = thread or new_thread(site, href, title=title, tags=tags)
        token = None
        if user is None:
            user, token = make_guest(say("widget.guest"))
        counts = of_pages.react(thread, user, kind, network=network)
        return Reacted(where_it_went(thread), counts, token)


def _check_may_like(user: User | None, policy: Policy, kind: str) -> None:
    kinds = policy.kinds
    if not kinds or (kind == "like" and "like" not in kinds):
        raise Conflict("no_likes")
    if kind not in kinds:
        raise Invalid("invalid.choose", names=named("reaction", kinds), field="kind")
    if not policy.guests_may_like and (user is None or user.is_guest):
        raise NotAllowed(f"sign_in_needed.{likes.said(kind)}")
