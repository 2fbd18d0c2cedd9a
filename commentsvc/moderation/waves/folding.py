"""The queue shows the first pending comment of a wave instead of all of them. A wave of thousands is
read from indexes as a whole, not comment by comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased

from ...core.db import Among, db
from ...threads.models import Comment
from ..models import RuleFinding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

_STEPS = 6  # rounds in which waves are found and folded; beyond, each comment is asked
_FEW_SITES = 1  # whose waves are read by the same statement as their comments
_MOST_HIDDEN = 5_000  # comments of waves of several sites that are listed
# Made once: to make an alias takes longer than to ask with it.
_Other, _Sad = aliased(Comment), aliased(Comment)


def first_rows(ask: Callable[[Sequence[ColumnElement[bool]]], Sequence[Any]]) -> Sequence[Any]:
    """The rows that `ask` finds under further conditions (with `wave` and `site_id`), with waves
    folded. Those of a first answer that belong to a wave say which waves to fold, and so on."""
    known: dict[int, int] = {}  # wave -> its site
    folded: list[ColumnElement[bool]] = []
    for _ in range(_STEPS):
        rows = ask(folded)
        found = {row.wave: row.site_id for row in rows if row.wave is not None}
        if found.keys() <= known.keys():
            return rows
        known |= found
        folded = [_is_shown(known)]
    return ask([*folded, _is_first()])


def _is_shown(waves: dict[int, int]) -> ColumnElement[bool]:
    """Whether a comment is in none of these waves, is the first pending one of its own, or must be
    decided alone."""
    members = members_of(waves, set(waves.values()), _Other)
    firsts = select(func.min(_Other.id)).where(*members).group_by(_Other.wave)
    shown = db.session.scalars(firsts).all()
    hidden = select(_Other.id).where(*members, _Other.id.not_in(shown))
    if len(set(waves.values())) <= _FEW_SITES:
        return Comment.id.not_in(hidden)
    ids = db.session.scalars(hidden.limit(_MOST_HIDDEN + 1)).all()
    if len(ids) > _MOST_HIDDEN:
        return Comment.id.not_in(hidden)
    # as one value: each of many sites is asked by itself, and would read these waves again
    return ~Among(Comment.id, "hidden", ids)


def members_of(
    waves: Collection[int], site_ids: Collection[int], comment: type[Comment] = Comment
) -> tuple[ColumnElement[bool], ...]:
    """Conditions for the pending comments of these waves of these sites that may be decided together:
    an index has all that they need."""
    alone = comment.id.not_in(despairing(site_ids))
    return comment.wave.in_(waves), comment.status == "pending", alone


def despairing(site_ids: Collection[int]) -> Select[int]:
    """The pending comments of these sites whose authors may hurt themselves, by the index of rules:
    they are few, however many comments wait."""
    about = (RuleFinding.comment_id == _Sad.id) & (RuleFinding.revision_id == _Sad.revision_id)
    return (
        select(_Sad.id)
        .join(RuleFinding, about)
        .where(RuleFinding.site_id.in_(site_ids), RuleFinding.rule == "self_harm")
        .where(_Sad.status == "pending")
    )


def in_despair(comment: type[Comment]) -> ColumnElement[bool]:
    """Whether a rule found that the comment's author may hurt themselves."""
    return exists().where(
        RuleFinding.revision_id == comment.revision_id, RuleFinding.rule == "self_harm"
    )


def _is_first() -> ColumnElement[bool]:
    """The same as `_is_shown` for all waves."""
    first = (
        select(_Other.id)
        .where(_Other.wave == Comment.wave, _Other.status == "pending", ~in_despair(_Other))
        .order_by(_Other.id)
        .limit(1)
        .scalar_subquery()
    )
    return Comment.wave.is_(None) | (Comment.id == first) | in_despair(Comment)
