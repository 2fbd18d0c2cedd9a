"""Where a person is signed in: sessions with their browser and network, and known browsers.

A session's `grants` contain its origin (`agent`, `network`: shortened), when it was last used
(`seen`), when the person last proved who they are (`proved`), and `setup` if a second factor must
still be set up. Times are Unix seconds.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import SQLAlchemyError

from ..core import clock
from ..core.db import IntegrityError, db, forget, unit_of_work
from ..core.errors import NotFound
from ..core.ids import new_id
from ..core.jobs import enqueue, periodic
from ..core.writing import line
from . import frames, proofs
from .models import Credential

if TYPE_CHECKING:
    from .models import User

#: The last use of a session is stored at most this often.
SEEN_EVERY = timedelta(minutes=5)
_PATIENCE = 0.2  # seconds
DEVICE_DAYS = 400  # as long as browsers keep a cookie

#: Mark in the User-Agent -> browser. The first match counts: most browsers also claim to be others.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Android", "Android"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
_WORD = re.compile(r"[\w.+-]{1,30}")


@dataclass(frozen=True)
class Session:
    """One session as its person sees it. `browser` and `system` are names, or "" if unknown."""

    id: str
    browser: str
    system: str
    network: str
    began: datetime
    seen: datetime


def browser_of(agent: str) -> tuple[str, str]:
    """The names of browser and system in a User-Agent header; for a program, its first word."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if not browser and not agent.startswith("Mozilla/"):
        first = _WORD.match(agent)
        browser = first[0] if first else ""
    return browser, system


def sessions_of(user: User) -> list[Session]:
    """The person's valid sessions, last used first."""
    found = [_session(row) for row in db.session.scalars(_in_force(user))]
    return sorted(found, key=lambda each: each.seen, reverse=True)


def end(user: User, public_id: str) -> None:
    """Sign out one session, with the sign-ins in frames that belong to it. Raises `NotFound`."""
    for row in db.session.scalars(_in_force(user)):
        if row.public_id == public_id:
            frames.end_session(row)
            return
    raise NotFound("not_found.session")


def end_others(user: User, but: str) -> int:
    """Sign out all sessions but this one; returns how many."""
    others = [row for row in db.session.scalars(_in_force(user)) if row.public_id != but]
    with unit_of_work():
        for row in others:
            frames.end_session(row)
    return len(others)


def note(credential: Credential, **facts: Any) -> None:
    """Store facts about a session."""
    with unit_of_work():
        credential.grants = {**(credential.grants or {}), **facts}
        db.session.flush()


def see(credential: Credential) -> None:
    """Store that the session is used, if the last time is old enough. Gives up soon, so that
    readers can read while nothing can be written."""
    now = int(clock.now().timestamp())
    if now - (credential.grants or {}).get("seen", 0) < SEEN_EVERY.total_seconds():
        return
    try:
        with line.patience(time.monotonic() + _PATIENCE):
            note(credential, seen=now)
    except SQLAlchemyError:
        forget()


def meet(user: User, device: str, *, agent: str, network: str) -> None:
    """Remember the browser of a sign-in. Email the person if they have used others before but never
    this one."""
    known = proofs.find("device", _kept(user, device), stale=True)
    if known is not None:
        return
    others = select(Credential.id).where(Credential.user_id == user.id, Credential.kind == "device")
    try:
        with unit_of_work():
            is_first = db.session.scalar(others.limit(1)) is None
            ttl = timedelta(days=DEVICE_DAYS)
            proofs.issue("device", user=user, secret=_kept(user, device), ttl=ttl)
            if not is_first:
                said = dict(zip(("browser", "system"), browser_of(agent), strict=True))
                at = clock.now().isoformat()
                facts = {**said, "network": network, "at": at}
                enqueue(
                    "send_security", user_id=user.id, what="device", asked=new_id(), facts=facts
                )
    except IntegrityError:  # a concurrent sign-in, or an expired row that is not deleted yet
        return


@periodic("forget_sessions", minutes=1440)
def forget_sessions() -> None:
    """Delete ended sessions, unfinished sign-ins and expired browsers."""
    over = or_(Credential.expires_at <= clock.now(), Credential.revoked_at.is_not(None))
    kinds = Credential.kind.in_(("session", "half", "device"))
    with unit_of_work():
        db.session.execute(delete(Credential).where(kinds, over))


def _in_force(user: User) -> Any:
    return select(Credential).where(
        Credential.user_id == user.id,
        Credential.kind == "session",
        Credential.session_epoch == user.session_epoch,
        Credential.revoked_at.is_(None),
        Credential.expires_at > clock.now(),
    )


def _session(row: Credential) -> Session:
    facts = row.grants or {}
    agent = facts.get("agent", row.label or "")
    seen = facts.get("seen")
    return Session(
        row.public_id,
        *browser_of(agent),
        network=facts.get("network", ""),
        began=row.created_at,
        seen=datetime.fromtimestamp(seen, UTC) if seen else row.created_at,
    )


def _kept(user: User, device: str) -> str:
    return f"{user.public_id}|{device}"
