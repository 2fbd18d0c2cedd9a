"""Problems to report: comments without a score, failed or late jobs, heated conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ScalarSelect, func, select

from ...core import clock
from ...core.db import any_of, db
from ...core.jobs import Job
from ...threads.models import Comment, Thread
from ...threads.placing import IMPORTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

ENOUGH = 5  # unread comments worth a banner
LATE = timedelta(seconds=90)  # a due job normally starts within a second


@dataclass(frozen=True)
class Count:
    """How many problems of each kind there are now."""

    unscored: int
    imported: int  # the same, from an import that is being scored
    parked: int
    late: int
    hot: int
    unread: int  # in languages that the scorer does not read; counted up to `ENOUGH`


def count(sites: Sequence[Site]) -> Count:
    """The problems on these sites, and with the jobs of the whole service: one query."""
    asked = select(
        _unscored(sites), _imported(sites), _parked(), _late(), _hot(sites), _unread(sites)
    )
    return Count(*db.session.execute(asked).one())


def _unscored(sites: Sequence[Site]) -> ScalarSelect[int]:
    """Comments waiting for the scorer, without those in a language that it does not read."""
    return (
        select(func.count())
        .where(
            Comment.unscored.is_not(None),
            Comment.unscored.not_in(("language", "no_text", IMPORTED)),
            Comment.on_sites([each.id for each in sites]),
            Comment.status.in_(("pending", "published")),
        )
        .scalar_subquery()
    )


def _imported(sites: Sequence[Site]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(
            Comment.unscored == IMPORTED,
            Comment.on_sites([each.id for each in sites]),
            Comment.status.in_(("pending", "published")),
        )
        .scalar_subquery()
    )


def _unread(sites: Sequence[Site]) -> ScalarSelect[int]:
    some = (
        select(Comment.id)
        .where(Comment.unscored == "language", Comment.on_sites([each.id for each in sites]))
        .limit(ENOUGH)
    )
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _hot(sites: Sequence[Site]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Thread.hot_since.is_not(None), any_of(Thread.site_id, [each.id for each in sites]))
        .scalar_subquery()
    )


def _parked() -> ScalarSelect[int]:
    return select(func.count()).where(Job.state == "parked").scalar_subquery()


def _late() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Job.state == "waiting", Job.due_at < clock.now() - LATE)
        .scalar_subquery()
    )
