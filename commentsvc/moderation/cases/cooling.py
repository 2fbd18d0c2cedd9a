"""Slow mode and pre-moderation of one conversation. A moderator's lasts until switched off; rules
also turn on slow mode while a conversation is heated, and off again. Every change is logged.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import any_of, changed, db, release, unit_of_work
from ...core.errors import Invalid
from ...core.jobs import periodic
from ...sites.models import Site
from ...sites.policy import KNOBS
from ...sites.queries import by_id, policy_of, require
from ...threads.commands import touch
from ...threads.models import Comment, Thread
from ..audit import append, pseudonym
from .models import ThreadMeasure
from .temperature import Reading, readings

MOST_SECONDS = 3600
#: Kind of row -> its name in the public log. Mere observations by rules are not in it.
PUBLIC = {
    "slow": "slow",
    "normal": "normal",
    "hold": "premoderate",
    "unhold": "unpremoderate",
}
_CALM = 0.8  # of the limit: just below it, a conversation is still heated
_LONGEST = timedelta(minutes=KNOBS["heat_minutes"].high)


# --- by people ------------------------------------------------------------------------------------


def slow_down(thread: Thread, seconds: int, *, by: User) -> None:
    """Limit each person to one comment per `seconds`, until switched off. Raises `Invalid`."""
    if not 1 <= seconds <= MOST_SECONDS:
        raise Invalid("invalid.number_between", field="seconds", least=1, most=MOST_SECONDS)
    with unit_of_work():
        require(by, "close_thread", by_id(thread.site_id))
        if (thread.slow_seconds, thread.slow_until) == (seconds, None):
            return
        thread.slow_seconds, thread.slow_until = seconds, None
        _note(thread, "slow", by=by, seconds=seconds)


def let_go(thread: Thread, *, by: User) -> None:
    """Turn slow mode off. While the conversation stays heated, rules do not turn it on again."""
    with unit_of_work():
        require(by, "close_thread", by_id(thread.site_id))
        if not thread.slow_seconds:
            return
        thread.slow_seconds, thread.slow_until = 0, None
        _note(thread, "normal", by=by)


def premoderate(thread: Thread, on: bool, *, by: User) -> bool:
    """Turn pre-moderation of the conversation on or off: whether it was not so before. Existing
    comments stay as they are."""
    with unit_of_work():
        require(by, "close_thread", by_id(thread.site_id))
        if thread.premoderate == on:
            return False
        thread.premoderate = on
        _note(thread, "hold" if on else "unhold", by=by)
    return True


def history(
    sites: list[Site], *, limit: int = 20
) -> list[tuple[ThreadMeasure, Thread, str | None]]:
    """The newest changes, each with its conversation and the person's name: one query."""
    rows = db.session.execute(
        select(ThreadMeasure, Thread, User.name)
        .join(Thread, Thread.id == ThreadMeasure.thread_id)
        .outerjoin(User, User.id == ThreadMeasure.by_id)
        .where(any_of(ThreadMeasure.site_id, [each.id for each in sites]))
        .order_by(ThreadMeasure.id.desc())
        .limit(limit)
    ).all()
    return [(row[0], row[1], row[2]) for row in rows]


# --- by rules -------------------------------------------------------------------------------------


@periodic("take_temperatures", minutes=1)
def _take_temperatures() -> None:
    take_temperatures()


def take_temperatures() -> None:
    """Mark conversations that have become heated, slow them down if the site wants that, and end
    both once they cool. Four queries if nothing has to change.

    Every change is one conditional UPDATE, so that two workers in the same minute apply it once.
    """
    sites = _lively()
    now = readings(sites) if sites else {}
    seen = Thread.id.in_([key for key, each in now.items() if each.is_hot])
    marked = or_(Thread.hot_since.is_not(None), Thread.slow_until.is_not(None))
    of_sites = any_of(Thread.site_id, [site.id for site in sites])
    threads = db.session.scalars(select(Thread).where(of_sites, or_(seen, marked))).all()
    release()
    sites_by_id = {site.id: site for site in sites}
    for thread in threads:
        reading = now.get(thread.id, Reading(0, None, 0.0, 0.0))
        with unit_of_work():
            _settle(thread, sites_by_id[thread.site_id], reading)


def _lively() -> list[Site]:
    """Sites with recent comments, a heated conversation, or one in automatic slow mode."""
    written = exists().where(
        Comment.site_id == Site.id, Comment.created_at > clock.now() - _LONGEST
    )
    hot = exists().where(Thread.site_id == Site.id, Thread.hot_since.is_not(None))
    slow = exists().where(Thread.site_id == Site.id, Thread.slow_until.is_not(None))
    return list(db.session.scalars(select(Site).where(or_(written, hot, slow)).order_by(Site.id)))


def _settle(thread: Thread, site: Site, reading: Reading) -> None:
    moment, policy = clock.now(), policy_of(site, thread.address, thread.tags)
    until = moment + timedelta(minutes=policy.heat_slow_minutes)
    if reading.is_hot and thread.hot_since is None:
        if _set(thread, Thread.hot_since.is_(None), hot_since=moment):
            _note(thread, "hot", reading=reading)
            free = (Thread.slow_seconds == 0) & Thread.closed_at.is_(None)
            seconds = policy.heat_slow_seconds
            if seconds and _set(thread, free, slow_seconds=seconds, slow_until=until):
                _note(thread, "slow", seconds=seconds, until=until, reading=reading)
    elif reading.is_hot and thread.slow_until is not None:
        _set(thread, Thread.slow_until.is_not(None), slow_until=until)
    calm = thread.hot_since is not None and reading.temperature < _CALM
    if calm and _set(thread, Thread.hot_since.is_not(None), hot_since=None):
        _note(thread, "cool", reading=reading)
    over = thread.slow_until is not None and thread.slow_until <= moment
    if over and _set(thread, Thread.slow_until <= moment, slow_seconds=0, slow_until=None):
        _note(thread, "normal", reading=reading)


def _set(thread: Thread, where: Any, **values: Any) -> bool:
    done = changed(update(Thread).where(Thread.id == thread.id, where).values(**values))
    db.session.refresh(thread, list(values))
    return bool(done)


def _note(
    thread: Thread,
    kind: str,
    *,
    by: User | None = None,
    seconds: int = 0,
    until: datetime | None = None,
    reading: Reading | None = None,
) -> None:
    """Log a change; publicly too if it restricts or frees readers, who are also shown slow mode."""
    facts: dict[str, Any] = {}
    if reading is not None:
        facts = {
            "comments": reading.comments,
            "toxicity": None if reading.toxicity is None else round(reading.toxicity, 4),
            "reports": reading.reports,
            "temperature": round(reading.temperature, 4),
        }
    db.session.add(
        ThreadMeasure(
            site_id=thread.site_id,
            thread_id=thread.id,
            kind=kind,
            automated=by is None,
            by_id=by.id if by else None,
            seconds=seconds,
            until=until,
            facts=facts,
            created_at=clock.now(),
        )
    )
    if by is not None:
        record(kind, site_id=thread.site_id, by=by, thread_id=thread.id, seconds=seconds)
    if kind in PUBLIC:
        data = {"thread": pseudonym(thread.public_id), "action": PUBLIC[kind], "seconds": seconds}
        append(thread.site_id, "thread", {**data, "automated": by is None})
    if kind in ("slow", "normal"):
        touch(thread.id)
    db.session.flush()
