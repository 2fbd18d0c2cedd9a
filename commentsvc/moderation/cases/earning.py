"""Trust that the service grants and revokes by itself: never above trusted, never below reader.

A site turns it on (`trust_after`). Only approvals by people count, and only decisions that can no
longer be undone. What a person decides about somebody's role takes precedence: trust that a person
revoked comes back only through a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ...accounts.acts import record
from ...accounts.models import StaffAct, User
from ...core import clock
from ...core.db import db, unit_of_work
from ...core.jobs import handler
from ...sites.commands import hold_membership, put_role
from ...sites.queries import by_id, in_force, policy_of
from ...threads.models import Comment
from ..models import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ...sites.models import Site
    from ...sites.policy import Policy

_HARMLESS = "care"  # a rejection for this reason does not mean that a rule was broken
#: Acts that decide about a role.
_ROLES = ("suspend", "ban", "premoderate", "trust", "lift", "sanction_undone", "role")

_MOST_ACTS = 100


@dataclass(frozen=True)
class _Standing:
    """How many of a person's comments are approved, since their role was last decided, and how many
    are rejected, by the newest decision on each."""

    approved: int
    rejected: int


def _is_on(*, site_id: int, user_ids: list[int]) -> bool:
    return bool(user_ids) and policy_of(by_id(site_id)).trust_after > 0


@handler("weigh_trust", at_once=True, wanted=_is_on)
def weigh_trust(site_id: int, user_ids: list[int]) -> None:
    """Grant trust to those of these people who have earned it, and revoke it where it is lost."""
    site = by_id(site_id)
    policy = policy_of(site)
    if not policy.trust_after:
        return
    with unit_of_work():
        for user in db.session.scalars(
            select(User).where(User.id.in_(user_ids)).order_by(User.id)
        ).all():
            if not (user.is_guest or user.is_admin or user.erased_at):
                _weigh(site, user, policy)


def _weigh(site: Site, user: User, policy: Policy) -> None:
    row = hold_membership(site, user)
    if row is not None and row.earned is None and in_force(row) is not None:
        return  # a person has decided about this role
    since = clock.now() - timedelta(days=policy.trust_days)
    if row is not None and row.earned is not None:
        rejected = _standing(site, user, since, since).rejected
        if rejected >= policy.trust_lost_after:
            put_role(site, user, None, by=None)
            _log("trust_lost", site, user, rejected=rejected, days=policy.trust_days)
        return
    may, begin = _begin(site, user)
    if not may:
        return
    found = _standing(site, user, since, max(since, begin or since))
    if found.approved >= policy.trust_after and not found.rejected:
        earned = {"approved": found.approved, "days": policy.trust_days}
        put_role(site, user, "trusted", by=None, earned=earned)
        _log("trust_earned", site, user, **earned)


def _log(kind: str, site: Site, user: User, **facts: Any) -> None:
    record(kind, site_id=site.id, by=None, about=user, **facts)


def _begin(site: Site, user: User) -> tuple[bool, datetime | None]:
    """Whether trust can be earned (not if a person or the site's own sign-in revoked it), and the
    time from which approvals count: when either last decided about the role."""
    acts = db.session.scalars(
        select(StaffAct)
        .where(StaffAct.about_id == user.id, StaffAct.site_id == site.id)
        .where(StaffAct.kind.in_(_ROLES))
        .order_by(StaffAct.id.desc())
        .limit(_MOST_ACTS)
    )
    # lifting a sanction that was not there decides nothing
    standing = (
        each for each in _standing_acts(acts) if each.kind != "lift" or each.data.get("was")
    )
    last = next(standing, None)
    if last is None:
        return True, None
    return last.data.get("was") != "trusted", last.created_at


def _standing_acts(acts: Iterable[StaffAct]) -> Iterator[StaffAct]:
    """These acts, newest first, without undos and what they undid."""
    undone: list[str] = []
    for each in acts:
        if each.kind == "sanction_undone":
            undone.append(each.data["sanction"])
        elif each.kind in undone:
            undone.remove(each.kind)
        else:
            yield each


def _standing(site: Site, user: User, since: datetime, approved_since: datetime) -> _Standing:
    """The person's standing by final decisions since then: one query."""
    rows = db.session.execute(
        select(
            Decision.id,
            Decision.comment_id,
            Decision.action,
            Decision.reason,
            Decision.by_id,
            Decision.undoes_id,
            Decision.created_at,
            Decision.tell_after,
            (Decision.revision_id == Comment.revision_id).label("is_of_this_text"),
            Comment.status,
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Comment.author_id == user.id, Comment.site_id == site.id)
        .where(Decision.created_at > since)
        .order_by(Decision.id.desc())
    ).all()
    undone = {row.undoes_id for row in rows}
    newest: dict[int, Any] = {}
    for row in rows:
        if row.action in ("approve", "reject", "hold") and row.id not in undone:
            newest.setdefault(row.comment_id, row)
    now = clock.now()
    standing = [row for row in newest.values() if row.tell_after is None or row.tell_after <= now]
    return _Standing(
        approved=sum(
            row.action == "approve"
            and row.by_id is not None
            and row.is_of_this_text
            and row.status == "published"
            and row.created_at > approved_since
            for row in standing
        ),
        rejected=sum(row.action == "reject" and row.reason != _HARMLESS for row in standing),
    )
