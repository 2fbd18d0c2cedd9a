"""What holds in a thread: the policy of its section, and whether anybody can write there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from ..accounts.acts import record
from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, Invalid
from ..sites.hours import is_open, next_change
from ..sites.queries import policy_of
from .commands import find_thread, page_of, set_closed, slow_pause, touch
from .models import Thread

if TYPE_CHECKING:
    from ..accounts.models import User
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


@dataclass(frozen=True)
class Closing:
    """Why nobody can write: somebody closed the thread, its time is over, or the hours are. `opens_at` is
    when it opens again by itself, in the time zone of the hours."""

    why: Literal["hand", "age", "hours"]
    opens_at: datetime | None = None


def closing(thread: Thread | None, policy: Policy) -> Closing | None:
    """Why nobody can write in the thread now, or on an article that has none yet; None while it is open."""
    moment = clock.now()
    if thread is not None and thread.closed_at is not None:
        return Closing("hand")
    end = closes_at(thread, policy) if thread is not None else None
    if end is not None and end <= moment:
        return Closing("age")
    if policy.outside_hours != "close" or is_open(policy, moment):
        return None
    opens = next_change(policy, moment)
    return Closing("hours", None if end and opens and opens >= end else opens)


def check_open(thread: Thread | None, policy: Policy) -> None:
    """Raises `ThreadClosed` where nobody can write now."""
    found = closing(thread, policy)
    if found is not None and found.opens_at is not None:
        raise ThreadClosed("thread_closed.hours", opens=found.opens_at)
    if found is not None:
        raise ThreadClosed("thread_closed")


def closes_at(thread: Thread, policy: Policy) -> datetime | None:
    """When the thread closes by itself: at its own date, else by the policy's age; None: never."""
    if thread.closes_at is not None or not policy.close_after_days:
        return thread.closes_at
    return thread.created_at + timedelta(days=policy.close_after_days)


def pause_in(thread: Thread | None, policy: Policy) -> int:
    """The seconds between two comments of one person, beside the policy's own: those of the thread's slow
    mode, or of the hours."""
    slowed = slow_pause(thread) if thread is not None else 0
    outside = policy.outside_hours == "slow" and not is_open(policy, clock.now())
    return max(slowed, policy.outside_seconds if outside else 0)


def changes_at(thread: Thread | None, policy: Policy) -> datetime | None:
    """When what readers are told of it changes next, by time alone."""
    moments = [next_change(policy, clock.now()), closes_at(thread, policy) if thread else None]
    if thread is not None and thread.slow_seconds:
        moments.append(thread.slow_until)
    return min((each for each in moments if each and each > clock.now()), default=None)


def holds_at(policy: Policy, moment: datetime | None) -> bool:
    """Whether what is written at this moment (None: now) waits for a moderator: it is outside the hours."""
    return policy.outside_hours == "hold" and not is_open(policy, moment or clock.now())


def waits(thread: Thread | None, policy: Policy, moment: datetime | None) -> dict[str, Any]:
    """Why everything that is written there at this moment (None: now) waits, for the rules."""
    premoderated = thread is not None and thread.premoderate
    return {"thread_premoderated": premoderated, "outside_hours": holds_at(policy, moment)}


def set_closing(
    thread: Thread, *, by: User | None, closed: bool | None = None, **closes_at: datetime | None
) -> None:
    """Close it or open it, say when it closes by itself (`closes_at`), or both. Raises like both."""
    with unit_of_work():
        if closes_at:
            set_closes_at(thread, closes_at["closes_at"], by=by)
        if closed is not None:
            set_closed(thread, closed, by=by)


def set_closes_at(thread: Thread, end: datetime | None, *, by: User | None) -> None:
    """Let the thread close at this moment, whatever its age; None: by the policy's age again. Raises
    `Invalid` for one that is over."""
    if end is not None and end <= clock.now():
        raise Invalid("invalid.until", field="closes_at")
    with unit_of_work():
        if thread.closes_at == end:
            return
        thread.closes_at = end
        said = end.isoformat() if end else None
        record("closing_set", site_id=thread.site_id, by=by, thread_id=thread.id, until=said)
        touch(thread.id)
