"""A second channel beside mail, as an installation would plug it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.jobs import Job
from commentsvc.moderation.commands import decide
from commentsvc.notifications import waiting
from commentsvc.notifications.channels import Digest, News, channels
from commentsvc.notifications.mail import mailer
from commentsvc.notifications.models import Notification
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast

Work = Callable[[], int]


class Pager:
    """Rings whoever wants it, and may be out of order."""

    name = "pager"

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.works = True

    def wants(self, user: User, kind: str) -> bool:
        return kind != "flag"

    def notify(self, notification: Notification) -> None:
        if not self.works:
            raise OSError("no signal")
        self.rung.append(notification.kind)

    def news(self, news: News) -> None:
        self.rung.append(news.key)

    def digest(self, digest: Digest) -> None:
        self.rung.append(digest.key)


@pytest.fixture
def pager(app: Flask) -> Pager:
    """A pager beside the app's own channels."""
    pager = Pager()
    channels.install(app, {**channels.of(app), "pager": pager})
    return pager


@pytest.fixture(autouse=True)
def _noon(app: Flask):
    with clock.frozen(datetime(2026, 5, 4, 12, 0, tzinfo=UTC)):
        yield


def reject(cast: Cast, reason: str = "offensive") -> None:
    cast.rita.email_verified_at = clock.now()
    db.session.commit()
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    decide(comment.public_id, action="reject", reason=reason, by=cast.mona)
    clock.move(timedelta(minutes=1))


def test_it_works(app: Flask, cast: Cast, work: Work, pager: Pager) -> None:
    reject(cast)
    work()
    assert pager.rung == ["rejected"]
    assert [mail.to for mail in mailer.of(app).sent] == ["rita@example.org"]  # type: ignore[attr-defined]


def test_one_that_fails_is_tried_again_and_holds_up_no_other(
    app: Flask, cast: Cast, work: Work, pager: Pager
) -> None:
    pager.works = False
    reject(cast)
    work()
    assert len(mailer.of(app).sent) == 1 and pager.rung == []  # type: ignore[attr-defined]
    pager.works = True
    clock.move(timedelta(minutes=10))
    work()
    assert pager.rung == ["rejected"]
    assert len(mailer.of(app).sent) == 1  # type: ignore[attr-defined]


def test_spam_rings_nobody(cast: Cast, work: Work, pager: Pager) -> None:
    reject(cast, reason="spam")
    work()
    assert pager.rung == [] and db.session.scalar(select(Notification.kind)) == "rejected"


def test_a_channel_that_is_gone_leaves_no_work(
    app: Flask, cast: Cast, work: Work, pager: Pager
) -> None:
    reject(cast)
    given = dict(channels.of(app))
    del given["pager"]
    channels.install(app, given)
    work()
    left = select(Job.id).where(Job.name == "notify", Job.state != "done")
    assert db.session.scalars(left).all() == []


def test_moderators_are_paged_what_waits(cast: Cast, work: Work, pager: Pager) -> None:
    cast.mona.email_verified_at = clock.now()
    db.session.commit()
    post(cast.site, "You idiot.", user=cast.rita)
    clock.move(timedelta(hours=24))
    waiting.ask_for_emails()
    work()
    assert [each.partition(":")[0] for each in pager.rung if ":" in each] == ["queue"]
