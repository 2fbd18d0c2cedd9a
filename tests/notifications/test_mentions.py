"""Being mentioned: who hears of it, once, and by which switch no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts import mutes
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide
from commentsvc.notifications.choices import choose
from commentsvc.notifications.following import commands as following
from commentsvc.notifications.mail import Mail, mailer
from commentsvc.notifications.models import Notification
from commentsvc.notifications.queries import notifications_for
from commentsvc.notifications.stopping import choice_of, stop
from commentsvc.posting import commands as posting
from commentsvc.posting.commands import NewComment
from commentsvc.threads.commands import thread_of
from commentsvc.threads.text import Mention
from tests.factories import HREF, post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.notifications.conftest import Later
    from tests.people import Cast


@pytest.fixture(autouse=True)
def talk(noon: None, cast: Cast) -> None:
    """Rita and mona have written here; rita has a confirmed address."""
    cast.rita.email_verified_at = clock.now()
    db.session.commit()
    for each in (cast.rita, cast.mona):
        post(cast.site, user=each)
    clock.move(timedelta(minutes=1))


def mention(
    cast: Cast, *people: User, by: User | None = None, text: str = "", parent: str | None = None
) -> Comment:
    """A comment that mentions these people by name."""
    words = text or "Thank you, " + " and ".join(f"@{each.name}" for each in people)
    sent = tuple(Mention(each.public_id, each.name) for each in people)
    return posting.submit(
        NewComment(
            site=cast.site,
            href=HREF,
            text=words,
            user=by or cast.max,
            mentions=sent,
            parent=parent,
            network="net-1",
        )
    ).comment


def sent(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


def rung() -> list[str]:
    """Who was notified of a mention."""
    query = select(User.name).join(Notification, Notification.user_id == User.id)
    return sorted(db.session.scalars(query.where(Notification.kind == "mention")))


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, later: Later) -> None:
    comment = mention(cast, cast.rita, cast.mona)
    later()
    assert rung() == ["Mona", "Rita"]
    (mail,) = sent(app)  # mona's address is not confirmed
    assert mail.to == "rita@example.org" and mail.subject.startswith("Max mentioned you on ")
    assert "> Thank you, @Rita and @Mona" in mail.body and comment.public_id in mail.body
    (told,) = notifications_for(cast.rita, cast.site).items
    assert (told.kind, told.by, told.comment_id) == ("mention", "Max", comment.public_id)
    posting.withdraw(comment.public_id, user=cast.max)
    assert notifications_for(cast.rita, cast.site).items == []


def test_an_edit_tells_only_those_who_are_new(cast: Cast, later: Later) -> None:
    comment = mention(cast, cast.rita)
    later()
    people = [Mention(each.public_id, each.name) for each in (cast.rita, cast.mona)]
    text = "@Rita, @Mona: thank you"
    posting.edit(comment.public_id, text, user=cast.max, mentions=people)
    later()
    assert rung() == ["Mona", "Rita"]
    posting.edit(
        comment.public_id, "Thank you, @Mona", user=cast.max
    )  # as a program that knows of none
    later()
    assert rung() == ["Mona", "Rita"]


def test_a_held_comment_tells_once_it_is_approved(cast: Cast, later: Later) -> None:
    comment = mention(cast, cast.rita, text="@Rita, you idiot")
    assert comment.status == "pending"
    later()
    assert rung() == []
    decide(comment.public_id, action="approve", by=cast.mona, seen_version=comment.version)
    later()
    assert rung() == ["Rita"]


def test_who_hears_nothing(cast: Cast, later: Later) -> None:
    mutes.mute(cast.mona, cast.max.public_id)
    guest = post(cast.site, name="Gus").comment
    gus = db.session.get_one(User, guest.author_id)
    mine = post(cast.site, user=cast.rita).comment
    elsewhere = cast.olga  # has written nothing here
    text = "@Mona @Gus @Olga @Max @Rita"
    mention(cast, cast.mona, gus, elsewhere, cast.max, cast.rita, text=text, parent=mine.public_id)
    later()
    assert rung() == []  # and rita is told of a reply
    posting.submit(
        NewComment(
            site=cast.site,
            href=HREF,
            text="@Rita!",
            name="Gus",
            mentions=(Mention(cast.rita.public_id, "Rita"),),
        )
    )
    mention(cast, cast.rita, text="Thank you, Rita")
    other_name = Mention(cast.rita.public_id, "Mona")
    posting.submit(
        NewComment(site=cast.site, href=HREF, text="@Mona!", user=cast.max, mentions=(other_name,))
    )
    later()
    assert rung() == []


def test_the_banned_neither_tell_nor_hear(cast: Cast, later: Later) -> None:
    mention(cast, cast.rita)
    mention(cast, cast.rita, by=cast.mona)
    sanction(cast.site, cast.max, "ban", by=cast.olga, reason="spam")
    sanction(cast.site, cast.rita, "ban", by=cast.olga, reason="spam")
    later()
    assert rung() == []


def test_its_own_switch(app: Flask, cast: Cast, later: Later) -> None:
    mention(cast, cast.rita)
    later()
    (mail,) = sent(app)
    token = mail.stop.partition("token=")[2]
    assert choice_of(token) == "mention" and stop(token) == "mention"
    mention(cast, cast.rita, by=cast.mona, text="Good evening, @Rita")
    later()
    assert len(sent(app)) == 1 and len(rung()) == 2


def test_in_the_email_of_the_morning(app: Flask, cast: Cast, later: Later) -> None:
    choose(cast.rita, replies="daily")
    thread = thread_of(mention(cast, cast.rita))
    following.follow(cast.rita, thread, "daily")
    clock.move(timedelta(minutes=1))
    mention(cast, cast.rita, by=cast.mona, text="Good evening, @Rita")
    post(cast.site, "The ferry is late.", user=cast.olga)
    later()
    assert sent(app) == []
    later(days=1)
    (mail,) = sent(app)
    assert "2 comments mention you:" in mail.body and "1 new comment" in mail.body
    assert mail.body.count("Good evening") == 1
    stop(mail.stop.partition("token=")[2])
    mention(cast, cast.rita, text="Hello again, @Rita")
    later()
    later(days=2)
    assert len(sent(app)) == 1
