"""What is new on a site for one channel: waiting or reported comments, notices, alarms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from ...core.db import db
from ...moderation.cases.models import Notice
from ...moderation.desk.cards import cards
from ...moderation.models import Decision, Flag
from ...sites.queries import policy_of
from ...threads.models import Comment, Revision, Thread
from ...threads.placing import IMPORTED
from .commands import site_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from ...accounts.models import User
    from ...moderation.desk.card import Card
    from .models import ChatChannel

MOST_SHOWN = 5
_COMMENTS = frozenset(("pending", "reported", "severe"))
#: Reasons for a missing score that are not failures of the scorer.
_SCORED_LATER = ("language", "no_text", IMPORTED)


@dataclass(frozen=True)
class News:
    """How many new items there are of each kind and in total (a severe waiting comment is two kinds
    but one item), the first comments, and the heated conversations."""

    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    shown: Sequence[Card] = ()
    heated: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.counts)


@dataclass(frozen=True)
class _Window:
    """A site and a period: after `since`, up to and including `until`."""

    site_id: int
    since: datetime
    until: datetime

    def __call__(self, column: Any) -> Any:
        return and_(column > self.since, column <= self.until)


def arrived(channel: ChatChannel, until: datetime) -> bool:
    """Whether there is anything new that the channel may report. One query."""
    within = _Window(channel.site_id, channel.told_until, until)
    asked: list[Any] = []
    if _COMMENTS & set(channel.what):
        asked += [_pending(within), _reported(within)]
    if "notice" in channel.what:
        asked.append(_notices(within, Notice.id))
    if "alarm" in channel.what:
        asked += [_heated(within, Thread.id), _unscored(within, Comment.id)]
    return bool(db.session.scalar(select(or_(*(each.exists() for each in asked)))))


def gather(channel: ChatChannel, until: datetime, *, user: User) -> News:
    """Everything new since the channel's last message, up to `until`, as this person may see it."""
    within = _Window(channel.site_id, channel.told_until, until)
    counts: dict[str, int] = {}
    shown: list[Card] = []
    heated: list[str] = []
    total = 0
    if _COMMENTS & set(channel.what):
        shown, total = _comments(channel, within, counts, user)
    if "notice" in channel.what:
        counts["notice"] = _count(_notices(within, func.count(Notice.id)))
    if "alarm" in channel.what:
        title = func.coalesce(Thread.title, Thread.href)
        first = _heated(within, title).order_by(Thread.id).limit(MOST_SHOWN)
        heated = list(db.session.scalars(first))
        counts["heated"] = _count(_heated(within, func.count(Thread.id)))
        unscored = _unscored(within, func.count(Comment.id))
        counts["unscored"] = _count(unscored)
        total += _count(unscored.where(*_not_among(within, channel.what)))
    total += counts.get("notice", 0) + counts.get("heated", 0)
    counts = {name: count for name, count in counts.items() if count}
    return News(counts, total, shown, heated)


def _comments(
    channel: ChatChannel, within: _Window, counts: dict[str, int], user: User
) -> tuple[list[Card], int]:
    """The comments to show, severe ones first, and how many there are in total. A severe comment
    counts if the channel wants severe comments or its other kind. All comments are counted and
    checked for severity; only the first are shown."""
    site, wanted = site_of(channel), set(channel.what)
    limit, total = policy_of(site).blur_at, 0
    severe: list[int] = []
    others: list[int] = []
    for name, query in _both(within):
        if not wanted & {name, "severe"}:
            continue
        for comment_id, scores in db.session.execute(_scored(query)):
            grave = max((scores or {}).values(), default=0.0) >= limit
            kinds = wanted & {name, "severe" if grave else name}
            for each in kinds:
                counts[each] = counts.get(each, 0) + 1
            total += bool(kinds)
            fitting = severe if grave else others if name in wanted else []
            if len(fitting) < MOST_SHOWN:
                fitting.append(comment_id)
    return cards([*severe, *others][:MOST_SHOWN], [site], locale=user.locale), total


def _both(within: _Window) -> tuple[tuple[str, Select[Any]], ...]:
    return ("pending", _pending(within)), ("reported", _reported(within))


def _not_among(within: _Window, wanted: Sequence[str]) -> list[ColumnElement[bool]]:
    """Excludes comments that are already reported as another kind."""
    told = [query.order_by(None) for name, query in _both(within) if name in wanted]
    return [Comment.id.not_in(each) for each in told]


def _count(query: Select[Any]) -> int:
    return db.session.scalar(query) or 0


def _scored(query: Select[Any]) -> Select[Any]:
    """The same comments with their scores, fetched in batches to save memory."""
    joined = query.outerjoin(Revision, Revision.id == Comment.revision_id)
    return joined.add_columns(Revision.scores).execution_options(yield_per=1000)


def _pending(within: _Window) -> Select[Any]:
    """Waiting comments that were written, edited or held in the period."""
    held = select(Decision.id).where(
        Decision.comment_id == Comment.id,
        Decision.status_after == "pending",
        within(Decision.created_at),
    )
    came = or_(within(Comment.created_at), within(Comment.edited_at), held.exists())
    mine = Comment.site_id == within.site_id, Comment.status == "pending"
    return select(Comment.id).where(*mine, came).order_by(Comment.id)


def _reported(within: _Window) -> Select[Any]:
    """Public comments that readers or rules flagged in the period."""
    flagged = (
        select(Flag.comment_id)
        .where(Flag.site_id == within.site_id, Flag.closed_at.is_(None), Flag.weight > 0)
        .where(within(Flag.created_at))
    )
    public = Comment.status == "published", Comment.id.in_(flagged)
    return select(Comment.id).where(*public).order_by(Comment.id)


def _notices(within: _Window, what: Any) -> Select[Any]:
    open_ones = Notice.site_id == within.site_id, Notice.state != "decided"
    return select(what).where(*open_ones, within(Notice.created_at))


def _heated(within: _Window, what: Any) -> Select[Any]:
    return select(what).where(Thread.site_id == within.site_id, within(Thread.hot_since))


def _unscored(within: _Window, what: Any) -> Select[Any]:
    """Comments that the scorer should have scored but has not."""
    return select(what).where(
        Comment.site_id == within.site_id,
        Comment.unscored.is_not(None),
        Comment.unscored.not_in(_SCORED_LATER),
        within(Comment.created_at),
    )
