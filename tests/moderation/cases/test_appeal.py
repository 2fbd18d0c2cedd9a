"""An author objects, somebody else hears it, the comment comes back or does not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.moderation import audit
from commentsvc.moderation.cases import appeals
from commentsvc.moderation.cases.waiting import arrived, count_waiting
from commentsvc.moderation.commands import decide, undo
from commentsvc.notifications.models import Notification
from commentsvc.posting.commands import withdraw
from commentsvc.sites.commands import set_role
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.threads.models import Comment
    from tests.people import Cast


def rejected(cast: Cast) -> Comment:
    """Rejected by mona, so long ago that its author may know."""
    comment = post(cast.site, "Quite harmless.", user=cast.rita).comment
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    return comment


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    with clock.frozen(clock.now()):
        comment = rejected(cast)
        made = appeals.appeal(comment.public_id, "It was on topic.", by=cast.rita)
        assert [each.id for each in appeals.waiting(cast.olga)] == [made.id]
        appeals.hear(made.public_id, outcome="overturned", answer="You are right.", by=cast.olga)
        assert comment.status == "published"
        clock.move(timedelta(minutes=5))
        work()
    kinds = db.session.scalars(
        select(Notification.kind).where(Notification.user_id == cast.rita.id)
    ).all()
    assert kinds.count("appeal") == 1
    assert audit.verify(cast.site.id)[1] is None
    assert appeals.waiting(cast.olga) == []


@pytest.mark.parametrize("how", ["approved", "withdrawn"])
def test_nobody_is_asked_about_what_is_settled(cast: Cast, how: str) -> None:
    """Somebody else has approved the comment meanwhile, or its author has withdrawn it."""
    comment = rejected(cast)
    appeals.appeal(comment.public_id, "It was on topic.", by=cast.rita)
    assert count_waiting(cast.olga, [cast.site])["appeals"] == 1
    if how == "approved":
        decide(comment.public_id, action="approve", by=cast.ada)
    else:
        withdraw(comment.public_id, user=cast.rita)
    assert appeals.waiting(cast.olga) == []
    assert count_waiting(cast.olga, [cast.site])["appeals"] == 0
    assert not arrived([cast.site], clock.now() - timedelta(minutes=1))


def test_who_decided_does_not_hear_the_appeal(cast: Cast) -> None:
    made = appeals.appeal(rejected(cast).public_id, "Please look again.", by=cast.rita)
    assert appeals.waiting(cast.mona) == []
    with pytest.raises(NotAllowed):
        appeals.hear(made.public_id, outcome="upheld", by=cast.mona)


def test_nobody_hears_their_own_appeal(cast: Cast) -> None:
    made = appeals.appeal(rejected(cast).public_id, "Why?", by=cast.rita)
    set_role(cast.site, cast.rita, "moderator", by=cast.olga)
    assert made in appeals.waiting(cast.olga, [cast.site])
    assert made not in appeals.waiting(cast.rita, [cast.site])
    assert count_waiting(cast.rita, [cast.site])["appeals"] == 0
    with pytest.raises(NotAllowed):
        appeals.hear(made.public_id, outcome="overturned", by=cast.rita)


def test_upheld_stays_rejected(cast: Cast) -> None:
    comment = rejected(cast)
    made = appeals.appeal(comment.public_id, "Please look again.", by=cast.rita)
    appeals.hear(made.public_id, outcome="upheld", answer="It stays.", by=cast.olga)
    assert comment.status == "rejected" and made.outcome == "upheld"
    with pytest.raises(Conflict):
        appeals.hear(made.public_id, outcome="overturned", by=cast.olga)


def test_only_its_author_and_only_once(cast: Cast) -> None:
    comment = rejected(cast)
    for stranger in (cast.max, None):
        with pytest.raises(NotAllowed):
            appeals.appeal(comment.public_id, "Mine.", by=stranger)
    appeals.appeal(comment.public_id, "Please look again.", by=cast.rita)
    with pytest.raises(Conflict):
        appeals.appeal(comment.public_id, "And again.", by=cast.rita)


def test_nothing_to_appeal(cast: Cast) -> None:
    fine = post(cast.site, "Fine.", user=cast.rita).comment
    with pytest.raises(Conflict):
        appeals.appeal(fine.public_id, "But why?", by=cast.rita)
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    with pytest.raises(Conflict):
        appeals.appeal(held.public_id, "But why?", by=cast.rita)
    comment = rejected(cast)
    undo(appeals.appealable(comment).public_id, by=cast.mona)
    with pytest.raises(Conflict):
        appeals.appeal(comment.public_id, "But why?", by=cast.rita)


def test_what_may_still_be_undone_cannot_be_objected_to_yet(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        comment = post(cast.site, "Quite harmless.", user=cast.rita).comment
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
        with pytest.raises(Conflict):
            appeals.appeal(comment.public_id, "How do I know?", by=cast.rita)
        clock.move(timedelta(minutes=5))
        assert appeals.appeal(comment.public_id, "Now I know.", by=cast.rita)


@pytest.mark.parametrize("text", ["", " ", "a" * 2001])
def test_an_appeal_says_something(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid):
        appeals.appeal(rejected(cast).public_id, text, by=cast.rita)


def test_a_moderator_of_another_site_hears_nothing(cast: Cast) -> None:
    made = appeals.appeal(rejected(cast).public_id, "Please look again.", by=cast.rita)
    assert appeals.waiting(cast.max) == []
    with pytest.raises(NotFound):
        appeals.hear(made.public_id, outcome="upheld", by=cast.max)
