"""Moderators decide, collide, and take back; status and log always agree."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.core.jobs import Job
from commentsvc.moderation.commands import AlreadyDecided, decide, undo
from commentsvc.moderation.flags import flag
from commentsvc.moderation.models import Decision
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import policy_of
from commentsvc.threads import pages
from commentsvc.threads.models import Comment, Thread
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def held(cast: Cast) -> Comment:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    assert comment.status == "pending"
    return comment


def shown(cast: Cast) -> list[str]:
    thread = db.session.scalars(select(Thread)).one()
    return [each.id for each in pages.first_page(thread.id, policy_of(cast.site)).items]


def log(comment: Comment) -> list[tuple[str, str, str]]:
    rows = db.session.scalars(
        select(Decision).where(Decision.comment_id == comment.id).order_by(Decision.id)
    )
    return [(each.action, each.status_before, each.status_after) for each in rows]


def test_it_works(cast: Cast) -> None:
    comment = held(cast)
    decision = decide(comment.public_id, action="approve", by=cast.mona, seen_version=1)
    assert (comment.status, comment.reviewed) == ("published", True)
    assert shown(cast) == [comment.public_id]
    assert decision.by_id == cast.mona.id and not decision.automated
    assert log(comment) == [("hold", "pending", "pending"), ("approve", "pending", "published")]


def test_a_rejection_has_a_reason_a_note_and_a_message(cast: Cast) -> None:
    comment = held(cast)
    decision = decide(
        comment.public_id,
        action="reject",
        reason="offensive",
        note=" third time ",
        message="Please stay kind.",
        by=cast.mona,
    )
    assert comment.status == "rejected"
    assert (decision.reason, decision.note) == ("offensive", "third time")
    assert decision.message == "Please stay kind."


@pytest.mark.parametrize("reason", [None, "", "insult", "disagree", "nonsense"])
def test_a_rejection_needs_a_reason_that_people_give(cast: Cast, reason: str | None) -> None:
    comment = held(cast)
    with pytest.raises(Invalid) as refused:
        decide(comment.public_id, action="reject", reason=reason, by=cast.mona)
    assert refused.value.field == "reason"
    assert comment.status == "pending"


def test_an_unknown_action_or_comment_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        decide(held(cast).public_id, action="delete", by=cast.mona)
    with pytest.raises(NotFound):
        decide("nothing", action="approve", by=cast.mona)


def test_a_note_is_not_endless(cast: Cast) -> None:
    with pytest.raises(Invalid):
        decide(held(cast).public_id, action="approve", note="x" * 2001, by=cast.mona)


def test_who_may_not_moderate_here_learns_nothing(cast: Cast) -> None:
    comment = held(cast)
    for stranger in (cast.max, cast.rita, cast.bo):
        with pytest.raises(NotFound):
            decide(comment.public_id, action="approve", by=stranger)
    decide(comment.public_id, action="approve", by=cast.ada)  # runs the installation
    with pytest.raises(NotAllowed):
        decide(comment.public_id, action="reject", reason="spam", by=cast.max)
    assert comment.status == "published"


def test_the_second_moderator_is_told_who_was_faster(cast: Cast) -> None:
    comment = held(cast)
    with clock.frozen(NOON):
        decide(comment.public_id, action="approve", by=cast.mona, seen_version=1)
        with pytest.raises(AlreadyDecided) as late:
            decide(comment.public_id, action="reject", reason="spam", by=cast.olga, seen_version=1)
    assert late.value.detail == "Approved by Mona, 12:00 UTC"
    assert late.value.code == "already_decided"
    assert comment.status == "published" and len(log(comment)) == 2


def test_the_second_one_need_not_have_seen_a_version(cast: Cast) -> None:
    comment = held(cast)
    decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    with pytest.raises(AlreadyDecided):
        decide(comment.public_id, action="reject", reason="hate", by=cast.olga)
    assert len(log(comment)) == 2


def test_the_same_decision_sent_twice_happens_once(cast: Cast) -> None:
    comment = held(cast)
    once = decide(comment.public_id, action="reject", reason="spam", by=cast.mona, seen_version=1)
    again = decide(comment.public_id, action="reject", reason="spam", by=cast.mona, seen_version=1)
    assert once.id == again.id and len(log(comment)) == 2


def test_a_moderator_may_change_a_mind(cast: Cast) -> None:
    comment = held(cast)
    decide(comment.public_id, action="approve", by=cast.mona)
    decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    assert comment.status == "rejected" and shown(cast) == []
    assert [each[2] for each in log(comment)] == ["pending", "published", "rejected"]


def test_reading_what_is_published_marks_it_reviewed(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    version = comment.version
    decide(comment.public_id, action="approve", by=cast.mona, seen_version=version)
    assert comment.reviewed and comment.status == "published"
    assert comment.version == version + 1
    with pytest.raises(AlreadyDecided):
        decide(comment.public_id, action="approve", by=cast.olga, seen_version=version)


def test_a_text_that_changed_meanwhile_is_read_again(cast: Cast) -> None:
    comment = post(cast.site, "The ferry was late.", user=cast.rita).comment
    seen = comment.version
    posting.edit(comment.public_id, "The ferry was early.", user=cast.rita)
    with pytest.raises(Conflict) as changed:
        decide(comment.public_id, action="approve", by=cast.mona, seen_version=seen)
    assert changed.value.code == "changed"
    assert not comment.reviewed


def test_what_its_author_took_back_stays_so(cast: Cast) -> None:
    comment = held(cast)
    posting.withdraw(comment.public_id, user=cast.rita)
    with pytest.raises(Conflict) as gone:
        decide(comment.public_id, action="approve", by=cast.mona)
    assert gone.value.code == "withdrawn"


def test_flags_are_answered_by_the_decision(cast: Cast) -> None:
    comment = post(cast.site, user=cast.max).comment
    one = flag(comment.public_id, user=cast.rita, reason="spam")
    decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    db.session.refresh(one)
    assert one.outcome == "agreed" and comment.flag_count == 0


def test_feature_and_pin(cast: Cast) -> None:
    first = post(cast.site, user=cast.rita).comment
    second = post(cast.site, user=cast.rita).comment
    thread = db.session.scalars(select(Thread)).one()
    before = thread.version
    decide(first.public_id, action="pin", by=cast.mona)
    decide(first.public_id, action="feature", by=cast.mona)
    db.session.refresh(thread)
    assert first.pinned and first.featured and thread.version == before + 2
    page = pages.first_page(thread.id, policy_of(cast.site), sort="top")
    assert [each.id for each in page.items] == [first.public_id, second.public_id]
    decide(first.public_id, action="unpin", by=cast.olga)
    assert not first.pinned and first.rank < 1e6
    with pytest.raises(Conflict):
        decide(held(cast).public_id, action="pin", by=cast.mona)


# --- undo -----------------------------------------------------------------------------------------


def test_undo_puts_everything_back(cast: Cast, work) -> None:
    comment = post(cast.site, user=cast.max).comment
    one = flag(comment.public_id, user=cast.rita, reason="spam")
    urgency = comment.urgency
    decision = decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    counter = undo(decision.public_id, by=cast.mona)
    db.session.refresh(one)
    assert (comment.status, comment.reviewed) == ("published", False)
    assert (one.closed_at, one.outcome, comment.flag_count) == (None, None, 1)
    assert comment.urgency == urgency
    assert (counter.undoes_id, counter.action) == (decision.id, "undo")
    assert shown(cast) == [comment.public_id]


def test_nobody_hears_of_what_was_undone_in_time(cast: Cast, work) -> None:
    with clock.frozen(NOON):
        comment = held(cast)
        work()
        decision = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
        asked = db.session.scalars(select(Job).where(Job.name == "on_decision")).one()
        assert asked.due_at == NOON + timedelta(seconds=30) == decision.tell_after
        undo(decision.public_id, by=cast.mona)
        clock.move(timedelta(minutes=5))
        work()
        db.session.refresh(decision)
        assert decision.told_at is None and comment.status == "pending"


def test_a_late_undo_is_told(cast: Cast, work) -> None:
    with clock.frozen(NOON):
        comment = held(cast)
        decision = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
        clock.move(timedelta(minutes=5))
        work()
        db.session.refresh(decision)
        assert decision.told_at is not None
        counter = undo(decision.public_id, by=cast.olga)
        assert counter.tell_after == clock.now()
        assert comment.status == "pending"


def test_undo_happens_once_and_only_to_the_newest(cast: Cast) -> None:
    comment = held(cast)
    first = decide(comment.public_id, action="approve", by=cast.mona)
    second = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    with pytest.raises(Conflict) as newer:
        undo(first.public_id, by=cast.mona)
    assert newer.value.code == "newer_decision"
    counter = undo(second.public_id, by=cast.mona)
    assert comment.status == "published"
    with pytest.raises(Conflict) as twice:
        undo(second.public_id, by=cast.mona)
    assert twice.value.code == "already_undone"
    with pytest.raises(Conflict):
        undo(counter.public_id, by=cast.mona)
    undo(first.public_id, by=cast.mona)
    assert comment.status == "pending"


def test_undo_is_for_moderators_of_the_site_and_for_peoples_decisions(cast: Cast) -> None:
    comment = held(cast)
    by_rules = db.session.scalars(select(Decision)).one()
    with pytest.raises(Conflict):
        undo(by_rules.public_id, by=cast.mona)
    decision = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    with pytest.raises(NotFound):
        undo(decision.public_id, by=cast.max)
    with pytest.raises(NotFound):
        undo("nothing", by=cast.mona)


def test_undo_after_the_author_changed_or_withdrew_is_refused(cast: Cast) -> None:
    comment = post(cast.site, "The ferry was late.", user=cast.rita).comment
    decision = decide(comment.public_id, action="approve", by=cast.mona)
    posting.edit(comment.public_id, "The ferry was early.", user=cast.rita)
    with pytest.raises(Conflict) as changed:
        undo(decision.public_id, by=cast.mona)
    assert changed.value.code == "changed"
    posting.withdraw(comment.public_id, user=cast.rita)
    with pytest.raises(Conflict):
        undo(decision.public_id, by=cast.mona)


def test_undo_of_a_pin(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    decision = decide(comment.public_id, action="pin", by=cast.mona)
    undo(decision.public_id, by=cast.mona)
    assert not comment.pinned and comment.rank == 0.0


def test_no_undo_time_means_told_at_once(cast: Cast, work) -> None:
    sites.set_policy(cast.site, {"undo_seconds": 0}, by=cast.olga)
    comment = held(cast)
    decision = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    work()
    db.session.refresh(decision)
    assert decision.told_at is not None


# --- at the same moment ---------------------------------------------------------------------------


def test_of_many_moderators_at_once_one_decides(app: Flask, cast: Cast) -> None:
    comment = held(cast)
    public_id, people = comment.public_id, [cast.mona.id, cast.olga.id, cast.ada.id] * 2
    start = threading.Barrier(len(people))

    def click(number: int) -> str:
        with app.app_context():
            by = db.session.get_one(User, people[number])
            action = "approve" if number % 2 else "reject"
            start.wait()
            try:
                decide(public_id, action=action, reason="hate", by=by, seen_version=1)
            except AlreadyDecided:
                return "late"
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(click, range(len(people))))
    db.session.rollback()  # see what is there now
    db.session.expire_all()
    assert set(answers) == {"done", "late"}
    by_people = [each for each in log(comment) if each[0] != "hold"]
    assert len(by_people) == 1 and comment.version == 2


def test_of_many_reports_at_once_none_is_lost_or_doubled(app: Flask, cast: Cast) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 0}, by=cast.olga)
    comment = post(cast.site, user=cast.max).comment
    people = [cast.rita.id, cast.mona.id, cast.olga.id] * 2
    start = threading.Barrier(len(people))

    def click(user_id: int) -> int:
        with app.app_context():
            user = db.session.get_one(User, user_id)
            start.wait()
            try:
                return flag(comment.public_id, user=user, reason="spam").id
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(people)) as pool:
        made = list(pool.map(click, people))
    db.session.rollback()  # see what is there now
    db.session.expire_all()
    assert made[:3] == made[3:] and len(set(made)) == 3
    assert comment.flag_count == 3
