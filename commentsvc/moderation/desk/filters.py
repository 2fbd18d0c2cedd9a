"""Filters of a queue, as conditions on comments: those an index answers, and the others."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...core.db import Among, db
from ...core.errors import Invalid
from ...sites.sections.tags import stored, tags_in
from ...threads.models import Comment, Revision, Thread
from ...toxicity.labels import LABELS
from ..models import Decision, Flag, RuleFinding
from ..waves.folding import in_despair
from . import search
from .bounded import bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from ...sites.models import Site

MOST_LISTED = 5000  # comments with a finding that are looked up first
_Other = aliased(Comment)  # made once: to make it takes longer than to ask


@dataclass(frozen=True)
class Filters:
    """What to show of a queue; None shows all. `author` and `thread` are public ids; so are `like`
    and `network`, of a comment in the same wave or from the same network. `together`: only comments
    that may be decided in bulk.

    `label` with `at_least` and `at_most` is a score range. `since` and `until` (exclusive) are when
    it was written. Raises `Invalid` if it ends before it begins.
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
    address: str | None = None  # part of the article's address: a section
    tag: str | None = None  # of the article's page

    def __post_init__(self) -> None:
        if self.since and self.until and self.since >= self.until:
            raise Invalid("invalid.days_turned", field="until")

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, each.name) in (None, "") for each in fields(self))


def names_of(given: Mapping[str, str], sites: Sequence[Site]) -> dict[str, str]:
    """The names of a filter's author and article, and of the author of the comment in `like` or
    `network`, if they are on these sites."""
    here = Comment.site_id.in_([site.id for site in sites])
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
    """A filter on some sites whose indexes have been asked, for several queries with it."""

    quick: Conditions
    slow: Conditions
    is_empty: bool = False


def looked_up(filters: Filters, sites: Sequence[Site]) -> LookedUp:
    """Asks the indexes for a filter's words and reasons once. Raises `Invalid`, `TookTooLong`."""
    with bounded():
        return LookedUp(*conditions(filters, sites), is_empty=filters.is_empty)


def conditions(
    filters: Filters | LookedUp | None, sites: Sequence[Site]
) -> tuple[Conditions, Conditions]:
    """Conditions that an index answers, and those that need each comment's revision row. Queries an
    index for words. Raises `Invalid`."""
    if isinstance(filters, LookedUp):
        return filters.quick, filters.slow
    if filters is None or filters.is_empty:
        return [], []
    found, costly = [*_found(filters, sites), *_with(filters, sites)], _costly(filters)
    if filters.rule or filters.reason:
        condition, is_found = _by_finding(filters, sites)
        (found if is_found else costly).append(condition)
    if filters.words and search.words_of(filters.words):
        condition, is_found = search.matches(filters.words, sites)
        (found if is_found else costly).append(condition)
    return found, costly


def is_listed(where: Sequence[ColumnElement[bool]]) -> bool:
    """Whether one of these conditions lists comments, at most a few thousand."""
    return any(isinstance(each, Among) for each in where)


def _found(filters: Filters, sites: Sequence[Site]) -> Conditions:
    found: Conditions = []
    if filters.author:
        author = select(User.id).where(User.public_id == filters.author).scalar_subquery()
        found.append(Comment.author_id == author)
    if filters.thread:
        thread = select(Thread.id).where(Thread.public_id == filters.thread).scalar_subquery()
        found.append(Comment.thread_id == thread)
    if filters.address:
        pages = select(Thread.id).where(Thread.href.contains(filters.address, autoescape=True))
        found.append(Comment.thread_id.in_(pages))
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
    here = select(Thread.id).where(Thread.site_id.in_([site.id for site in sites]))
    asked = tags_in(tag)[:1]
    text = type_coerce(Thread.tags, String)
    return here.where(text.contains(stored(*asked), autoescape=True) if asked else false())


def _with(filters: Filters, sites: Sequence[Site]) -> Conditions:
    """Conditions: in the same wave, or from the same network, as a comment on these sites."""
    asked = (
        (Comment.wave, _Other.wave, filters.like),
        (Comment.network, _Other.network, filters.network),
    )
    here = _Other.site_id.in_([site.id for site in sites])
    return [
        column == select(its).where(_Other.public_id == public_id, here).scalar_subquery()
        for column, its, public_id in asked
        if public_id
    ]


def _costly(filters: Filters) -> Conditions:
    found = []
    if filters.label:
        found.append(_score_within(filters))
    elif filters.at_least is not None or filters.at_most is not None:
        raise Invalid("invalid.label_range", field="label")
    if filters.language:
        found.append(_of_revision(Revision.language) == filters.language)
    return found


def _by_finding(filters: Filters, sites: Sequence[Site]) -> tuple[ColumnElement[bool], bool]:
    """A rule's finding on the current text; a reason may also be that of an open flag or a
    rejection. And whether the condition lists the comments.

    Few comments are looked up first, so that not every comment is asked. Of many, each comment is
    asked: a page is full after some.
    """
    ids = [site.id for site in sites]
    sources = [_found_by_rules(filters)]
    if filters.reason and not filters.rule:
        sources += [_flagged(filters.reason), _rejected(filters.reason)]
    here = [
        select(each.column)
        .distinct()
        .select_from(each.table)
        .where(Among(each.site_id, "sites", ids), *each.where, each.of_comment(_Other))
        for each in sources
    ]
    some = union_all(*(select(each.limit(MOST_LISTED + 1).subquery()) for each in here))
    listed = set(db.session.scalars(some))
    if len(listed) <= MOST_LISTED:
        return Among(Comment.id, "found", sorted(listed)), True
    return or_(*(exists().where(*each.where, each.of_comment(Comment)) for each in sources)), False


@dataclass(frozen=True)
class _Source:
    """Rows with a reason: their table, their conditions, and when one is about a comment as it is
    now."""

    table: Any
    where: Conditions
    as_it_is: Callable[[Any], Conditions]

    @property
    def column(self) -> Any:
        return self.table.comment_id

    @property
    def site_id(self) -> Any:
        return self.table.site_id

    def of_comment(self, comment: Any) -> ColumnElement[bool]:
        """The condition that a row is about this comment."""
        return and_(self.table.comment_id == comment.id, *self.as_it_is(comment))


def _found_by_rules(filters: Filters) -> _Source:
    where = []
    if filters.rule:
        where.append(RuleFinding.rule == filters.rule)
    if filters.reason:
        where.append(RuleFinding.reason == filters.reason)
    return _Source(
        RuleFinding, where, lambda comment: [comment.revision_id == RuleFinding.revision_id]
    )


def _flagged(reason: str) -> _Source:
    return _Source(Flag, [Flag.closed_at.is_(None), Flag.reason == reason], lambda _comment: [])


def _rejected(reason: str) -> _Source:
    return _Source(
        Decision,
        [Decision.reason == reason, Decision.action == "reject"],
        lambda comment: [comment.status == "rejected"],
    )


def _score_within(filters: Filters) -> ColumnElement[bool]:
    if filters.label not in LABELS:
        raise Invalid("invalid.label", name=filters.label, field="label")
    score: ColumnElement[float] = _of_revision(Revision.scores[filters.label].as_float())
    low = 0.0 if filters.at_least is None else filters.at_least
    high = 1.0 if filters.at_most is None else filters.at_most
    return score.between(low, high)


def _of_revision(column: Any) -> Any:
    """A column of the current revision, by subquery: for a join, PostgreSQL would read all
    texts."""
    return select(column).where(Revision.id == Comment.revision_id).scalar_subquery()
