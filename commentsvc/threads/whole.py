"""A whole conversation at once, for readers that load a page only once, such as search engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.db import execute, is_sqlite
from .rows import new_sql
from .views import CommentView, view_of_row

if TYPE_CHECKING:
    from .models import Thread

#: A page of 500 comments has about half a megabyte; search engines read no more.
MOST = 500


@dataclass(frozen=True)
class Whole:
    """The first published comments of a conversation, oldest first, with replies nested at most
    `depth` levels; deeper replies are in the list of the last level. A reply whose parent is not
    published is a root. `left`: how many comments follow."""

    roots: list[CommentView]
    everything: list[CommentView]
    left: int


def whole(thread: Thread, *, depth: int = 1, most: int = MOST) -> Whole:
    """The conversation, with at most `most` comments, in one query."""
    values = {"thread": thread.id, "moment": 0, "id": 0, "limit": most}
    rows = execute(new_sql(sqlite=is_sqlite()), values).all()
    roots: list[CommentView] = []
    everything = []
    # row id -> the list for its replies, and their level
    lists: dict[int, tuple[list[CommentView], int]] = {}
    for row in rows:
        view = view_of_row(row)
        everything.append(view)
        stands_in, level = lists.get(row.parent_row, (roots, 0))
        stands_in.append(view)
        lists[row.row_id] = (view.replies, level + 1) if level < depth else (stands_in, level)
    return Whole(roots, everything, max(0, thread.comment_count - len(rows)))
