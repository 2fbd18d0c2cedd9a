"""Reactions other than likes: their weight in the order, and their counts, set from queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, func, literal, select, update

from ...core.db import db, execute
from ...core.rows import table_of
from ..models import Comment, Reaction

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement

#: Shown beside the name of a reaction where emoji are possible.
EMOJI = {
    "like": "👍",
    "dislike": "👎",
    "love": "❤️",
    "laugh": "😂",
    "wow": "😮",
    "sad": "😢",
    "angry": "😡",
    "celebrate": "🎉",
    "insightful": "💡",
}
#: Reactions that do not count as a like in the order: readers may be sad about the topic.
_WEIGHTS = {"dislike": -1, "sad": 0, "angry": 0}

Counts = dict[str, int]

_comments, _reactions = table_of(Comment), table_of(Reaction)
_HERE = (
    select(_reactions.c.kind, func.count().label("people"))
    .where(_reactions.c.comment_id == bindparam("comment"), _reactions.c.kind != literal("like"))
    .group_by(_reactions.c.kind)
)
_ELSEWHERE = select(_comments.c.reactions_elsewhere).where(_comments.c.id == bindparam("comment"))
_SET = (
    update(_comments)
    .where(_comments.c.id == bindparam("comment"))
    .values(reactions=bindparam("reactions"), approval=bindparam("approval"))
)


def approval_of(counts: Mapping[str, int]) -> int:
    """Their weight in addition to likes: approving ones count as one, a dislike as minus one."""
    return sum(_WEIGHTS.get(kind, 1) * count for kind, count in counts.items())


def known_counts(stored: Any) -> Counts:
    """Counts by kind from the column as either engine returns it, without unknown kinds."""
    found = orjson.loads(stored) if isinstance(stored, str) else stored or {}
    return {kind: count for kind, count in found.items() if kind in EMOJI and count > 0}


def count(comment_id: int) -> tuple[Counts, int]:
    """Set the counts of one comment from a query; returns them and its approval. Inside a unit that
    has locked the thread."""
    asked = {"comment": comment_id}
    here = {row.kind: row.people for row in execute(_HERE, asked).all()}
    return _store(comment_id, here, execute(_ELSEWHERE, asked).scalar())


def count_each(which: ColumnElement[bool]) -> None:
    """The same for all matching comments that have or had such reactions. Inside a unit."""
    here: dict[int, Counts] = {}
    counted = (
        select(Reaction.comment_id, Reaction.kind, func.count())
        .join(Comment, Comment.id == Reaction.comment_id)
        .where(which, Reaction.kind != "like")
        .group_by(Reaction.comment_id, Reaction.kind)
    )
    for comment_id, kind, people in db.session.execute(counted):
        here.setdefault(comment_id, {})[kind] = people
    had = Comment.reactions.is_not(None) | Comment.reactions_elsewhere.is_not(None)
    stored = db.session.execute(select(Comment.id, Comment.reactions_elsewhere).where(which, had))
    elsewhere = {row.id: row.reactions_elsewhere for row in stored}
    for comment_id in sorted({*here, *elsewhere}):
        _store(comment_id, here.get(comment_id, {}), elsewhere.get(comment_id))


def _store(comment_id: int, here: Counts, elsewhere: Any) -> tuple[Counts, int]:
    counts = dict(here)
    for kind, more in known_counts(elsewhere).items():
        counts[kind] = counts.get(kind, 0) + more
    approval = approval_of(counts)
    execute(_SET, {"comment": comment_id, "reactions": counts or None, "approval": approval})
    return counts, approval


def shown(
    kinds: Sequence[str], likes: int, others: Collection[tuple[str, int]]
) -> list[tuple[str, int]]:
    """The counts of the kinds that a site offers, in its order."""
    counts = {"like": likes, **dict(others)}
    return [(kind, counts.get(kind, 0)) for kind in kinds]
