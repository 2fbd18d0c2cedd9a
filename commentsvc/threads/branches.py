"""Replies below comments: the first ones, whole branches, and how many places are not shown yet.

The cost of each query is bounded, however long or deep a conversation is (rows.py).
"""

from __future__ import annotations

from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, Any

import orjson

from ..core.db import execute, is_sqlite
from ..core.paging import encode_cursor
from .rows import branch_sql, left_sql, one_grown_sql, path_sql, some_sql
from .views import CommentView, view_of_row

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

NESTED_REPLIES = 2  # replies shown at once below a reply
MOST_BELOW = 200  # places that one click unfolds
MOST_LEFT = 5_000  # beyond this a link says "more" without a number
MAX_PARENTS = 200


def bounds(first: int) -> dict[str, int]:
    """The parameters of `grown_sql` that limit what is read below places: `first` replies each."""
    return {"first": first, "second": NESTED_REPLIES, "most": MOST_LEFT + 1}


def with_first_replies(rows: Sequence[Any], found: Sequence[Any]) -> list[CommentView]:
    """Places with their first replies inside, from the result of `grown_sql`."""
    own = {row.row_id for row in rows}
    replies = [row for row in found if row.row_id not in own]
    counts = _sayable({row.row_id: row.places for row in found if row.places})
    return _made(rows, _by_parent(replies), {}, counts)


def with_branches(rows: Sequence[Any]) -> list[CommentView]:
    """These places, all of one depth, with everything below them, up to `MOST_BELOW` places."""
    return _grown(rows, _below(rows))


def alone(row: Any) -> CommentView:
    """A place by itself, with the number of places below."""
    return _grown((row,), ())[0]


def in_conversation(comment_id: int) -> CommentView:
    """A comment's top-level ancestor, with the path down to the comment and everything below it.
    The reader can unfold the other replies to its ancestors."""
    way = path(comment_id)
    steps = {above.row_id: below for above, below in pairwise(way)}
    return _grown(way[:1], [*way[1:], *_below(way[-1:])], steps, beside=steps)[0]


def among_others(comment_id: int, first: int) -> CommentView:
    """The same with the replies that a page shows in any case: `first` of each place's."""
    way = path(comment_id)
    values = {"comment": way[0].row_id, "limit": 1, **bounds(first)}
    anyway = execute(one_grown_sql(sqlite=is_sqlite()), values).all()
    places = {row.row_id: row for row in (*way[1:], *_below(way[-1:]), *anyway)}
    del places[way[0].row_id]
    found = sorted(places.values(), key=_age)
    drawn = {row.row_id for row in anyway}
    steps = {above.row_id: row for above, row in pairwise(way) if row.row_id not in drawn}
    return _grown(way[:1], found, steps)[0]


def path(comment_id: int) -> Sequence[Any]:
    """The ancestors of a comment, top-level first, and the comment itself."""
    return execute(path_sql(sqlite=is_sqlite()), {"comment": comment_id, "most": MAX_PARENTS}).all()


def _below(rows: Sequence[Any]) -> Sequence[Any]:
    parents = [row.row_id for row in rows if row.reply_count]
    if not parents:
        return ()
    values = {"parents": _json(parents), "most": MOST_BELOW + 1}
    found = execute(branch_sql(sqlite=is_sqlite()), values).all()
    if len(found) <= MOST_BELOW:
        return found
    # The deepest level may be incomplete, and not only at its end.
    deepest = max(row.depth for row in found)
    return [row for row in found if row.depth < deepest]


#: The undrawn replies to a place: the place, the time and row of the last drawn reply, and the
#: drawn reply on the path down.
_Left = tuple[int, int, int, int]


def _grown(
    rows: Sequence[Any],
    found: Sequence[Any],
    steps: dict[int, Any] | None = None,
    beside: Container[int] = (),
) -> list[CommentView]:
    """Rows as views, with the rows found below them inside, and how many are left below each. Where
    only one would be left, it is inside, too, except below the places in `beside`. `steps`: the
    replies to places on the path down that are drawn before their turn."""
    steps = steps or {}
    below = _by_parent(found)
    counts, lone = _counted(_left(rows, below, steps).values())
    if single := [row for start, row in lone.items() if start not in beside]:
        more = execute(some_sql(sqlite=is_sqlite()), {"ids": _json(single)}).all()
        below = _by_parent(sorted([*found, *more], key=_age))
    return _made(rows, below, steps, counts)


def _age(row: Any) -> tuple[int, int]:
    return row.created_at, row.row_id


def _by_parent(found: Iterable[Any]) -> dict[int, list[Any]]:
    below: dict[int, list[Any]] = {}
    for row in found:
        below.setdefault(row.parent_row, []).append(row)
    return below


def _left(
    rows: Sequence[Any], below: dict[int, list[Any]], steps: dict[int, Any]
) -> dict[int, _Left]:
    left: dict[int, _Left] = {}
    for row in (*rows, *chain.from_iterable(below.values())):
        children = below.get(row.row_id, ())
        if row.reply_count > len(children):
            step = steps.get(row.row_id)
            in_turn = [each for each in children if step is None or each.row_id != step.row_id]
            after = _age(in_turn[-1]) if in_turn else (0, 0)
            left[row.row_id] = (row.row_id, *after, step.row_id if step else 0)
    return left


def _made(
    rows: Sequence[Any],
    below: dict[int, list[Any]],
    steps: dict[int, Any],
    counts: dict[int, int],
) -> list[CommentView]:
    left = _left(rows, below, steps)
    made: dict[int, CommentView] = {}
    everything = [*rows, *chain.from_iterable(below.values())]
    for row in sorted(everything, key=lambda each: -each.depth):
        replies = [made[each.row_id] for each in below.get(row.row_id, ())]
        rest = left.get(row.row_id)
        cursor = encode_cursor(*rest[1:3]) if rest else None
        made[row.row_id] = view_of_row(row, replies, cursor, counts.get(row.row_id, 0))
    return [made[row.row_id] for row in rows]


def whole_from(rows: Sequence[Any]) -> Sequence[Any]:
    """As many of these replies to one comment, but at least one, as fit on a page of `MOST_BELOW`
    places with everything below them."""
    asked = [(row.row_id, 0, 0, 0) for row in rows if row.reply_count]
    if not asked:
        return rows[:MOST_BELOW]
    below = {row.start: row.places for row in _left_below(asked)}
    sums = accumulate(1 + below.get(row.row_id, 0) for row in rows)
    return rows[: max(1, sum(each <= MOST_BELOW for each in sums))]


def left_after(comment_id: int, last: Any) -> int:
    """The number of places below a comment after this reply to it; 0 for too many to count."""
    return _counted([(comment_id, last.created_at, last.row_id, 0)])[0].get(comment_id, 0)


def _counted(left: Iterable[_Left]) -> tuple[dict[int, int], dict[int, int]]:
    """The number of places in undrawn branches, by where they begin (empty if too many), and the
    row ids of those that are alone there, by the same."""
    asked = list(left)
    if not asked:
        return {}, {}
    found = _left_below(asked)
    counts = _sayable({row.start: row.places for row in found})
    return counts, {row.start: row.lone for row in found if row.places == 1 and counts}


def _left_below(asked: Sequence[_Left]) -> Sequence[Any]:
    return execute(
        left_sql(sqlite=is_sqlite()), {"left": _json(asked), "most": MOST_LEFT + 1}
    ).all()


def _sayable(counts: dict[int, int]) -> dict[int, int]:
    return counts if sum(counts.values()) <= MOST_LEFT else {}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
