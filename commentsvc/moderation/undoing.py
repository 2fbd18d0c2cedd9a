"""Undoing a decision: a counter row in the log, and the earlier state restored."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotFound
from ..sites.queries import can
from ..threads.models import Comment
from ..threads.status import move_each
from .featuring import FEATURING, raise_version, unmark
from .models import Decision
from .record import (
    Case,
    draft,
    open_case,
    open_cases,
    reopen_flags,
    require_moderator,
    settle_all_flags,
    write_all,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..accounts.models import User

_Counter = aliased(Decision)  # made once: to make it takes longer than to ask


def undo(decision_public_id: str, *, by: User) -> Decision:
    """Undo a person's decision: add a counter row and restore the status and flags.

    Within the undo time nobody learns of either; later the author is notified of the change. Raises
    `NotFound`, `NotAllowed`, or `Conflict` if it was already undone, is not undoable, or has been
    followed by a newer decision or an edit.
    """
    with unit_of_work():
        found = db.session.execute(
            select(Decision, Comment.public_id)
            .join(Comment, Comment.id == Decision.comment_id)
            .where(Decision.public_id == decision_public_id)
        ).first()
        if found is None:
            raise NotFound("not_found.decision")
        case = open_case(found[1])
        require_moderator(case, by)
        decision = _held_fast([found[0].id])[0]
        _check_undoable(case.comment, decision, _later([decision]))
        return _take_back([(case, decision)], by=by)[0]


def undo_each(decision_public_ids: Sequence[str], *, by: User) -> list[Decision]:
    """Undo many decisions, in order and in few queries; skip those that `undo` would refuse."""
    with unit_of_work():
        found = db.session.execute(
            select(Decision.public_id, Decision.id, Comment.public_id)
            .join(Comment, Comment.id == Decision.comment_id)
            .where(Decision.public_id.in_(decision_public_ids))
        ).all()
        if not found:
            return []
        cases = {case.comment.id: case for case in open_cases([row[2] for row in found])}
        decisions = {each.public_id: each for each in _held_fast([row[1] for row in found])}
        later = _later(decisions.values())
        allowed = cache(lambda site: can(by, "moderate", site))
        chosen: dict[int, tuple[Case, Decision]] = {}  # one per comment: the next rests on it
        for decision in filter(None, map(decisions.get, decision_public_ids)):
            case = cases[decision.comment_id]
            with suppress(Conflict):
                _check_undoable(case.comment, decision, later)
                if allowed(case.site):
                    chosen.setdefault(case.comment.id, (case, decision))
        return _take_back(list(chosen.values()), by=by)


def _held_fast(decision_ids: Sequence[int]) -> Sequence[Decision]:
    """The rows, locked and freshly read; jobs that notify people have to wait, or are done."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.id.in_(decision_ids))
        .order_by(Decision.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


@dataclass(frozen=True)
class _Later:
    """What followed the decisions: which were undone, and each comment's last standing one."""

    undone: frozenset[int | None]
    standing: Mapping[int, int]


def _later(decisions: Iterable[Decision]) -> _Later:
    ids, comments = zip(*((each.id, each.comment_id) for each in decisions), strict=True)
    undone = db.session.scalars(select(Decision.undoes_id).where(Decision.undoes_id.in_(ids)))
    standing = db.session.execute(
        select(Decision.comment_id, func.max(Decision.id))
        .where(Decision.comment_id.in_(comments), Decision.undoes_id.is_(None))
        .where(~exists().where(_Counter.undoes_id == Decision.id))
        .group_by(Decision.comment_id)
    )
    return _Later(frozenset(undone), dict(standing.all()))


def _check_undoable(comment: Comment, decision: Decision, later: _Later) -> None:
    if decision.by_id is None or decision.action == "undo":
        raise Conflict("not_undoable.decision")
    if decision.id in later.undone:
        raise Conflict("already_undone")
    newer = later.standing[comment.id] > decision.id
    if newer or comment.status != decision.status_after:
        raise Conflict("newer_decision")
    if comment.revision_id != decision.revision_id:
        raise Conflict("changed.since")


def _take_back(held: Sequence[tuple[Case, Decision]], *, by: User) -> list[Decision]:
    if not held:
        return []
    before = [case.comment.status for case, _ in held]
    _restore([(case.comment, decision) for case, decision in held])
    _keep_quiet([decision for _, decision in held if decision.told_at is None])
    made = [
        (
            case,
            draft(
                case,
                "undo",
                status_before=status,
                by=by,
                undoes_id=decision.id,
                revision_id=decision.revision_id,
                batch=decision.batch,
                delay=None if decision.told_at is None else 0,
            ),
        )
        for (case, decision), status in zip(held, before, strict=True)
    ]
    write_all(made)
    return [decision for _, decision in made]


def _restore(held: Sequence[tuple[Comment, Decision]]) -> None:
    for comment, decision in held:
        if decision.action in FEATURING:
            unmark(comment, decision.action)
    held = [each for each in held if each[1].action not in FEATURING]
    if not held:
        return
    raise_version(*(comment for comment, old in held if comment.status == old.status_before))
    move_each([(comment, old.status_before) for comment, old in held])
    for comment, old in held:
        comment.reviewed = bool(old.evidence.get("before", {}).get("reviewed", False))
    reopen_flags([(comment, old.created_at) for comment, old in held])
    settle_all_flags([comment for comment, _ in held])


def _keep_quiet(decisions: Sequence[Decision]) -> None:
    """Leave the jobs nothing to notify about; `told_at` stays empty, since nobody was notified."""
    ids = [decision.id for decision in decisions]
    db.session.execute(update(Decision).where(Decision.id.in_(ids)).values(tell_after=None))
