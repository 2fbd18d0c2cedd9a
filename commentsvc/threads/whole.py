"""A conversation in one piece, for whoever reads a page only once, such as search engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.db import execute, is_sqlite
from .rows import new_sql
from .views import CommentView, view_of_row

if TYPE_CHECKING:
    from .models import Thread

#: A page of 500 comments weighs about half a megabyte; search engines read no further than that.
MOST = 500


@dataclass(frozen=True)
class Whole:
    """The first published comments of a conversation, oldest first, with replies inside what they answer.
    A reply whose comment is not published stands on its own. `left`: how many come after these."""

    roots: list[CommentView]
    everything: list[CommentView]
    left: int


def whole(thread: Thread, *, most: int = MOST) -> Whole:
    """The conversation, `most` comments of it at most: one query."""
    values = {"thread": thread.id, "moment": 0, "id": 0, "limit": most}
    rows = execute(new_sql(sqlite=is_sqlite()), values).all()
    made = {row.row_id: view_of_row(row) for row in rows}
    roots: list[CommentView] = []
    for row in rows:
        above = made.get(row.parent_row)
        (above.replies if above else roots).append(made[row.row_id])
    return Whole(roots, list(made.values()), max(0, thread.comment_count - len(rows)))
