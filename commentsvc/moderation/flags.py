"""Readers' flags: one per person and comment, weighted, and able to hold a comment for review."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case as choose
from sqlalchemy import func, select

from ..accounts.models import User
from ..core import clock
from ..core.db import IntegrityError, db, unit_of_work
from ..core.errors import NotAllowed, NotFound
from ..sites.queries import require, role_of
from ..threads.status import move
from .cases.blocked import refuse_blocked
from .judging.reasons import Reason, given_by_readers
from .judging.verdict import Action, Finding, Verdict
from .models import Flag
from .record import (
    Case,
    open_case,
    open_flags,
    revision_of,
    settle_flags,
    short,
    stored_findings,
    write,
    write_findings,
)

if TYPE_CHECKING:
    from ..threads.models import Comment

_MOST_WORDS = 2000
_BY_ROLE = {"trusted": 2.0, "moderator": 3.0, "owner": 3.0, "admin": 3.0}
_NEWCOMER, _NEW_FOR = 0.5, timedelta(days=1)
_HISTORY = 50  # a person's earlier flags, to estimate how well they judge


def flag(
    comment_public_id: str,
    *,
    user: User | None,
    reason: str,
    note: str | None = None,
    network: str | None = None,
) -> Flag:
    """Add a reader's report, or return the earlier one; a guest is identified by the network.

    Enough weighted flags (`policy.flags_to_hold`) hold a comment that no moderator has reviewed.
    Raises `NotFound` for a comment that is not shown, `Invalid` for a wrong reason, and
    `NotAllowed` for one's own comment, a blocked network, or an unknown reporter.
    """
    given = given_by_readers(reason)
    note = short(note, "note", most=_MOST_WORDS)
    with unit_of_work():
        case = open_case(comment_public_id)
        before = _earlier(case.comment, user, network)
        if before is not None:  # even if that flag has held the comment
            return before
        _check_may_flag(case, user, network)
        try:
            with db.session.begin_nested():
                made = _add(case, user, given, note, network)
        except IntegrityError:  # the same person at the same moment, where rows are not locked
            found = _earlier(case.comment, user, network)
            if found is None:
                raise
            return found
        settle_flags(case.comment)
        _hold_if_enough(case)
        return made


def _check_may_flag(case: Case, user: User | None, network: str | None) -> None:
    if case.comment.status != "published":
        raise NotFound("not_found.comment")
    require(user, "flag", case.site)
    if user is not None and user.id == case.comment.author_id:
        raise NotAllowed("own_comment.report")
    refuse_blocked(case.site.id, network, "report")
    if user is None and not network:
        raise NotAllowed("unknown_reporter")


def _earlier(comment: Comment, user: User | None, network: str | None) -> Flag | None:
    """The flag that this person, or a guest on this network, has already raised."""
    query = select(Flag).where(Flag.comment_id == comment.id)
    if user is not None:
        found = db.session.scalar(query.where(Flag.user_id == user.id))
        if found is not None or not user.is_guest:
            return found
    if network is None:
        return None
    guests = select(User.id).where(User.kind == "guest")
    by_guests = Flag.user_id.is_(None) | Flag.user_id.in_(guests)
    return db.session.scalar(query.where(Flag.network == network, by_guests).limit(1))


def _add(
    case: Case, user: User | None, reason: Reason, note: str | None, network: str | None
) -> Flag:
    made = Flag(
        comment_id=case.comment.id,
        revision_id=case.comment.revision_id,
        site_id=case.site.id,
        user_id=user.id if user else None,
        reason=reason.code,
        note=note,
        weight=round(reason.weight * _weight_of(case, user), 3),
        network=network,
        created_at=clock.now(),
    )
    if reason.weight == 0:  # kept, but needs no answer
        made.closed_at = made.created_at
    db.session.add(made)
    db.session.flush()
    return made


def _weight_of(case: Case, user: User | None) -> float:
    """The weight of a person's flag: by role, or by how often moderators agreed before."""
    if user is None or user.is_guest:
        return _NEWCOMER
    by_role = _BY_ROLE.get(role_of(user, case.site))
    if by_role is not None:
        return by_role
    if clock.now() - user.created_at < _NEW_FOR:
        return _NEWCOMER
    recent = (
        select(Flag.outcome)
        .where(Flag.user_id == user.id, Flag.outcome.is_not(None))
        .order_by(Flag.id.desc())
        .limit(_HISTORY)
        .subquery()
    )
    total, agreed = db.session.execute(
        select(func.count(), func.sum(choose((recent.c.outcome == "agreed", 1), else_=0)))
    ).one()
    return float(2 * ((agreed or 0) + 1) / (total + 2))  # 0 to 2; 1 without history


def _hold_if_enough(case: Case) -> None:
    """Hold the comment for review, unless a moderator has already reviewed this text."""
    comment, limit = case.comment, case.policy.flags_to_hold
    if not limit or comment.reviewed or comment.status != "published":
        return
    weight = round(sum(each.weight for each in open_flags(comment) if each.rule is None), 3)
    if weight < limit:
        return
    evidence = {"weight": weight, "limit": limit}
    finding = Finding("reported", Action.HOLD, "reported", evidence)
    verdict = Verdict(Action.HOLD, (finding,)).as_dict()
    revision = revision_of(comment)
    move(comment, "pending")
    if revision is not None:
        write_findings(comment, revision, verdict["findings"])
        settle_flags(comment, [*verdict["findings"], *stored_findings(revision)])
    write(
        case,
        "hold",
        status_before="published",
        reason="reported",
        rule="reported",
        evidence=verdict,
        delay=0,
    )
