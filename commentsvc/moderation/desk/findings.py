"""Comments with a finding, an open flag or a rejection for a reason, as conditions of a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select, union_all

from ...core.db import Among, Json, db, is_sqlite
from ...threads.models import Comment
from ..models import Decision, Flag, RuleFinding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...sites.models import Site
    from .filters import Filters

MOST_LISTED = 5000  # rows, and comments, that are looked up first
_LISTED = ("comment_id", "revision_id")

Conditions = list[ColumnElement[bool]]


def by_finding(filters: Filters, sites: Sequence[Site]) -> Conditions:
    """A rule's finding on the current text; a reason may also be that of an open flag or a
    rejection.

    Few comments are looked up first, so that not every comment is asked. Of many, each comment is
    asked: a page is full after some.
    """
    ids = [site.id for site in sites]
    sources = [_found_by_rules(filters)]
    if filters.reason and not filters.rule:
        sources += [_flagged(filters.reason), _rejected(filters.reason)]
    listed = _listed(sources, ids)
    every = {row_id for row in listed for row_id in row.ids}
    # rows too: a list that is cut off may have fewer comments, with a row about each of their texts
    if max(len(every), *(len(row.ids) for row in listed), 0) > MOST_LISTED:
        return [or_(*(exists().where(*each.where, each.of_comment(Comment)) for each in sources))]
    current = [sources[row.at].among(row.ids, row.revisions) for row in listed]
    return [Among(Comment.id, "found", sorted(every)), or_(false(), *current)]


@dataclass(frozen=True)
class _Listed:
    """The comments that a source has rows about, and the revisions of those rows."""

    at: int
    ids: Sequence[int]
    revisions: Sequence[int]


def _listed(sources: Sequence[_Source], site_ids: Sequence[int]) -> list[_Listed]:
    """Up to a few thousand rows of each source, and one more if there are more. Each list is one
    value: an engine sends that in a tenth of the time that as many rows take."""
    here = [
        select(each.column, each.table.revision_id, literal(at).label("at"))
        .distinct()
        .where(Among(each.site_id, "sites", site_ids), *each.where)
        .limit(MOST_LISTED + 1)
        for at, each in enumerate(sources)
    ]
    rows = union_all(*(select(each.subquery()) for each in here)).subquery().c
    array = func.json_group_array if is_sqlite() else func.array_agg
    lists = [array(rows[name], type_=Json if is_sqlite() else None) for name in _LISTED]
    asked = select(rows.at, *lists).group_by(rows.at)
    return [_Listed(row[0], row[1], row[2]) for row in db.session.execute(asked)]


@dataclass(frozen=True)
class _Source:
    """Rows with a reason: their table, their conditions, and when one is about a comment as it is
    now. `among`: the same, by the comments and revisions that the rows are about."""

    table: Any
    where: Conditions
    as_it_is: Callable[[Any], Conditions]
    among: Callable[[Sequence[int], Sequence[int]], ColumnElement[bool]]

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
        RuleFinding,
        where,
        lambda comment: [comment.revision_id == RuleFinding.revision_id],
        lambda _ids, revisions: Among(Comment.revision_id, "judged", revisions),
    )


def _flagged(reason: str) -> _Source:
    return _Source(
        Flag,
        [Flag.closed_at.is_(None), Flag.reason == reason],
        lambda _comment: [],
        lambda ids, _revisions: Among(Comment.id, "flagged", ids),
    )


def _rejected(reason: str) -> _Source:
    return _Source(
        Decision,
        [Decision.reason == reason, Decision.action == "reject"],
        lambda comment: [comment.status == "rejected"],
        lambda ids, _: and_(Among(Comment.id, "rejected", ids), Comment.status == "rejected"),
    )
