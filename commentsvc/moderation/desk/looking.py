"""Who has which card open now. Not in a table: entries expire after seconds, and nothing depends on
them. In Redis if configured, for all nodes; otherwise, or while Redis fails, in this process."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ...core.db import db
from ...core.parts import Part
from ...threads.models import Comment

if TYPE_CHECKING:
    from collections.abc import Collection

    from ...accounts.models import User
    from ...sites.models import Site

log = logging.getLogger(__name__)

SECONDS = 30
_PATIENCE = 0.2  # seconds that a page waits for Redis
_PAUSE = 5.0  # seconds before Redis is tried again after a failure
_KEY = "commentsvc:looking"


@dataclass
class Looking:
    """Person -> [comment, its site, their name, expiry], as JSON; one card per person."""

    redis: Any = None
    asked_again: float = 0.0
    known: dict[str, str] = field(default_factory=dict)

    def note(self, person: str, entry: str | None) -> dict[str, str]:
        """Set a person's entry (None deletes it) and return everybody's."""
        self._set(self.known, person, entry)
        if self.redis is None or time.monotonic() < self.asked_again:
            return dict(self.known)
        try:
            with self.redis.pipeline(transaction=False) as pipe:
                if entry is None:
                    pipe.hdel(_KEY, person)
                else:
                    pipe.hset(_KEY, person, entry)
                pipe.expire(_KEY, SECONDS)
                pipe.hgetall(_KEY)
                found: dict[str, str] = pipe.execute()[-1]
                return found
        except Exception as error:  # whatever the client raises: nothing depends on it
            self.asked_again = time.monotonic() + _PAUSE
            log.info(
                "cannot read from Redis which moderators are looking at a comment: %s",
                type(error).__name__,
            )
            return dict(self.known)

    @staticmethod
    def _set(known: dict[str, str], person: str, entry: str | None) -> None:
        if entry is None:
            known.pop(person, None)
        else:
            known[person] = entry


looking: Part[Looking] = Part("looking")


def install(app: Any, redis_url: str) -> None:
    """Install it in `app`."""
    client = None
    if redis_url:
        import redis  # an optional dependency, needed with REDIS_URL only

        client = redis.Redis.from_url(
            redis_url,
            decode_responses=True,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
        )
    looking.install(app, Looking(client))


def look(by: User, at: str | None, sites: Collection[Site]) -> dict[str, list[str]]:
    """Note that this moderator has the card `at` open (None: no card), and return who else has
    which card open on these sites: comment -> names."""
    ids = {site.id for site in sites}
    site_id = None
    if at:
        found = select(Comment.site_id).where(Comment.public_id == at, Comment.site_id.in_(ids))
        site_id = db.session.scalar(found)
    entry = json.dumps([at, site_id, by.name, time.time() + SECONDS]) if site_id else None
    others: dict[str, list[str]] = {}
    for person, kept in sorted(looking().note(by.public_id, entry).items()):
        comment, site, name, until = json.loads(kept)
        if person != by.public_id and site in ids and until > time.time():
            others.setdefault(comment, []).append(name)
    return others
