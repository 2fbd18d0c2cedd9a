"""Taking a decision back: a counter row in the log, and everything as it was."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from ..accounts.models import User
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotFound
from ..threads.models import Comment
from ..threads.status import move
from .featuring import FEATURING, raise_version, unmark
from .models import Decision
from .record import open_case, reopen_flags, require_moderator, settle_flags, write


def undo(decision_public_id: str, *, by: User) -> Decision:
    """Take a person's decision back: a counter row, the status and the flags as they were.

    Until the undo time has passed nobody hears of either; later the author is told that it was
    changed. Raises `Conflict` when it was undone before, or something newer rests on it.
    """
    with unit_of_work():
        found = db.session.execute(
            select(Decision, Comment.public_id)
            .join(Comment, Comment.id == Decision.comment_id)
            .where(Decision.public_id == decision_public_id)
        ).first()
        if found is None:
            raise NotFound("There is no such decision.")
        case = open_case(found[1])
        require_moderator(case, by)
        decision = _held_fast(found[0].id)
        _check_undoable(case.comment, decision)
        before = case.comment.status
        _restore(case.comment, decision)
        told = decision.told_at is not None
        if not told:
            _keep_quiet(decision)
        return write(
            case,
            "undo",
            status_before=before,
            by=by,
            undoes_id=decision.id,
            revision_id=decision.revision_id,
            batch=decision.batch,
            delay=0 if told else None,
        )


def _held_fast(decision_id: int) -> Decision:
    """The row as it is now; the job that tells people has to wait, or is done."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.id == decision_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _check_undoable(comment: Comment, decision: Decision) -> None:
    if decision.by_id is None or decision.action == "undo":
        raise Conflict("Only a moderator's decision can be undone.", code="not_undoable")
    if db.session.scalar(select(Decision.id).where(Decision.undoes_id == decision.id)):
        raise Conflict("This decision has been undone already.", code="already_undone")
    newer = db.session.scalar(
        select(Decision.id)
        .where(Decision.comment_id == comment.id, Decision.id > decision.id)
        .where(Decision.undoes_id.is_(None), ~_is_undone())
        .limit(1)
    )
    if newer or comment.status != decision.status_after:
        raise Conflict("Something newer was decided about this comment.", code="newer_decision")
    if comment.revision_id != decision.revision_id:
        raise Conflict("The author has changed this comment since.", code="changed")


def _is_undone() -> ColumnElement[bool]:
    counter = select(Decision.undoes_id).where(Decision.undoes_id.is_not(None))
    return Decision.id.in_(counter)


def _restore(comment: Comment, decision: Decision) -> None:
    if decision.action in FEATURING:
        unmark(comment, decision.action)
        return
    if not move(comment, decision.status_before):
        raise_version(comment)
    comment.reviewed = bool(decision.evidence.get("before", {}).get("reviewed", False))
    reopen_flags(comment, closed_at=decision.created_at)
    settle_flags(comment)


def _keep_quiet(decision: Decision) -> None:
    """The telling job finds nothing to tell; `told_at` stays empty, since nobody was."""
    db.session.execute(update(Decision).where(Decision.id == decision.id).values(tell_after=None))
