"""The queue shows the first pending comment of a wave instead of all of them. A wave of thousands is
read from indexes as a whole, not comment by comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased

from ...core.db import any_of, db
from ...threads.models import Comment
from ..models import RuleFinding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_STEPS = 6  # rounds in which waves are found and folded; beyond, each comment is asked
_MOST_HIDDEN = 5_000  # comments of waves under a filter that are listed
# Made once: to make an alias takes longer than to ask with it.
_Other, _Sad = aliased(Comment), aliased(Comment)


def first_rows(
    ask: Callable[[list[ColumnElement[bool]]], Sequence[Any]],
    waves: Mapping[int, int],
    filtered: Sequence[ColumnElement[bool]] = (),
) -> Sequence[Any]:
    """The rows that `ask` finds under further conditions (with `wave` and `site_id`), with waves
    folded: those known (wave -> its site), and those that an answer's rows belong to, until an answer
    has no new ones. `filtered`, the conditions of a filter: the comments of a wave that meet them are
    folded, of very long waves not all."""
    known = dict(waves)
    for _ in range(_STEPS):
        rows = ask(_matching(known, filtered) if filtered else _shown(known))
        found = {row.wave: row.site_id for row in rows if row.wave is not None}
        if found.keys() <= known.keys():
            return rows
        known |= found
    return ask(_matching(known, filtered) if filtered else [*_shown(known), is_first()])


def _shown(waves: Mapping[int, int]) -> list[ColumnElement[bool]]:
    """Whether a comment is in none of these waves, is the first pending one of its own, or must be
    decided alone."""
    if not waves:
        return []
    members = members_of(waves, set(waves.values()), _Other)
    firsts = select(func.min(_Other.id)).where(*members).group_by(_Other.wave)
    shown = db.session.scalars(firsts).all()
    return [Comment.id.not_in(select(_Other.id).where(*members, _Other.id.not_in(shown)))]


def _matching(
    waves: Mapping[int, int], filtered: Sequence[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """Whether a comment is in none of these waves, is the first of its own that meets the conditions,
    or must be decided alone. The conditions are asked of a bounded number of comments."""
    if not waves:
        return []
    members = members_of(waves, set(waves.values()), _Other)
    some = select(_Other.id).where(*members).order_by(_Other.id).limit(_MOST_HIDDEN)
    rows = db.session.execute(
        select(Comment.id, Comment.wave)
        .where(Comment.id.in_(some), *filtered)
        .order_by(Comment.wave, Comment.id)
    ).all()
    hidden = [row.id for at, row in enumerate(rows) if at and rows[at - 1].wave == row.wave]
    return [~any_of(Comment.id, hidden)] if hidden else []


def unfolded(seen: Mapping[str, int], site_ids: Collection[int], most: int) -> dict[str, int]:
    """These comments (public id -> version seen), and at most `most` that are folded behind them, at
    their version now."""
    asked = select(Comment.wave).where(Comment.public_id.in_(seen), Comment.on_sites(site_ids))
    folds = Comment.wave.is_not(None), Comment.status == "pending", ~in_despair(Comment)
    waves = {each for each in db.session.scalars(asked.where(*folds)) if each is not None}
    if not waves:
        return dict(seen)
    members = select(Comment.public_id, Comment.version).where(*members_of(waves, site_ids))
    rows = db.session.execute(members.order_by(Comment.id).limit(most)).all()
    return {row.public_id: row.version for row in rows} | dict(seen)


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


def is_first() -> ColumnElement[bool]:
    """Whether a comment is in no wave, is the first pending one of its own, or must be decided alone."""
    first = (
        select(_Other.id)
        .where(_Other.wave == Comment.wave, _Other.status == "pending", ~in_despair(_Other))
        .order_by(_Other.id)
        .limit(1)
        .scalar_subquery()
    )
    return Comment.wave.is_(None) | (Comment.id == first) | in_despair(Comment)
