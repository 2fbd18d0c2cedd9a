"""Whether a comment is still as somebody read it who now acts on it; if not, what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts.models import User
from ..core.db import db
from ..core.errors import Conflict
from ..core.locale import Named
from .featuring import FEATURING, is_marked
from .models import Decision
from .record import latest_decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..threads.models import Comment
    from .record import Case

#: What a moderator may do, and the status it leads to (None: the status stays).
ACTIONS: dict[str, str | None] = {
    "approve": "published",
    "reject": "rejected",
    "feature": None,
    "unfeature": None,
    "pin": None,
    "unpin": None,
}
_FAR = 50  # versions: beyond, it counts as changed


class AlreadyDecided(Conflict):
    """Somebody was faster; the detail says who and when."""


def check_unchanged(
    case: Case, action: str, reason: str | None, by: User, seen_version: int | None
) -> Decision | None:
    """None to go on; the first decision if this one repeats it; else raises `Conflict`."""
    comment = case.comment
    done = (
        is_marked(comment, action)
        if action in FEATURING
        else comment.status == ACTIONS[action] and comment.reviewed
    )
    last = latest_decision(comment) if done else None
    if last is not None and (last.by_id, last.action, last.reason) == (by.id, action, reason):
        return last  # sent again
    if comment.status == "withdrawn":
        raise Conflict("withdrawn")
    if done and action not in FEATURING:
        check_undecided(comment)
    if seen_version is not None:
        check_as_read(comment, seen_version)
    return None


def check_as_read(comment: Comment, seen_version: int) -> None:
    """Raises `Conflict` unless the comment is as it was in this version: in its text and in what was
    decided. Decisions that have been undone since then change nothing."""
    if comment.status == "withdrawn":
        raise Conflict("withdrawn")
    steps = comment.version - seen_version
    if steps == 0:
        return
    since = _decisions(comment, steps) if 0 < steps <= _FAR else []
    if since and _cancel_out(comment, since):
        return
    check_undecided(comment)
    is_edited = (
        comment.edited_at is not None and sum(_is_step(comment, each) for each in since) < steps
    )
    if is_edited:
        raise Conflict("changed")
    raise Conflict("changed.status", status=Named("status", comment.status))


def check_undecided(comment: Comment) -> None:
    """Raises `AlreadyDecided` if a decision about its status on this text is the latest."""
    decided = latest_decision(comment, on_status=True)
    if decided is not None and decided.revision_id == comment.revision_id and comment.reviewed:
        raise _faster(decided)


def _decisions(comment: Comment, count: int) -> Sequence[Decision]:
    """The newest rows of the comment's log, up to so many."""
    rows = select(Decision).where(Decision.comment_id == comment.id)
    return db.session.scalars(rows.order_by(Decision.id.desc()).limit(count)).all()


def _cancel_out(comment: Comment, since: Sequence[Decision]) -> bool:
    """Whether these rows, as many as the versions since, are people's decisions on this text, all of
    them undone: each has raised the version by one, so that nothing else has."""
    on_it = all(each.by_id and each.revision_id == comment.revision_id for each in since)
    made = {each.id for each in since if each.action != "undo"}
    undone = {each.undoes_id for each in since if each.action == "undo"}
    return on_it and made == undone


def _is_step(comment: Comment, row: Decision) -> bool:
    """Whether a row about this text raised the version."""
    on_it = row.revision_id == comment.revision_id
    return on_it and (row.by_id is not None or row.status_before != row.status_after)


def _faster(decision: Decision) -> AlreadyDecided:
    other = db.session.get(User, decision.by_id) if decision.by_id else None
    action = decision.action if decision.action in ("approve", "reject") else "hold"
    return AlreadyDecided(
        f"already_decided.{action}",
        name=other.name if other else Named("actor", "rules"),
        time=f"{decision.created_at:%H:%M} UTC",
    )
