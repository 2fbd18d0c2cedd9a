"""Readers' reports: once each, weighed, able to take a comment down, and not able to abuse that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts import commands as accounts
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed, NotFound
from commentsvc.moderation.commands import decide, flag
from commentsvc.moderation.jobs import weigh_queue
from commentsvc.moderation.models import Decision, Flag
from commentsvc.moderation.record import short
from commentsvc.sites import commands as sites
from tests.factories import post
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from commentsvc.threads.models import Comment


@pytest.fixture
def comment(cast: Cast) -> Comment:
    return post(cast.site, user=cast.max).comment


def settled(user: User) -> User:
    """Somebody who has been here for a while."""
    user.created_at = clock.now() - timedelta(days=30)
    db.session.commit()
    return user


def crowd(count: int) -> list[User]:
    people = [
        accounts.register(email=f"crowd{n}@example.org", password=PASSWORD, name=f"Crowd {n}")
        for n in range(count)
    ]
    return [settled(each) for each in people]


def test_it_works(cast: Cast, comment: Comment) -> None:
    made = flag(comment.public_id, user=settled(cast.rita), reason="abusive", note=" look ")
    assert (made.reason, made.note, made.weight) == ("abusive", "look", 1.0)
    assert comment.flag_count == 1 and comment.status == "published"


def test_saying_it_again_changes_nothing(cast: Cast, comment: Comment) -> None:
    first = flag(comment.public_id, user=cast.rita, reason="abusive")
    again = flag(comment.public_id, user=cast.rita, reason="illegal")
    assert again.id == first.id and again.reason == "abusive" and comment.flag_count == 1


def test_a_network_of_guests_counts_once(cast: Cast, comment: Comment) -> None:
    ann, _ = accounts.make_guest("Ann")
    ben, _ = accounts.make_guest("Ben")
    first = flag(comment.public_id, user=ann, reason="spam", network="net-7")
    assert flag(comment.public_id, user=ben, reason="spam", network="net-7").id == first.id
    assert flag(comment.public_id, user=None, reason="spam", network="net-7").id == first.id
    other = flag(comment.public_id, user=None, reason="spam", network="net-8")
    assert other.id != first.id and comment.flag_count == 2
    member = flag(comment.public_id, user=cast.rita, reason="spam", network="net-7")
    assert member.id not in (first.id, other.id)


def test_nobody_reports_without_a_trace(comment: Comment) -> None:
    with pytest.raises(NotAllowed):
        flag(comment.public_id, user=None, reason="spam")


def test_ones_own_comment_and_the_banned_are_refused(cast: Cast, comment: Comment) -> None:
    with pytest.raises(NotAllowed):
        flag(comment.public_id, user=cast.max, reason="spam")
    with pytest.raises(NotAllowed):
        flag(comment.public_id, user=cast.bo, reason="spam")


@pytest.mark.parametrize("reason", ["", "insult", "banned_word", "nonsense"])
def test_only_readers_reasons(cast: Cast, comment: Comment, reason: str) -> None:
    with pytest.raises(Invalid):
        flag(comment.public_id, user=cast.rita, reason=reason)


def test_what_is_not_shown_cannot_be_reported(cast: Cast) -> None:
    pending = post(cast.site, "You idiot.", user=cast.max).comment
    with pytest.raises(NotFound):
        flag(pending.public_id, user=cast.rita, reason="spam")


def test_disagreeing_is_heard_and_weighs_nothing(cast: Cast, comment: Comment) -> None:
    made = flag(comment.public_id, user=cast.rita, reason="disagree")
    assert made.weight == 0 and made.closed_at is not None and comment.flag_count == 0


def test_enough_reports_take_it_down_for_a_look(cast: Cast, comment: Comment) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 3}, by=cast.olga)
    people = crowd(3)
    for each in people[:2]:
        flag(comment.public_id, user=each, reason="offensive")
    assert comment.status == "published"
    flag(comment.public_id, user=people[2], reason="offensive")
    assert comment.status == "pending"
    decision = db.session.scalars(select(Decision)).one()
    assert (decision.action, decision.reason, decision.automated) == ("hold", "reported", True)
    assert decision.evidence["findings"][0]["evidence"] == {"weight": 3.0, "limit": 3}


def test_the_report_that_took_it_down_may_be_sent_again(cast: Cast, comment: Comment) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 3}, by=cast.olga)
    first = flag(comment.public_id, user=cast.mona, reason="spam")
    assert comment.status == "pending"
    assert flag(comment.public_id, user=cast.mona, reason="spam").id == first.id


def test_what_a_moderator_has_read_is_not_taken_down(cast: Cast, comment: Comment) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 2}, by=cast.olga)
    decide(comment.public_id, action="approve", by=cast.mona)
    for each in crowd(3):
        flag(comment.public_id, user=each, reason="offensive")
    assert comment.status == "published" and comment.flag_count == 3


def test_zero_means_never(cast: Cast, comment: Comment) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 0}, by=cast.olga)
    for each in crowd(8):
        flag(comment.public_id, user=each, reason="illegal")
    assert comment.status == "published"


def test_accounts_of_today_weigh_half(cast: Cast, comment: Comment) -> None:
    assert flag(comment.public_id, user=cast.rita, reason="spam").weight == 0.5
    assert flag(comment.public_id, user=cast.mona, reason="spam").weight == 3.0


def test_who_was_often_wrong_weighs_less(cast: Cast) -> None:
    settled(cast.rita)
    for _ in range(6):
        wrong = post(cast.site, user=cast.max).comment
        flag(wrong.public_id, user=cast.rita, reason="spam")
        decide(wrong.public_id, action="approve", by=cast.mona)
    last = post(cast.site, user=cast.max).comment
    assert flag(last.public_id, user=cast.rita, reason="spam").weight == 0.25


def test_illegal_comes_first(cast: Cast) -> None:
    one, two = (post(cast.site, user=cast.max).comment for _ in range(2))
    flag(one.public_id, user=cast.rita, reason="spam")
    flag(two.public_id, user=cast.rita, reason="illegal")
    assert two.urgency > one.urgency


def test_the_count_is_a_query(cast: Cast, comment: Comment) -> None:
    for each in crowd(3):
        flag(comment.public_id, user=each, reason="spam")
    open_ones = db.session.scalar(
        select(func.count()).where(Flag.comment_id == comment.id, Flag.closed_at.is_(None))
    )
    assert comment.flag_count == open_ones == 3


@pytest.mark.parametrize("typed", ["a\x03\x08\x7f\x85b", "a\x85b", "\x1b[31ma b"])
def test_notes_lose_what_nobody_sees(cast: Cast, typed: str) -> None:
    kept = short(typed, "note", most=100)
    assert kept is not None and not any(each in kept for each in "\x03\x08\x1b\x7f\x85")
    for broken in ("a\x00b", "a\ud800b"):
        with pytest.raises(Invalid):
            short(broken, "note", most=100)
    with pytest.raises(Invalid):
        short("A" + "\u0489" * 4000, "note", most=10_000)


def test_what_waits_is_weighed_again(cast: Cast, comment: Comment) -> None:
    flag(comment.public_id, user=settled(cast.rita), reason="abusive")
    held = post(cast.site, "You idiot.").comment
    calm = post(cast.site, "A calm word.").comment
    right = [comment.urgency, held.urgency]
    comment.urgency = held.urgency = calm.urgency = 12345.0
    db.session.commit()
    weigh_queue()
    db.session.expire_all()
    assert [comment.urgency, held.urgency, calm.urgency] == [*right, 12345.0]
