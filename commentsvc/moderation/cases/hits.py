"""The comments and people that a bulk decision would affect, as things are now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ...accounts.models import User
from ...core.db import db
from ...threads.models import Comment, Revision, Thread
from ...threads.text import excerpt
from ..desk.card import is_severe_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .models import Bulk

_SHOWN = 10
_FEW = 2  # with one comment each, so few that they are named
_EXCERPT = 300  # characters of a comment


@dataclass(frozen=True)
class Sample:
    """One comment that a bulk would affect."""

    id: str
    author: str
    article: str
    status: str
    text: str
    severe: bool = False  # a score so high that the queue blurs the text


@dataclass(frozen=True)
class Top:
    """Who or what has most of the comments, as (name, comments); `once`: how many more have one each."""

    named: Sequence[tuple[str, int]]
    once: int = 0


@dataclass(frozen=True)
class Hits:
    """What a bulk affects: counts, top authors and articles, and the first comments."""

    comments: int
    unchanged: int  # still in the version seen
    statuses: Mapping[str, int]
    authors: int
    articles: int
    networks: int  # that are still stored
    top_authors: Top
    top_articles: Top
    first: Sequence[Sample]


def hits(bulk: Bulk) -> Hits:
    """What a bulk affects, as things are now."""
    rows: list[Any] = []
    for part in in_parts([each[0] for each in bulk.targets], 500):
        rows += db.session.execute(
            select(Comment.public_id, Comment.version, Comment.status, User.id, User.name)
            .add_columns(Thread.id, func.coalesce(Thread.title, Thread.href), Comment.network)
            .join(User, User.id == Comment.author_id)
            .join(Thread, Thread.id == Comment.thread_id)
            .where(Comment.public_id.in_(part))
        ).all()
    versions = dict(bulk.targets)
    authors, articles = _tally((r[3], r[4]) for r in rows), _tally((r[5], r[6]) for r in rows)
    return Hits(
        comments=len(bulk.targets),
        unchanged=sum(versions[row[0]] == row[1] for row in rows),
        statuses=Counter(row[2] for row in rows),
        authors=len(authors),
        articles=len(articles),
        networks=len({row[7] for row in rows} - {None}),
        top_authors=top(list(authors.values())),
        top_articles=top(list(articles.values())),
        first=_first([each[0] for each in bulk.targets[:_SHOWN]]),
    )


def _tally(pairs: Iterable[tuple[int, str]]) -> dict[int, tuple[str, int]]:
    counted: dict[int, tuple[str, int]] = {}
    for key, name in pairs:
        counted[key] = (name, counted.get(key, (name, 0))[1] + 1)
    return dict(sorted(counted.items(), key=lambda each: -each[1][1]))


def top(counted: Sequence[tuple[str, int]]) -> Top:
    """The first of these, which are sorted by their counts. A wave comes from many names with one comment
    each: the first of them is an example, and the others are only counted."""
    many = [each for each in counted if each[1] > 1][:_SHOWN]
    single = [each for each in counted if each[1] == 1]
    named = single[: 0 if many else 1] if len(single) > _FEW else single[: _SHOWN - len(many)]
    return Top([*many, *named], once=len(single) - len(named))


def _first(ids: Sequence[str]) -> list[Sample]:
    rows = db.session.execute(
        select(Comment.public_id, User.name, Thread.title, Thread.href, Comment.status)
        .add_columns(Revision.text, Revision.scores, Comment.site_id)
        .join(User, User.id == Comment.author_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.public_id.in_(ids))
    ).all()
    known = {
        row[0]: Sample(
            id=row[0],
            author=row[1],
            article=row[2] or row[3],
            status=row[4],
            text=excerpt(row[5], _EXCERPT),
            severe=is_severe_on(row.site_id, row.scores),
        )
        for row in rows
    }
    return [known[each] for each in ids if each in known]


def in_parts(items: Sequence[str], size: int) -> list[Sequence[str]]:
    """The items in chunks small enough for one statement."""
    return [items[at : at + size] for at in range(0, len(items), size)]
