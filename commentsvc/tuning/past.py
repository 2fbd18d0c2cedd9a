"""What was known of an author when a comment was written, counted anew: stored facts count it only as far
as the policy of that day asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..core.db import db
from ..moderation.judging.facts import ALIKE_WITHIN, RECENT_TEXTS, is_repeat
from ..threads.models import Comment, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ..sites.models import Site

#: Fields of the policy on which the stored facts about an author depend.
FIELDS = frozenset(("premoderate_first", "flood_minutes", "hold_repeats", "slow_seconds"))
_MOST = 20_000  # comments of these authors, the newest: reading them takes a fraction of a second
_AT_ONCE = 500


class Past:
    """What the authors of these rows wrote on the site before each of them: few queries."""

    def __init__(self, site: Site, rows: Sequence[Any]) -> None:
        self._written: dict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
        self._published: dict[int, int] = {}
        if not rows:
            return
        since = min(row.created_at for row in rows) - ALIKE_WITHIN
        authors = sorted({row.author_id for row in rows})
        most = _MOST // (1 + len(authors) // _AT_ONCE)
        for begin in range(0, len(authors), _AT_ONCE):
            self._read(site, authors[begin : begin + _AT_ONCE], since, most)

    def _read(self, site: Site, authors: list[int], since: datetime, most: int) -> None:
        own = (Comment.site_id == site.id, Comment.author_id.in_(authors))
        newest = (
            select(Comment.author_id, Comment.created_at, Comment.status, Revision.text)
            .join(Revision, Revision.id == Comment.revision_id)
            .where(*own, Comment.created_at >= since, Comment.status != "withdrawn")
            .order_by(Comment.created_at.desc())
            .limit(most)
        )
        for author, at, status, text in reversed(db.session.execute(newest).all()):
            self._written[author].append((at, status, text))
        older = (
            select(Comment.author_id, func.count())
            .where(*own, Comment.created_at < since, Comment.status == "published")
            .group_by(Comment.author_id)
        )
        self._published |= {author: count for author, count in db.session.execute(older)}

    def _before(self, row: Any) -> list[tuple[datetime, str, str]]:
        written = self._written[row.author_id]
        return written[: bisect_left(written, row.created_at, key=lambda each: each[0])]

    def approved(self, row: Any) -> int:
        """How many comments of the author were published by then."""
        here = sum(status == "published" for _, status, _ in self._before(row))
        return self._published.get(row.author_id, 0) + here

    def posts(self, row: Any, minutes: int) -> int:
        """How many comments the author had written in the minutes before."""
        since = row.created_at - timedelta(minutes=minutes)
        return sum(at > since for at, _, _ in self._before(row))

    def repeats(self, row: Any) -> bool:
        """Whether the author says again what they said shortly before."""
        earlier = [
            (text, at) for at, _, text in self._before(row) if at > row.created_at - ALIKE_WITHIN
        ]
        return is_repeat(row.text, earlier[-RECENT_TEXTS:], row.created_at)

    def pause(self, row: Any) -> float:
        """The seconds since the author's comment before; infinite for the first."""
        before = self._before(row)
        return (row.created_at - before[-1][0]).total_seconds() if before else float("inf")
