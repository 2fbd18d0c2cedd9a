"""What stands below comments: their first replies, whole branches, and how many places are not shown yet.

Each step is one query whose work is bounded, however long or deep a conversation is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson

from ..core.db import execute, is_sqlite
from ..core.paging import encode_cursor
from .views import UP, CommentView, branch_sql, inline_sql, left_sql, view_of_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NESTED_REPLIES = 2  # replies shown at once below a reply
MOST_BELOW = 200  # places that one press unfolds below the replies of a page
MOST_LEFT = 5_000  # beyond this a link says "more" without a number
MAX_PARENTS = 200


def with_first_replies(rows: Sequence[Any], first: int) -> list[CommentView]:
    """These places with `first` replies of each inside, and a few of theirs."""
    parents = [row.row_id for row in rows if row.reply_count]
    if not parents or not first:
        return _grown(rows, ())
    values = {"parents": _json(parents), "first": first, "second": NESTED_REPLIES}
    return _grown(rows, execute(inline_sql(sqlite=is_sqlite()), values).all())


def with_branches(rows: Sequence[Any]) -> list[CommentView]:
    """These places, all of one depth, with everything below them as far as it is not too much."""
    return _grown(rows, _below(rows))


def alone(row: Any) -> CommentView:
    """A place by itself, with the number of what stands below."""
    return _grown((row,), ())[0]


def in_conversation(comment_id: int) -> CommentView:
    """The first of the places above a comment, with the way down to it and everything below it. The
    other replies to those above are left for the reader to unfold."""
    way = path(comment_id)
    steps = {above.row_id: below for above, below in pairwise(way)}
    return _grown(way[:1], [*way[1:], *_below(way[-1:])], steps)[0]


def path(comment_id: int) -> Sequence[Any]:
    """The places above a comment, the first of them first, and the comment's own."""
    return execute(UP, {"comment": comment_id, "most": MAX_PARENTS}).all()


def _below(rows: Sequence[Any]) -> Sequence[Any]:
    parents = [row.row_id for row in rows if row.reply_count]
    if not parents:
        return ()
    values = {"parents": _json(parents), "most": MOST_BELOW + 1}
    found = execute(branch_sql(sqlite=is_sqlite()), values).all()
    if len(found) <= MOST_BELOW:
        return found
    # Of the deepest level some may be missing, and they need not be the last ones.
    deepest = max(row.depth for row in found)
    return [row for row in found if row.depth < deepest]


#: Replies to a place that are not drawn: the place, the moment and the row of the last one that is, and
#: the one on the way down, which is.
_Left = tuple[int, int, int, int]


def _grown(
    rows: Sequence[Any], found: Iterable[Any], steps: dict[int, Any] | None = None
) -> list[CommentView]:
    """Rows as views, with the rows found below them inside, and what is left below each counted."""
    below: dict[int, list[Any]] = {}
    for row in found:
        below.setdefault(row.parent_row, []).append(row)
    everything = [*rows, *(each for children in below.values() for each in children)]
    left: dict[int, _Left] = {}
    for row in everything:
        children = below.get(row.row_id, ())
        if row.reply_count > len(children):
            step = (steps or {}).get(row.row_id)
            last = children[-1] if children and step is None else None
            after = (last.created_at, last.row_id) if last else (0, 0)
            left[row.row_id] = (row.row_id, *after, step.row_id if step else 0)
    counts = _counted(left.values())
    made: dict[int, CommentView] = {}
    for row in sorted(everything, key=lambda each: -each.depth):
        replies = [made[each.row_id] for each in below.get(row.row_id, ())]
        rest = left.get(row.row_id)
        cursor = encode_cursor(*rest[1:3]) if rest else None
        made[row.row_id] = view_of_row(row, replies, cursor, counts.get(row.row_id, 0))
    return [made[row.row_id] for row in rows]


def left_after(comment_id: int, last: Any) -> int:
    """How many places stand below a comment after this reply to it; 0 for too many to say."""
    return _counted([(comment_id, last.created_at, last.row_id, 0)]).get(comment_id, 0)


def _counted(left: Iterable[_Left]) -> dict[int, int]:
    """Places in the branches that are not drawn, by where they begin; nothing where they are too many."""
    asked = list(left)
    if not asked:
        return {}
    values = {"left": _json(asked), "most": MOST_LEFT + 1}
    found = execute(left_sql(sqlite=is_sqlite()), values).all()
    counts = {row.start: row.places for row in found}
    return counts if sum(counts.values()) <= MOST_LEFT else {}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
