"""Whatever several people do in whatever order: one status, one log that replays to it, counts that
equal a recount, nobody told twice and nobody never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import DomainError
from commentsvc.core.jobs import Job, run_due
from commentsvc.moderation.audit import verify
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.models import Sanction
from commentsvc.moderation.commands import decide, decide_each, flag, undo
from commentsvc.moderation.desk.queue import QUEUES, Filters, counts, page
from commentsvc.moderation.models import Decision, Flag, RuleFinding
from commentsvc.moderation.undoing import undo_each
from commentsvc.moderation.waves.reading import company
from commentsvc.notifications.models import Notification
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment, Revision, Thread
from tests.emptied import forget_everything_written
from tests.factories import post
from tests.moderation.rereading import Rereading
from tests.moderation.trusting import Trusting

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

TEXTS = ("A calm word.", "What rubbish.", "You idiot.", "I will kill you", "casino")
WINNERS = ("My sister", "My aunt", "A colleague")
STAFF = ("mona", "olga")
READERS = ("rita", "max")
EVERYBODY = (*STAFF, *STAFF, *READERS)
FEW = st.integers(0, 2)  # of all comments, so that things happen to the same ones


class Workplace(RuleBasedStateMachine):
    """Posts, edits, reports, decisions, undos and withdrawals by several people at once."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Comment] = []

    def attempt(self, what, *args, **values) -> None:
        """Whatever the rooms refuse is refused whole."""
        try:
            what(*args, **values)
        except DomainError:
            db.session.rollback()

    def pick(self, number: int) -> Comment | None:
        return self.posts[-1 - number % len(self.posts)] if self.posts else None

    @initialize(text=st.sampled_from(TEXTS))
    def begin(self, text: str) -> None:
        self.write(text, "rita", 0)

    @rule(text=st.sampled_from(TEXTS), who=st.sampled_from(READERS), below=st.integers(0, 3))
    def write(self, text: str, who: str, below: int) -> None:
        parent = self.pick(below) if below % 2 else None
        words = f"{text} {len(self.posts)}"
        try:
            made = post(
                self.cast.site,
                words,
                user=getattr(self.cast, who),
                parent=parent.public_id if parent else None,
            )
        except DomainError:  # the parent is not shown
            return
        self.posts.append(made.comment)

    @rule(winner=st.sampled_from(WINNERS), who=st.sampled_from(READERS))
    def advertise(self, winner: str, who: str) -> None:
        self.write(
            f"{winner} won a lot on this page last night, you idiot, so come and see it", who, 0
        )

    @rule(
        who=st.sampled_from(STAFF),
        action=st.sampled_from(("approve", "reject")),
        back=st.booleans(),
    )
    def decide_about_a_wave(self, who: str, action: str, back: bool) -> None:
        by, site = getattr(self.cast, who), self.cast.site
        run_due()
        found = page([site], "pending", fold=True, limit=100).items
        beside = company(found)
        waves = [each.id for each in found if beside[each.id].like]
        if not waves:
            return
        like = Filters(like=waves[0])
        made = bulk.preview([site], action=action, reason="spam", by=by, filters=like)
        assert len(made.targets) == beside[waves[0]].like + 1
        bulk.start(made, by=by)
        if back and who == "olga":  # at once: before it has begun
            bulk.undo_all(made, by=by)
        run_due()
        assert made.state == "undone" or page([site], "pending", filters=like).items == []
        if back and made.state == "done":
            bulk.undo_all(made, by=by)
            run_due()
            assert len(page([site], "pending", filters=like).items) == len(made.targets)

    @rule(number=FEW, text=st.sampled_from(TEXTS))
    def edit(self, number: int, text: str) -> None:
        if comment := self.pick(number):
            author = db.session.get(type(self.cast.rita), comment.author_id)
            words = f"{text} {clock.now().timestamp()}"
            self.attempt(posting.edit, comment.public_id, words, user=author)

    @rule(number=FEW)
    def withdraw(self, number: int) -> None:
        if comment := self.pick(number):
            author = db.session.get(type(self.cast.rita), comment.author_id)
            self.attempt(posting.withdraw, comment.public_id, user=author)

    @rule(
        number=FEW,
        who=st.sampled_from(EVERYBODY),
        reason=st.sampled_from(("spam", "illegal", "disagree")),
    )
    def report(self, number: int, who: str, reason: str) -> None:
        if comment := self.pick(number):
            self.attempt(flag, comment.public_id, user=getattr(self.cast, who), reason=reason)

    @rule(
        number=FEW,
        who=st.sampled_from(EVERYBODY),
        action=st.sampled_from(("approve", "reject", "reject", "pin", "unpin")),
        stale=st.sampled_from((False, False, True)),
    )
    def decide(self, number: int, who: str, action: str, stale: bool) -> None:
        if comment := self.pick(number):
            seen = max(1, comment.version - 1) if stale else comment.version
            self.attempt(
                decide,
                comment.public_id,
                action=action,
                reason="hate" if action == "reject" else None,
                by=getattr(self.cast, who),
                seen_version=seen,
            )

    @rule(who=st.sampled_from(EVERYBODY), back=st.sampled_from((0, 0, 1, 2)))
    def undo(self, who: str, back: int) -> None:
        rows = db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(4)).all()
        if rows:
            chosen = rows[back % len(rows)]
            self.attempt(undo, chosen.public_id, by=getattr(self.cast, who))

    @rule(
        who=st.sampled_from(EVERYBODY),
        action=st.sampled_from(("approve", "reject")),
        stale=st.integers(0, 4),
    )
    def decide_about_many(self, who: str, action: str, stale: int) -> None:
        chosen = self.posts[-4:]
        seen = {
            each.public_id: each.version - (number == stale) for number, each in enumerate(chosen)
        }
        by = getattr(self.cast, who)
        made = decide_each(seen, action=action, by=by, reason="spam", batch="many")
        assert {each.public_id for each in chosen[stale : stale + 1]}.isdisjoint(
            each.public_id for each in chosen for row in made if row.comment_id == each.id
        )

    @rule(who=st.sampled_from(EVERYBODY), count=st.integers(1, 5))
    def undo_many(self, who: str, count: int) -> None:
        newest = select(Decision.public_id).order_by(Decision.id.desc()).limit(count)
        undo_each(db.session.scalars(newest).all(), by=getattr(self.cast, who))

    @rule(seconds=st.sampled_from((1, 20, 40)), working=st.booleans())
    def wait(self, seconds: int, working: bool) -> None:
        clock.move(timedelta(seconds=seconds))
        if working:
            run_due()

    @invariant()
    def the_log_replays_to_the_status(self) -> None:
        for comment in db.session.scalars(select(Comment)):
            rows = db.session.scalars(
                select(Decision).where(Decision.comment_id == comment.id).order_by(Decision.id)
            ).all()
            status = rows[0].status_before if rows else comment.status
            for row in rows:
                assert row.status_before == status, (row.action, row.status_before, status)
                status = row.status_after
            assert comment.status in (status, "withdrawn")

    @invariant()
    def counts_equal_a_recount(self) -> None:
        for comment in db.session.scalars(select(Comment)):
            open_flags = db.session.scalar(
                select(func.count()).where(
                    Flag.comment_id == comment.id, Flag.closed_at.is_(None), Flag.weight > 0
                )
            )
            assert comment.flag_count == open_flags
            shown = db.session.scalar(
                select(func.count()).where(Comment.parent_id == comment.id, Comment.shown.is_(True))
            )
            assert comment.reply_count == shown
            assert comment.shown == (comment.status == "published" or shown > 0)
        for thread in db.session.scalars(select(Thread)):
            assert thread.comment_count == db.session.scalar(
                select(func.count()).where(
                    Comment.thread_id == thread.id, Comment.status == "published"
                )
            )
        told = counts([self.cast.site])
        for name, where in QUEUES.items():
            if name in told:
                query = select(func.count()).select_from(Comment)
                query = query.where(Comment.site_id == self.cast.site.id, where())
                assert told[name] == db.session.scalar(query)

    @invariant()
    def all_that_waits_is_on_a_card_or_in_its_wave(self) -> None:
        found = page([self.cast.site], "pending", fold=True, limit=100).items
        beside = company(found)
        assert (
            sum(beside[each.id].like + 1 for each in found) == counts([self.cast.site])["pending"]
        )

    @invariant()
    def findings_are_those_of_the_verdicts(self) -> None:
        for revision in db.session.scalars(select(Revision)):
            stored = {each["rule"] for each in (revision.verdict or {}).get("findings", ())}
            rows = db.session.scalars(
                select(RuleFinding.rule).where(RuleFinding.revision_id == revision.id)
            ).all()
            assert len(rows) == len(set(rows)) or "reported" in rows
            assert set(rows) - {"reported", "revised"} == stored

    def teardown(self) -> None:
        clock.move(timedelta(minutes=5))
        run_due()
        assert db.session.scalars(select(Job).where(Job.state != "done")).all() == []
        tables = (select(func.count()).select_from(each) for each in (Decision, Sanction))
        said = sum(db.session.scalar(each) or 0 for each in tables)
        assert verify(self.cast.site.id) == (said, None)
        undone = set(db.session.scalars(select(Decision.undoes_id)))
        for row in db.session.scalars(select(Decision).where(Decision.tell_after.is_not(None))):
            assert row.told_at is not None, row.action
        for row in db.session.scalars(select(Decision).where(Decision.by_id.is_not(None))):
            if row.action in ("approve", "reject") and row.told_at is None:
                assert row.id in undone
        keys = db.session.scalars(select(Notification.key)).all()
        assert len(keys) == len(set(keys))
        self.authors_know_how_it_ended()

    def authors_know_how_it_ended(self) -> None:
        """The last thing an author was told is how the comment stands."""
        for comment in db.session.scalars(select(Comment)):
            last = db.session.scalar(
                select(Notification)
                .where(Notification.comment_id == comment.id)
                .where(Notification.user_id == comment.author_id)
                .where(Notification.kind.in_(("approved", "rejected", "hidden")))
                .order_by(Notification.id.desc())
                .limit(1)
            )
            decided = db.session.scalar(
                select(Decision.id)
                .where(Decision.comment_id == comment.id, Decision.by_id.is_not(None))
                .where(Decision.action == "reject")
                .where(Decision.status_after == comment.status)
                .where(Decision.id.not_in(select(Decision.undoes_id).where(Decision.undoes_id > 0)))
            )
            if comment.status == "rejected" and decided:
                assert last is not None and last.kind == "rejected"


@pytest.mark.parametrize("examples", [5, pytest.param(300, marks=pytest.mark.drill, id="for long")])
def test_any_order(app: Flask, cast: Cast, examples: int) -> None:
    policy = {"flags_to_hold": 4, "banned_words": ["casino"]}
    policy |= {"trust_after": 2, "trust_days": 1}
    sites.set_policy(cast.site, policy, by=cast.olga)

    class Fresh(Rereading, Trusting, Workplace):
        """The same people, and nothing written yet."""

        def __init__(self) -> None:
            db.session.rollback()
            forget_everything_written()
            self.cast = cast
            super().__init__()

    with clock.frozen(datetime(2026, 5, 4, tzinfo=UTC)):
        run_state_machine_as_test(
            Fresh,
            settings=settings(
                max_examples=examples,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
