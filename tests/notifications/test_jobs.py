"""Who is told what: once, after the undo time, by mail only where an address was confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.commands import decide, flag, undo
from commentsvc.moderation.models import Decision
from commentsvc.notifications import jobs
from commentsvc.notifications.mail import Mail, MailFailed, mailer
from commentsvc.notifications.models import Email, Notification
from commentsvc.notifications.queries import mark_read, notifications_for, unread_count
from commentsvc.notifications.sending import MOST_AN_HOUR, send_once
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast

Work = Callable[[], int]
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(app: Flask):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def later(work: Work) -> Callable[[], None]:
    """Let the undo time pass and the jobs run."""

    def wait() -> None:
        clock.move(timedelta(minutes=1))
        work()

    return wait


def confirmed(user: User) -> User:
    user.email_verified_at = clock.now()
    db.session.commit()
    return user


def told(user: User) -> list[str]:
    rows = select(Notification).where(Notification.user_id == user.id).order_by(Notification.id)
    return [each.kind for each in db.session.scalars(rows)]


def sent(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


def test_it_works(app: Flask, cast: Cast, later: Callable[[], None]) -> None:
    comment = post(cast.site, "You idiot.", user=confirmed(cast.rita)).comment
    decide(comment.public_id, action="reject", reason="offensive", message="Be kind.", by=cast.mona)
    later()
    assert told(cast.rita) == ["rejected"]
    email = sent(app)[0]
    assert email.to == "rita@example.org"
    assert email.subject == "Your comment on The Harbour Post was not published"
    for words in (
        "Your comment is offensive.",
        "Be kind.",
        "> You idiot.",
        "automated means",
        "Hello Rita,",
    ):
        assert words in email.body
    assert "Mona" not in email.body


def test_an_approval_is_told(app: Flask, cast: Cast, later: Callable[[], None]) -> None:
    comment = post(cast.site, "You idiot.", user=confirmed(cast.rita)).comment
    decide(comment.public_id, action="approve", by=cast.mona)
    later()
    assert told(cast.rita) == ["approved"]
    assert "has been published" in sent(app)[0].subject
    assert f"#commentsvc={comment.public_id}" in sent(app)[0].body  # the way there


def test_confirming_what_is_published_is_no_news(cast: Cast, later: Callable[[], None]) -> None:
    comment = post(cast.site, user=cast.rita).comment
    decide(comment.public_id, action="approve", by=cast.mona)
    later()
    assert told(cast.rita) == []


def test_no_email_to_an_address_that_nobody_confirmed(
    app: Flask, cast: Cast, later: Callable[[], None]
) -> None:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    guest = post(cast.site, "You idiot, too.", name="Ann").comment
    for each in (comment, guest):
        decide(each.public_id, action="reject", reason="offensive", by=cast.mona)
    later()
    assert told(cast.rita) == ["rejected"] and sent(app) == []


def test_emails_can_be_turned_off(app: Flask, cast: Cast, later: Callable[[], None]) -> None:
    confirmed(cast.rita).settings = {"letters": {"decision": False}}
    db.session.commit()
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="offensive", by=cast.mona)
    later()
    assert told(cast.rita) == ["rejected"] and sent(app) == []


def test_spammers_get_no_mail(app: Flask, cast: Cast, later: Callable[[], None]) -> None:
    comment = post(cast.site, user=confirmed(cast.rita)).comment
    decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    later()
    assert told(cast.rita) == ["rejected"] and sent(app) == []


def test_what_was_undone_in_time_is_never_told(
    app: Flask, cast: Cast, later: Callable[[], None], work: Work
) -> None:
    comment = post(cast.site, "You idiot.", user=confirmed(cast.rita)).comment
    done = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    clock.move(timedelta(seconds=29))
    work()
    undo(done.public_id, by=cast.mona)
    later()
    assert told(cast.rita) == [] and sent(app) == []


def test_a_late_undo_is_told_as_a_change(app: Flask, cast: Cast, later: Callable[[], None]) -> None:
    comment = post(cast.site, user=confirmed(cast.rita)).comment
    done = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    later()
    undo(done.public_id, by=cast.mona)
    later()
    assert told(cast.rita) == ["rejected", "approved"]
    assert "published again" in sent(app)[1].body


def test_of_two_quick_decisions_the_last_one_is_told(
    app: Flask, cast: Cast, later: Callable[[], None]
) -> None:
    comment = post(cast.site, "You idiot.", user=confirmed(cast.rita)).comment
    decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    decide(comment.public_id, action="approve", by=cast.olga)
    later()
    assert told(cast.rita) == ["approved"]


def test_nothing_is_told_twice(app: Flask, cast: Cast, later: Callable[[], None]) -> None:
    comment = post(cast.site, "You idiot.", user=confirmed(cast.rita)).comment
    decision = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    later()
    jobs.on_decision(decision.id)
    jobs.on_comment(comment.id)
    row = db.session.scalars(select(Notification)).one()
    row.mailed_at = None
    db.session.commit()
    jobs.send_email(row.id)
    assert told(cast.rita) == ["rejected"] and len(sent(app)) == 1


def test_a_reply_is_told_when_it_can_be_read(
    app: Flask, cast: Cast, later: Callable[[], None]
) -> None:
    asked = post(cast.site, user=confirmed(cast.max)).comment
    calm = post(cast.site, "A calm answer.", user=cast.rita, parent=asked.public_id).comment
    later()
    assert told(cast.max) == ["reply"]
    assert sent(app)[0].subject == "Rita replied to you on The Harbour Post"
    held = post(cast.site, "You idiot.", user=cast.rita, parent=asked.public_id).comment
    later()
    assert told(cast.max) == ["reply"]
    decide(held.public_id, action="approve", by=cast.mona)
    posting.edit(calm.public_id, "A calmer answer.", user=cast.rita)
    later()
    assert told(cast.max) == ["reply", "reply"]


def test_ones_own_reply_is_no_news(cast: Cast, later: Callable[[], None]) -> None:
    asked = post(cast.site, user=cast.max).comment
    post(cast.site, user=cast.max, parent=asked.public_id)
    later()
    assert told(cast.max) == []


def test_reporters_hear_what_became_of_it(
    app: Flask, cast: Cast, later: Callable[[], None]
) -> None:
    comment = post(cast.site, user=cast.max).comment
    flag(comment.public_id, user=confirmed(cast.rita), reason="hate")
    decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    later()
    assert told(cast.rita) == ["flag"]
    assert "removed it" in sent(app)[0].body
    assert comment.public_id not in sent(app)[0].body  # it is nobody's to see any more


def test_reports_taking_a_comment_down_are_told(
    app: Flask, cast: Cast, later: Callable[[], None]
) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 3}, by=cast.olga)
    comment = post(cast.site, user=confirmed(cast.rita)).comment
    flag(comment.public_id, user=cast.mona, reason="hate")
    later()
    assert told(cast.rita) == ["hidden"]
    assert "until a moderator has reviewed it" in sent(app)[0].body
    assert "Readers reported your comment." in sent(app)[0].body


# --- emails, at most once and never many ---------------------------------------------------------


def email(number: int = 1) -> Mail:
    return Mail("rita@example.org", f"Email {number}", "Hello")


def test_a_key_is_sent_once(app: Flask) -> None:
    assert send_once(email(), key="k", kind="reply") == "sent"
    assert send_once(email(), key="k", kind="reply") == "sent"
    assert len(sent(app)) == 1


def test_never_more_than_a_few_an_hour_to_one_address(app: Flask) -> None:
    states = [send_once(email(n), key=f"k{n}", kind="reply") for n in range(MOST_AN_HOUR + 3)]
    assert states == ["sent"] * MOST_AN_HOUR + ["capped"] * 3
    assert len(sent(app)) == MOST_AN_HOUR
    other = Mail("max@example.org", "x", "y")
    assert send_once(other, key="other", kind="reply") == "sent"
    clock.move(timedelta(hours=1, seconds=1))
    assert send_once(email(99), key="k99", kind="reply") == "sent"


class Failing:
    """A mail server in trouble."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, mail: Mail) -> None:
        raise self.error


def test_a_failure_is_tried_again(app: Flask) -> None:
    good = mailer.of(app)
    mailer.install(app, Failing(MailFailed("away")))
    with pytest.raises(MailFailed):
        send_once(email(), key="k", kind="reply")
    mailer.install(app, good)
    assert send_once(email(), key="k", kind="reply") == "sent"


def test_a_refused_address_is_not_tried_again(app: Flask) -> None:
    mailer.install(app, Failing(MailFailed("no such person", again=False)))
    assert send_once(email(), key="k", kind="reply") == "lost"
    assert send_once(email(), key="k", kind="reply") == "lost"


def test_a_crash_between_sending_and_noting_it_loses_rather_than_repeats(app: Flask) -> None:
    good = mailer.of(app)
    mailer.install(app, Failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        send_once(email(), key="k", kind="reply")
    mailer.install(app, good)
    assert send_once(email(), key="k", kind="reply") == "lost"
    assert sent(app) == []


def test_the_address_is_not_kept(app: Flask) -> None:
    send_once(email(), key="k", kind="reply")
    row = db.session.scalars(select(Email)).one()
    assert "rita" not in f"{row.address_hash}{row.key}" and len(row.address_hash) == 64


# --- reading --------------------------------------------------------------------------------------


def test_what_somebody_was_told(cast: Cast, later: Callable[[], None]) -> None:
    asked = post(cast.site, user=cast.max).comment
    for _ in range(3):
        post(cast.site, user=cast.rita, parent=asked.public_id)
        clock.move(timedelta(minutes=1))
    later()
    page = notifications_for(cast.max, cast.site, limit=2)
    rest = notifications_for(cast.max, cast.site, limit=2, after=page.next)
    assert [each.kind for each in page.items + rest.items] == ["reply"] * 3
    assert len({each.id for each in page.items + rest.items}) == 3 and rest.next is None
    assert notifications_for(cast.max, cast.other).items == []
    assert unread_count(cast.max) == 3
    mark_read(cast.max)
    assert unread_count(cast.max) == 0 and notifications_for(cast.max).items[0].read


def test_every_decision_was_told_or_taken_back(cast: Cast, later: Callable[[], None]) -> None:
    for action in ("approve", "reject"):
        comment = post(cast.site, "You idiot.", user=cast.rita, key=action).comment
        decide(comment.public_id, action=action, reason="hate", by=cast.mona)
    later()
    rows = db.session.scalars(select(Decision).where(Decision.by_id.is_not(None))).all()
    assert len(rows) == 2 and all(each.told_at for each in rows)
