"""What holds in a thread: the policy of its section, and whether anybody can write there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..core import clock
from ..core.db import db
from ..core.errors import Conflict
from ..sites.queries import policy_of
from .commands import find_thread, page_of
from .models import Thread

if TYPE_CHECKING:
    from ..sites.models import Site
    from ..sites.policy import Policy
    from .models import Comment


class ThreadClosed(Conflict):
    """Nobody may write here now."""


def policy_at(site: Site, href: str | None) -> Policy:
    """The policy on the article that a page names; without one, of the site. Raises `Invalid` for what is no
    address."""
    if not href or not site.sections:
        return policy_of(site)
    thread = find_thread(site, href)
    return policy_of(site, thread.address if thread else page_of(site, href).canonical)


def policy_around(comment: Comment, site: Site) -> Policy:
    """The policy where a comment stands. Asks the database only where the site has sections."""
    return policy_of(site, address_around(comment, site))


def address_around(comment: Comment, site: Site) -> str | None:
    """The address of the comment's thread, for `policy_of`; None where no section depends on it."""
    if not site.sections:
        return None
    return db.session.get_one(Thread, comment.thread_id).address


def closed_since(thread: Thread, policy: Policy) -> datetime | None:
    """When the thread closed, by hand or by the policy's age; None while it is open."""
    if thread.closed_at is not None:
        return thread.closed_at
    if policy.close_after_days:
        end = thread.created_at + timedelta(days=policy.close_after_days)
        return end if end <= clock.now() else None
    return None
