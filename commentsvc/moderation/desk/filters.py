"""Filters of a queue, as conditions on comments: those an index answers, and the others."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    false,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...core.db import Among, any_of, db, is_sqlite
from ...core.errors import Invalid
from ...sites.sections.tags import stored, tags_in
from ...threads.models import Comment, Revision, Thread
from ...toxicity.labels import LABELS
from ..waves.folding import in_despair
from . import search
from .addressed import has_address
from .bounded import bounded
from .findings import by_finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ...sites.models import Site

FEW_LISTED = 500  # comments that are all read; more are met on a walk through a queue
_Other = aliased(Comment)  # made once: to make it takes longer than to ask


@dataclass(frozen=True)
class Filters:
    """What to show of a queue; None shows all. `author` and `thread` are public ids; so are `like`
    and `network`, of a comment in the same wave or from the same network. `together`: only comments
    that may be decided in bulk.

    `at_least` and `at_most` are the range of the score for `label`, or else of the highest score.
    `since` and `until` (exclusive) are when it was written. Raises `Invalid` for a range that ends
    before it begins.
    """

    reason: str | None = None  # a finding's, or an open flag's
    rule: str | None = None
    label: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    author: str | None = None
    thread: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None  # searched for, see search.py
    like: str | None = None
    network: str | None = None
    together: bool | None = None
    address: str | None = None  # part of the article's address, such as a section
    tag: str | None = None  # of the article's page

    def __post_init__(self) -> None:
        if self.since and self.until and self.since >= self.until:
            raise Invalid("invalid.days_turned", field="until")
        low, high = self.at_least, self.at_most
        if low is not None and high is not None and low > high:
            raise Invalid("invalid.scores_turned", field="at_most")

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, each.name) in (None, "") for each in fields(self))


def names_of(given: Mapping[str, str], sites: Sequence[Site]) -> dict[str, str]:
    """The names of a filter's author and article, and of the author of the comment in `like` or
    `network`, if they are on these sites."""
    here = any_of(Comment.site_id, [site.id for site in sites])
    by = select(User.name).join(Comment, Comment.author_id == User.id)
    asked = {
        "author": by.where(User.public_id == given.get("author"), here),
        "like": by.where(Comment.public_id == given.get("like"), here),
        "network": by.where(Comment.public_id == given.get("network"), here),
        "thread": select(func.coalesce(Thread.title, Thread.href))
        .join(Comment, Comment.thread_id == Thread.id)
        .where(Thread.public_id == given.get("thread"), here),
    }
    found = {name: db.session.scalar(asked[name].limit(1)) for name in asked if given.get(name)}
    return {name: text for name, text in found.items() if text}


Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class LookedUp:
    """A filter on some sites whose indexes have been asked, for several queries with it: `quick`
    conditions, which an index answers, and `slow` ones, which need each comment's revision row.
    `walked`, if any, says the same as `quick`, for pages that walk through a queue's order.
    `beside`: it lists what belongs to one card, each as a card of its own."""

    quick: Conditions
    slow: Conditions
    is_empty: bool = False
    beside: bool = False
    walked: Conditions | None = None


def looked_up(filters: Filters, sites: Sequence[Site]) -> LookedUp:
    """Asks the indexes for a filter's words and reasons once. Raises `Invalid`, `TookTooLong`."""
    with bounded():
        return conditions(filters, sites)


def conditions(filters: Filters | LookedUp | None, sites: Sequence[Site]) -> LookedUp:
    """The same without a time limit of its own. Raises `Invalid`."""
    if isinstance(filters, LookedUp):
        return filters
    if filters is None or filters.is_empty:
        return LookedUp([], [], is_empty=True)
    found, costly = [*_found(filters, sites), *_with(filters, sites)], _costly(filters)
    alone = not found and not costly and len(sites) == 1
    if filters.rule or filters.reason:
        some = by_finding(filters, sites)
        (found if is_listed(some) else costly).extend(some)
    if filters.words and search.words_of(filters.words):
        condition, is_found = search.matches(filters.words, sites)
        (found if is_found else costly).append(condition)
    walked = _walked(found) if alone and not costly else None
    return LookedUp(found, costly, beside=bool(filters.like or filters.network), walked=walked)


def is_listed(where: Sequence[ColumnElement[bool]]) -> bool:
    """Whether one of these conditions lists comments, at most a few thousand."""
    return any(_lists(each) for each in where)


def _lists(condition: ColumnElement[bool]) -> bool:
    return isinstance(condition, Among) and condition.column is Comment.id


def _walked(found: Conditions) -> Conditions | None:
    """If they list many comments, the same conditions for walking through a queue: a page is full
    after some, while all that are listed would have to be read and sorted."""
    lists = [each for each in found if isinstance(each, Among) and _lists(each)]
    ids = lists[0].values.value or () if len(lists) == 1 else ()
    if len(ids) <= FEW_LISTED:
        return None
    # a sum, which no index has: otherwise they would be looked up one by one
    first = Among(Comment.id + 0, lists[0].values.key, ids)
    return [first, *(each for each in found if not _lists(each))]


def _found(filters: Filters, sites: Sequence[Site]) -> Conditions:
    found: Conditions = []
    # looked up before: PostgreSQL does not know otherwise whether one of them has most comments
    if filters.author:
        author = db.session.scalar(select(User.id).where(User.public_id == filters.author))
        found.append(false() if author is None else Comment.author_id == author)
    if filters.thread:
        thread = db.session.scalar(select(Thread.id).where(Thread.public_id == filters.thread))
        found.append(false() if thread is None else Comment.thread_id == thread)
    if filters.address:
        found.append(Comment.thread_id.in_(select(Thread.id).where(has_address(filters.address))))
    if filters.tag:
        found.append(Comment.thread_id.in_(_tagged(filters.tag, sites)))
    if filters.since:
        found.append(Comment.created_at >= filters.since)
    if filters.until:
        found.append(Comment.created_at < filters.until)
    if filters.together or filters.like or filters.network:
        found.append(~in_despair(Comment))
    return found


def _tagged(tag: str, sites: Sequence[Site]) -> Select[int]:
    """The conversations with this tag, however it is typed."""
    here = select(Thread.id).where(any_of(Thread.site_id, [site.id for site in sites]))
    asked = tags_in(tag)[:1]
    text = type_coerce(Thread.tags, String)
    return here.where(text.contains(stored(*asked), autoescape=True) if asked else false())


def _with(filters: Filters, sites: Sequence[Site]) -> Conditions:
    """Conditions: in the same wave, or from the same network, as a comment on these sites."""
    asked = (
        (Comment.wave, _Other.wave, filters.like),
        (Comment.network, _Other.network, filters.network),
    )
    here = any_of(_Other.site_id, [site.id for site in sites])
    return [
        column == select(its).where(_Other.public_id == public_id, here).scalar_subquery()
        for column, its, public_id in asked
        if public_id
    ]


def _costly(filters: Filters) -> Conditions:
    found = []
    if filters.label or filters.at_least is not None or filters.at_most is not None:
        found.append(_score_within(filters))
    if filters.language:
        found.append(_of_revision(Revision.language == filters.language))
    return found


def _score_within(filters: Filters) -> ColumnElement[bool]:
    if filters.label and filters.label not in LABELS:
        raise Invalid("invalid.label", name=filters.label, field="label")
    score: ColumnElement[float] = _score(filters.label) if filters.label else _highest_score()
    low = 0.0 if filters.at_least is None else filters.at_least
    high = 1.0 if filters.at_most is None else filters.at_most
    # compared inside: PostgreSQL would read the text once for each limit
    within: ColumnElement[bool] = _of_revision(score.between(low, high))
    return within


def _score(label: str) -> Any:
    return Revision.scores[label].as_float()


def _highest_score() -> Any:
    """Below 0 for a text without scores."""
    highest = func.max if is_sqlite() else func.greatest
    return highest(*(func.coalesce(_score(label), -1.0) for label in LABELS))


def _of_revision(column: Any) -> Any:
    """What the current revision says, by subquery: for a join, PostgreSQL would read all texts."""
    return select(column).where(Revision.id == Comment.revision_id).scalar_subquery()
