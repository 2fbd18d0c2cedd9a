"""Following a conversation: who hears what, how often, and never twice or after they stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import mutes
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed
from commentsvc.core.jobs import Job
from commentsvc.moderation.commands import decide
from commentsvc.notifications.choices import choose
from commentsvc.notifications.following import commands
from commentsvc.notifications.following.rhythm import SLOT, next_time
from commentsvc.notifications.mail import Mail, MailFailed, mailer
from commentsvc.notifications.models import Follow, Notification
from commentsvc.notifications.stopping import choice_of, stop
from commentsvc.posting import commands as posting
from commentsvc.threads.commands import thread_of
from commentsvc.threads.models import Revision
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.threads.models import Thread
    from tests.notifications.conftest import Later
    from tests.people import Cast

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """A conversation with one comment of mona's; rita has a confirmed address."""
    cast.rita.email_verified_at = clock.now()
    db.session.commit()
    made = thread_of(post(cast.site, "The bridge is open.", user=cast.mona).comment)
    clock.move(timedelta(seconds=1))
    return made


def sent(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


def rung(user: User) -> int:
    query = select(func.count()).where(
        Notification.user_id == user.id, Notification.kind == "follow"
    )
    return int(db.session.scalar(query) or 0)


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, thread: Thread, later: Later) -> None:
    commands.follow(cast.rita, thread, "now")
    clock.move(timedelta(seconds=1))
    comment = post(cast.site, "The tram runs again.", user=cast.max).comment
    db.session.get_one(Revision, comment.revision_id).language = "nl"
    db.session.commit()
    later()
    (mail,) = sent(app)
    assert mail.languages == (("> The tram runs again.", "nl"),)
    assert mail.to == "rita@example.org" and "1 new comment" in mail.subject
    assert "> The tram runs again." in mail.body and comment.public_id in mail.body
    assert "The bridge is open" not in mail.body  # was there before
    assert mail.stop and mail.about and rung(cast.rita) == 1
    later(days=8)
    assert len(sent(app)) == 1


def test_who_writes_hears_nothing_of_it(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    commands.follow(cast.rita, thread, "now")
    clock.move(timedelta(seconds=1))
    post(cast.site, user=cast.rita)
    later()
    assert sent(app) == [] and rung(cast.rita) == 0


def test_a_busy_conversation_is_one_email_in_a_quarter_of_an_hour(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    commands.follow(cast.rita, thread, "now")
    for number in range(8):
        clock.move(timedelta(seconds=40))
        post(cast.site, user=(cast.max, cast.olga)[number % 2])
        later(seconds=1)
    assert len(sent(app)) == 1 and rung(cast.rita) == 1
    later(seconds=SLOT.total_seconds())
    first, second = sent(app)
    assert first.body.count("> The ferry") == 1 and second.body.count("> The ferry") == 5
    assert "7 new comments" in second.subject and "2 more comments" in second.body


@pytest.mark.engines
@pytest.mark.parametrize(
    ("rhythm", "due"),
    [
        ("daily", datetime(2026, 5, 6, 6, tzinfo=UTC)),
        ("weekly", datetime(2026, 5, 11, 6, tzinfo=UTC)),
    ],
)
def test_what_comes_is_gathered(
    app: Flask, cast: Cast, thread: Thread, later: Later, rhythm: str, due: datetime
) -> None:
    assert next_time(rhythm, clock.now()) == due
    other = thread_of(post(cast.site, user=cast.mona, href="https://news.example.org/tram").comment)
    for each in (thread, other):
        commands.follow(cast.rita, each, rhythm)
    clock.move(timedelta(seconds=1))
    for _ in range(2):
        post(cast.site, user=cast.max)
    post(cast.site, user=cast.max, href="https://news.example.org/tram")
    later()
    later(seconds=(due - clock.now()).total_seconds() - 60)
    assert sent(app) == []
    later(minutes=2)
    (mail,) = sent(app)
    assert "3 new comments" in mail.subject and mail.body.count("> The ferry") == 3
    later(days=8)
    assert len(sent(app)) == 1


def test_replies_are_gathered_too_and_said_once(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    mine = post(cast.site, "I took the tram.", user=cast.rita).comment
    choose(cast.rita, replies="daily")
    commands.follow(cast.rita, thread, "daily")
    clock.move(timedelta(seconds=1))
    post(cast.site, "So did I.", user=cast.max, parent=mine.public_id)
    later()
    assert sent(app) == []
    later(days=1)
    (mail,) = sent(app)
    assert mail.body.count("> So did I.") == 1 and "1 reply to your comments" in mail.body


def test_a_follower_who_is_answered_gets_the_reply_only(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    mine = post(cast.site, "I took the tram.", user=cast.rita).comment
    commands.follow(cast.rita, thread, "now")
    clock.move(timedelta(seconds=1))
    post(cast.site, "So did I.", user=cast.max, parent=mine.public_id)
    later()
    assert [mail.subject for mail in sent(app)] == ["Max replied to you on The Harbour Post"]


def test_what_is_held_is_told_once_it_is_published(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    commands.follow(cast.rita, thread, "now")
    comment = post(cast.site, "You idiot.", user=cast.max).comment
    later()
    assert sent(app) == []
    decide(comment.public_id, action="approve", by=cast.mona)
    later(minutes=1)
    assert len(sent(app)) == 1
    posting.edit(comment.public_id, "You there.", user=cast.max)  # told already
    later(hours=1)
    assert len(sent(app)) == 1 and rung(cast.rita) == 1


def test_what_is_gone_again_is_not_told(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    commands.follow(cast.rita, thread, "daily")
    clock.move(timedelta(seconds=1))
    comment = post(cast.site, user=cast.max).comment
    later()
    posting.withdraw(comment.public_id, user=cast.max)
    later(days=1)
    assert sent(app) == []


def test_muted_people_are_not_emailed(app: Flask, cast: Cast, thread: Thread, later: Later) -> None:
    commands.follow(cast.rita, thread, "now")
    mutes.mute(cast.rita, cast.max.public_id)
    clock.move(timedelta(seconds=1))
    post(cast.site, user=cast.max)
    later()
    assert sent(app) == []


def test_nothing_comes_after_the_link_in_the_email(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    for rhythm, choice in (("now", "follow"), ("daily", "gathered")):
        commands.follow(cast.rita, thread, rhythm)
        clock.move(timedelta(seconds=1))
        post(cast.site, user=cast.max)
        later()
        later(days=1)
        mail = sent(app)[-1]
        post(cast.site, user=cast.max)  # waits for the next email
        later()
        before = len(sent(app))
        token = mail.stop.partition("token=")[2]
        assert choice_of(token) == choice and stop(token) == choice == stop(token)
        later(days=8)
        assert len(sent(app)) == before
    assert commands.rhythm_of(cast.rita, thread) == "never"  # the bell goes on


def test_another_rhythm_takes_along_what_waits(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    commands.follow(cast.rita, thread, "weekly")
    clock.move(timedelta(seconds=1))
    post(cast.site, user=cast.max)
    later()
    commands.follow(cast.rita, thread, "now")
    later()
    assert len(sent(app)) == 1
    commands.follow(cast.rita, thread, "never")
    post(cast.site, user=cast.max)
    later(days=8)
    assert len(sent(app)) == 1 and rung(cast.rita) == 1


def test_a_server_that_is_away_is_asked_again(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    class Away:
        reaches_people = True

        def send(self, mail: Mail) -> None:
            raise MailFailed("Not now.")

    real = mailer.of(app)
    mailer.install(app, Away())
    commands.follow(cast.rita, thread, "now")
    clock.move(timedelta(seconds=1))
    post(cast.site, user=cast.max)
    later()
    mailer.install(app, real)
    later(minutes=2)
    later(days=1)
    assert len(sent(app)) == 1


def test_who_stops_while_it_is_sent_is_no_error(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    class Slow:
        reaches_people = True

        def send(self, mail: Mail) -> None:
            commands.unfollow(cast.rita, thread.id)

    mailer.install(app, Slow())
    commands.follow(cast.rita, thread, "now")
    clock.move(timedelta(seconds=1))
    post(cast.site, user=cast.max)
    later()
    assert db.session.scalars(select(Job.last_error).where(Job.last_error.is_not(None))).all() == []


def test_no_email_without_a_confirmed_address(
    app: Flask, cast: Cast, thread: Thread, later: Later
) -> None:
    commands.follow(cast.olga, thread, "now")
    clock.move(timedelta(seconds=1))
    post(cast.site, user=cast.max)
    later()
    assert sent(app) == [] and rung(cast.olga) == 1


def test_what_is_refused(cast: Cast, thread: Thread) -> None:
    with pytest.raises(Invalid):
        commands.follow(cast.rita, thread, "hourly")
    guest = db.session.get_one(User, post(cast.site, name="Ann").comment.author_id)
    with pytest.raises(NotAllowed):
        commands.follow(guest, thread, "now")
    commands.unfollow(cast.rita, thread.id)


def test_leaving_forgets_what_one_follows(cast: Cast, thread: Thread, later: Later) -> None:
    commands.follow(cast.rita, thread, "now")
    accounts.erase(cast.rita)
    later()
    assert db.session.scalar(select(func.count()).select_from(Follow)) == 0
