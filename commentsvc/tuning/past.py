"""What was known about an author when a comment was written, counted again: stored facts only
contain what the policy of that day asked for."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..core.db import db
from ..moderation.judging.authors import ALIKE_WITHIN, RECENT_TEXTS, is_repeat
from ..threads.models import Comment, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ..sites.models import Site

#: Policy fields on which the stored facts about an author depend.
FIELDS = frozenset(
    (
        *("premoderate_first", "flood_minutes", "hold_repeats", "slow_seconds"),
        *("open_hours", "hours_zone", "outside_hours", "outside_seconds"),
    )
)
_MOST = 20_000  # comments of these authors, the newest: reading them takes a fraction of a second
_AT_ONCE = 500


@dataclass
class _Written:
    """One author's comments, oldest first; `published` counts the published ones before
    each and in all."""

    published: list[int]
    at: list[datetime] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, at: datetime, status: str, text: str) -> None:
        self.at.append(at)
        self.texts.append(text)
        self.published.append(self.published[-1] + (status == "published"))


class Past:
    """The comments that these rows' authors wrote on the site before each row: few queries."""

    def __init__(self, site: Site, rows: Sequence[Any]) -> None:
        self._of: dict[int, _Written] = {}
        if not rows:
            return
        since = min(row.created_at for row in rows) - ALIKE_WITHIN
        authors = sorted({row.author_id for row in rows})
        most = _MOST // (1 + len(authors) // _AT_ONCE)
        for begin in range(0, len(authors), _AT_ONCE):
            self._read(site, authors[begin : begin + _AT_ONCE], since, most)

    def _read(self, site: Site, authors: list[int], since: datetime, most: int) -> None:
        own = (Comment.site_id == site.id, Comment.author_id.in_(authors))
        older = (
            select(Comment.author_id, func.count())
            .where(*own, Comment.created_at < since, Comment.status == "published")
            .group_by(Comment.author_id)
        )
        before = {author: count for author, count in db.session.execute(older)}
        self._of |= {author: _Written([before.get(author, 0)]) for author in authors}
        newest = (
            select(Comment.author_id, Comment.created_at, Comment.status, Revision.text)
            .join(Revision, Revision.id == Comment.revision_id)
            .where(*own, Comment.created_at >= since, Comment.status != "withdrawn")
            .order_by(Comment.created_at.desc(), Comment.id.desc())
            .limit(most)
        )
        for author, at, status, text in reversed(db.session.execute(newest).all()):
            self._of[author].add(at, status, text)

    def approved(self, row: Any) -> int:
        """How many of the author's comments were published by then."""
        written, here = self._until(row)
        return written.published[here]

    def posts(self, row: Any, minutes: int) -> int:
        """How many comments the author had written in the minutes before."""
        written, here = self._until(row)
        return here - bisect_right(written.at, row.created_at - timedelta(minutes=minutes), 0, here)

    def repeats(self, row: Any) -> bool:
        """Whether the author repeats a recent comment."""
        written, here = self._until(row)
        begin = max(
            bisect_right(written.at, row.created_at - ALIKE_WITHIN, 0, here), here - RECENT_TEXTS
        )
        earlier = list(zip(written.texts[begin:here], written.at[begin:here], strict=True))
        return is_repeat(row.text, earlier, row.created_at)

    def pause(self, row: Any) -> float:
        """Seconds since the author's previous comment; infinite for the first."""
        written, here = self._until(row)
        return (row.created_at - written.at[here - 1]).total_seconds() if here else math.inf

    def _until(self, row: Any) -> tuple[_Written, int]:
        written = self._of[row.author_id]
        return written, bisect_left(written.at, row.created_at)
