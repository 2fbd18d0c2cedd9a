"""Follow a conversation, change how often it is emailed, and stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from ...core import clock
from ...core.db import IntegrityError, db, unit_of_work
from ...core.errors import Invalid, NotAllowed
from ...core.jobs import handler
from ...core.locale import named
from ...core.rows import insert
from ...sites.queries import by_id
from ...threads.models import Thread
from ..models import Follow, Notification
from .planning import plan
from .rhythm import RHYTHMS

if TYPE_CHECKING:
    from ...accounts.models import User
    from ...sites.models import Site

MOST = 500  # followed conversations of one person


@dataclass(frozen=True)
class Followed:
    """A followed conversation, as listed."""

    thread: Thread
    site: Site
    rhythm: str


def follow(user: User, thread: Thread, rhythm: str) -> None:
    """Follow a conversation from now on; if already followed, only change the rhythm. Raises
    `NotAllowed` for a guest, `Invalid` for an unknown rhythm or too many conversations."""
    if user.is_guest:
        raise NotAllowed("not_allowed.follow_members")
    if rhythm not in RHYTHMS:
        raise Invalid("invalid.choose", names=named("follow_rhythm", RHYTHMS), field="rhythm")
    try:
        with unit_of_work():
            row = _row(user, thread.id)
            if row is None:
                _begin(user, thread, rhythm)
            elif row.rhythm != rhythm:
                row.rhythm = rhythm
                _plan_anew(row)
    except IntegrityError:  # a concurrent request has created it
        return


def _begin(user: User, thread: Thread, rhythm: str) -> None:
    count = select(func.count()).where(Follow.user_id == user.id)
    if int(db.session.scalar(count) or 0) >= MOST:
        raise Invalid("invalid.follow_most", n=MOST)
    moment = clock.now()
    insert(
        Follow(
            user_id=user.id,
            thread_id=thread.id,
            rhythm=rhythm,
            created_at=moment,
            rung_until=moment,
            told_until=moment,
        )
    )


def _plan_anew(row: Follow) -> None:
    """Reschedule a waiting email for the new rhythm."""
    waits, row.due_at = row.due_at is not None, None
    if waits and row.rhythm != "never":
        plan([row])


def unfollow(user: User, thread_id: int) -> None:
    """Stop following a conversation; does nothing if it is not followed."""
    with unit_of_work():
        db.session.execute(
            delete(Follow).where(Follow.user_id == user.id, Follow.thread_id == thread_id)
        )


def rhythm_of(user: User, thread: Thread) -> str | None:
    """How often this conversation is emailed to the person; None if they do not follow it."""
    row = _row(user, thread.id)
    return row.rhythm if row else None


def followed(user: User) -> list[Followed]:
    """The conversations that a person follows, most recently followed first."""
    rows = db.session.execute(
        select(Follow, Thread)
        .join(Thread, Thread.id == Follow.thread_id)
        .where(Follow.user_id == user.id)
        .order_by(Follow.created_at.desc(), Follow.id.desc())
    )
    return [Followed(thread, by_id(thread.site_id), row.rhythm) for row, thread in rows]


def quiet(user: User) -> None:
    """Stop the combined emails about followed conversations; the bell keeps notifying."""
    with unit_of_work():
        for row in db.session.scalars(
            select(Follow).where(Follow.user_id == user.id, Follow.rhythm.in_(("daily", "weekly")))
        ):
            row.rhythm, row.due_at = "never", None


@handler("forget_news", at_once=True)
def forget_news(user_id: int) -> None:
    """Delete the follows and notifications of an erased person."""
    with unit_of_work():
        for table in (Follow, Notification):
            db.session.execute(delete(table).where(table.user_id == user_id))


def _row(user: User, thread_id: int) -> Follow | None:
    return db.session.scalar(
        select(Follow).where(Follow.user_id == user.id, Follow.thread_id == thread_id)
    )
