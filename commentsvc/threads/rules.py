"""What applies in a thread: the policy of its section, and whether it is open."""

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
from ..sites.sections.tags import tidy_tags
from .commands import find_thread, page_of, set_closed, slow_pause, touch
from .models import Thread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..accounts.models import User
    from ..sites.models import Site
    from ..sites.policy import Policy
    from .models import Comment


class ThreadClosed(Conflict):
    """The thread is closed for comments now."""


def policy_at(site: Site, href: str | None, tags: tuple[str, ...] = ()) -> Policy:
    """The policy for the article at this address; without one, the site's. `tags` are those that
    its page gives itself: they count while it has no thread. Raises `Invalid`."""
    if not href or not site.sections:
        return policy_of(site)
    return policy_in(site, find_thread(site, href), href, tags)


def policy_in(site: Site, thread: Thread | None, href: str, tags: tuple[str, ...] = ()) -> Policy:
    """The same for an article whose thread, if there is one, is known."""
    if thread is not None:
        return policy_of(site, thread.address, thread.tags)
    return policy_of(site, page_of(site, href).canonical, tags)


def policy_around(comment: Comment, site: Site) -> Policy:
    """The policy for a comment's thread. Queries the database only if the site has sections."""
    if not site.sections:
        return policy_of(site)
    thread = db.session.get_one(Thread, comment.thread_id)
    return policy_of(site, thread.address, thread.tags)


@dataclass(frozen=True)
class Closing:
    """Why a thread is closed: by hand, by its age, or outside the hours. `opens_at` is when it
    reopens by itself, in the time zone of the hours."""

    why: Literal["hand", "age", "hours"]
    opens_at: datetime | None = None


def closing(thread: Thread | None, policy: Policy) -> Closing | None:
    """Why the thread, or an article without one yet, is closed now; None while it is open."""
    moment = clock.now()
    if thread is not None and thread.closed_at is not None:
        return Closing("hand")
    end = closes_at(thread, policy) if thread is not None else None
    if end is not None and end <= moment:
        return Closing("age")
    if not _is_outside("close", policy, moment):
        return None
    opens = next_change(policy, moment)
    return Closing("hours", None if end and opens and opens >= end else opens)


def check_open(thread: Thread | None, policy: Policy) -> None:
    """Raises `ThreadClosed` if the thread is closed now."""
    found = closing(thread, policy)
    if found is not None and found.opens_at is not None:
        raise ThreadClosed("thread_closed.hours", opens=found.opens_at)
    if found is not None:
        raise ThreadClosed("thread_closed")


def closes_at(thread: Thread, policy: Policy) -> datetime | None:
    """When the thread closes by itself: at its own date, else at the policy's age; None: never."""
    if thread.closes_at is not None or not policy.close_after_days:
        return thread.closes_at
    return thread.created_at + timedelta(days=policy.close_after_days)


def pause_in(thread: Thread | None, policy: Policy) -> int:
    """The seconds that a person must wait between comments, in addition to the policy's own pause:
    for the thread's slow mode, or outside the hours."""
    slowed = slow_pause(thread) if thread is not None else 0
    outside = _is_outside("slow", policy, clock.now())
    return max(slowed, policy.outside_seconds if outside else 0)


def changes_at(thread: Thread | None, policy: Policy) -> datetime | None:
    """When the thread's state that readers see next changes by time alone."""
    moments = [next_change(policy, clock.now()), closes_at(thread, policy) if thread else None]
    if thread is not None and thread.slow_seconds:
        moments.append(thread.slow_until)
    return min((each for each in moments if each and each > clock.now()), default=None)


def holds_at(policy: Policy, moment: datetime | None) -> bool:
    """Whether comments at this moment (None: now) are held because it is outside the hours."""
    return _is_outside("hold", policy, moment or clock.now())


def _is_outside(what: str, policy: Policy, moment: datetime) -> bool:
    """Whether the moment is outside the hours, if any are set, and this is what then happens."""
    if not policy.open_hours or policy.outside_hours != what:
        return False
    return not is_open(policy, moment)


def waits(thread: Thread | None, policy: Policy, moment: datetime | None) -> dict[str, Any]:
    """For the rules: why every comment there at this moment (None: now) is held."""
    premoderated = thread is not None and thread.premoderate
    return {"thread_premoderated": premoderated, "outside_hours": holds_at(policy, moment)}


def change(
    thread: Thread,
    *,
    by: User | None,
    closed: bool | None = None,
    tags: Iterable[str] | None = None,
    **closes_at: datetime | None,
) -> None:
    """Close or open a thread, set when it closes (`closes_at`), or set its tags; all of it or
    nothing. Raises `Invalid`."""
    with unit_of_work():
        if closes_at:
            set_closes_at(thread, closes_at["closes_at"], by=by)
        if closed is not None:
            set_closed(thread, closed, by=by)
        if tags is not None:
            set_tags(thread, tags, by=by)


def set_closes_at(thread: Thread, end: datetime | None, *, by: User | None) -> None:
    """Set when the thread closes, whatever its age; None: at the policy's age again. Raises
    `Invalid` for a time in the past."""
    if end is not None and end <= clock.now():
        raise Invalid("invalid.until", field="closes_at")
    with unit_of_work():
        if thread.closes_at == end:
            return
        thread.closes_at = end
        said = end.isoformat() if end else None
        record("closing_set", site_id=thread.site_id, by=by, thread_id=thread.id, until=said)
        touch(thread.id)


def set_tags(thread: Thread, tags: Iterable[str], *, by: User | None) -> None:
    """Set the thread's tags, which can put it into another section. Raises `Invalid`."""
    tidy = tidy_tags(tags)
    with unit_of_work():
        if thread.tags == tidy:
            return
        changes = {"tags": [list(thread.tags), list(tidy)]}
        thread.tags = tidy
        record("tags_set", site_id=thread.site_id, by=by, thread_id=thread.id, changes=changes)
        touch(thread.id)
