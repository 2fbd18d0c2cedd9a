"""Trust that is earned and lost by itself: by what people approved, and after what people decide."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.chain import verify
from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.jobs import Job
from commentsvc.moderation.cases.roles import give_role
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide, undo
from commentsvc.posting.commands import edit
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import membership, role_of
from commentsvc.threads.models import Comment
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from commentsvc.moderation.models import Decision
    from tests.people import Cast


@pytest.fixture(autouse=True)
def on(cast: Cast) -> Iterator[None]:
    policy = {"trust_after": 2, "trust_days": 30, "undo_seconds": 30, "hold_repeats": False}
    set_policy(cast.site, {**policy, "premoderate_all": True, "flood_count": 1000}, by=cast.olga)
    with clock.frozen(clock.now()):
        clock.move(timedelta(minutes=1))
        yield


def judge(cast: Cast, action: str = "approve", reason: str | None = None) -> Decision:
    """Rita writes, and Mona decides."""
    made = post(cast.site, user=cast.rita).comment
    reason = (reason or "spam") if action == "reject" else None
    return decide(made.public_id, action=action, by=cast.mona, reason=reason)


def later(work: Callable[[], int], **time: float) -> None:
    clock.move(timedelta(**(time or {"seconds": 31})))
    while work():
        pass


def acts(cast: Cast) -> list[tuple[str, int | None, dict[str, int]]]:
    query = select(StaffAct).where(StaffAct.kind.in_(("trust_earned", "trust_lost")))
    rows = db.session.scalars(query.order_by(StaffAct.id))
    return [(row.kind, row.by_id, row.data) for row in rows if row.about_id == cast.rita.id]


@pytest.mark.engines
def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    judge(cast)
    later(work)
    assert role_of(cast.rita, cast.site) == "reader"
    judge(cast)
    assert role_of(cast.rita, cast.site) == "reader"  # it can still be undone
    later(work)
    row = membership(cast.rita, cast.site)
    assert row and (row.role, row.set_by_id, row.earned) == (
        "trusted",
        None,
        {"approved": 2, "days": 30},
    )
    assert role_of(cast.rita, cast.other) == "reader"
    assert post(cast.site, "You idiot.", user=cast.rita).comment.status == "published"
    rejected = judge(cast, "reject")
    later(work)
    assert role_of(cast.rita, cast.site) == "reader"
    assert post(cast.site, user=cast.rita).comment.status == "pending"
    assert acts(cast) == [
        ("trust_earned", None, {"approved": 2, "days": 30}),
        ("trust_lost", None, {"rejected": 1, "days": 30}),
    ]
    undo(rejected.public_id, by=cast.mona)
    later(work)
    assert role_of(cast.rita, cast.site) == "trusted"
    assert verify()[1] is None


def test_a_longer_time_to_undo_does_not_reopen_decisions(
    cast: Cast, work: Callable[[], int]
) -> None:
    for _ in "ab":
        judge(cast)
    set_policy(cast.site, {"undo_seconds": 600}, by=cast.olga)
    later(work)
    assert role_of(cast.rita, cast.site) == "trusted"


def test_it_is_off_by_default(cast: Cast, work: Callable[[], int]) -> None:
    set_policy(cast.site, {"trust_after": 0}, by=cast.olga)
    for _ in range(3):
        judge(cast)
    assert not db.session.scalars(select(Job).where(Job.name == "weigh_trust")).all()
    later(work)
    assert role_of(cast.rita, cast.site) == "reader"


@pytest.mark.parametrize("spoilt", ["rejected", "undone", "old", "edited", "guest", "by_rules"])
def test_what_does_not_count(cast: Cast, work: Callable[[], int], spoilt: str) -> None:
    if spoilt == "rejected":
        judge(cast, "reject")
    if spoilt == "by_rules":
        set_policy(cast.site, {"premoderate_all": False}, by=cast.olga)
        assert [post(cast.site, user=cast.rita).comment.status for _ in "ab"] == ["published"] * 2
    first = judge(cast)
    if spoilt == "undone":
        undo(first.public_id, by=cast.mona)
    if spoilt == "old":
        later(work, days=31)
    if spoilt == "edited":
        comment = db.session.get_one(Comment, first.comment_id)
        edit(comment.public_id, "Something else, in other words.", user=cast.rita)
    if spoilt == "guest":
        cast.rita.kind = "guest"
        judge(cast)
    elif spoilt != "by_rules":
        judge(cast)
    later(work)
    assert membership(cast.rita, cast.site) is None


def test_several_rejections_where_the_owner_says_so(cast: Cast, work: Callable[[], int]) -> None:
    set_policy(cast.site, {"trust_lost_after": 2}, by=cast.olga)
    judge(cast), judge(cast)
    later(work)
    judge(cast, "reject")
    judge(cast, "reject", "care")  # breaks no rule
    later(work)
    assert role_of(cast.rita, cast.site) == "trusted"
    judge(cast, "reject", "abusive")
    later(work)
    assert role_of(cast.rita, cast.site) == "reader"


@pytest.mark.parametrize("way", ["lift", "role", "premoderate", "trust", "moderator"])
def test_what_a_person_decides_goes_before(cast: Cast, work: Callable[[], int], way: str) -> None:
    judge(cast), judge(cast)
    later(work)
    if way == "lift":
        sanction(cast.site, cast.rita, "lift", by=cast.mona)
        sanction(cast.site, cast.rita, "lift", by=cast.mona)  # nothing is left to lift
    elif way == "role":
        give_role(cast.site, cast.rita, "none", by=cast.olga)
    elif way == "moderator":
        give_role(cast.site, cast.rita, "moderator", by=cast.olga)
    else:
        reason = "spam" if way == "premoderate" else None
        sanction(cast.site, cast.rita, way, by=cast.mona, reason=reason)
    role = role_of(cast.rita, cast.site)
    for action in ("approve", "approve", "approve", "reject"):
        judge(cast, action)
        later(work)
        assert role_of(cast.rita, cast.site) == role, action
    row = membership(cast.rita, cast.site)
    assert row is None or row.earned is None


def test_after_a_sanction_they_begin_anew(cast: Cast, work: Callable[[], int]) -> None:
    judge(cast)
    sanction(cast.site, cast.rita, "premoderate", by=cast.mona, reason="spam")
    clock.move(timedelta(seconds=1))
    sanction(cast.site, cast.rita, "lift", by=cast.mona)
    clock.move(timedelta(seconds=1))
    judge(cast)
    later(work)
    assert role_of(cast.rita, cast.site) == "reader"
    judge(cast)
    later(work)
    assert role_of(cast.rita, cast.site) == "trusted"


def test_a_ban_that_is_undone_leaves_it_as_it_was(cast: Cast, work: Callable[[], int]) -> None:
    judge(cast), judge(cast)
    later(work)
    ban = sanction(cast.site, cast.rita, "ban", by=cast.mona, reason="spam", batch="b")
    judged = membership(cast.rita, cast.site)
    assert judged is not None and judged.earned is None
    sanction(cast.site, cast.rita, "lift", by=cast.mona, batch="b", undoes=ban)
    row = membership(cast.rita, cast.site)
    assert row and (row.role, row.earned) == ("trusted", {"approved": 2, "days": 30})
