"""What a decision changes on its comments: their status, whether they are reviewed, their flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, true, update

from ..core.db import execute
from ..core.rows import table_of
from ..threads.models import Comment
from ..threads.status import move_each, now_is
from .featuring import raise_version
from .record import close_flags, settle_all_flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Decision
    from .record import Case


def settle(comments: Sequence[Comment], to: str) -> None:
    """Move the comments, or confirm their status; either way they count as reviewed."""
    raise_version(*(each for each in comments if each.status == to))
    move_each([(each, to) for each in comments])
    anew = [each for each in comments if not each.reviewed]
    if anew:
        execute(_REVIEWED, [{"row": each.id} for each in anew])
    for each in anew:
        now_is(each, reviewed=True)


_comments = table_of(Comment)
_REVIEWED = update(_comments).where(_comments.c.id == bindparam("row")).values(reviewed=true())


def answer_flags(made: Sequence[tuple[Case, Decision]]) -> None:
    """Close the flags for a moderator; the decision's time tells later which ones it answered."""
    outcome = "agreed" if made[0][1].action == "reject" else "disagreed"
    close_flags([(case.comment, each.created_at) for case, each in made], outcome=outcome)
    settle_all_flags([case.comment for case, _ in made])
