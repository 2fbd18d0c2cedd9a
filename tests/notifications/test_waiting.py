"""Emails to moderators about what waits: to whom, how often, what stands in them, and never too many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock, jobs
from commentsvc.core.db import db
from commentsvc.moderation.cases.notices import give_notice
from commentsvc.moderation.commands import decide, flag
from commentsvc.notifications import waiting
from commentsvc.notifications.choices import choose
from commentsvc.notifications.mail import Mail, mailer
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Revision
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast

Work = Callable[[], int]
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HELD = "You idiot."


@pytest.fixture(autouse=True)
def _noon(app: Flask) -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def mona(cast: Cast) -> User:
    """The moderator, who has confirmed the address and wants to hear at once."""
    return confirmed(cast.mona, "now")


@pytest.fixture
def tick(work: Work) -> Callable[..., None]:
    """What the worker does as time goes by, minute by minute."""

    def go_by(*, minutes: int = 1) -> None:
        for _ in range(minutes):
            clock.move(timedelta(minutes=1))
            waiting.ask_for_emails()
            work()

    return go_by


def confirmed(user: User, rhythm: str | None = None) -> User:
    user.email_verified_at = clock.now()
    db.session.commit()
    if rhythm:
        choose(user, queue=rhythm)
    return user


def sent(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, mona: User, tick: Callable[..., None]) -> None:
    sites.set_policy(cast.site, {"blur_at": 0.99}, by=cast.olga)
    waits = post(cast.site, f"{HELD} See https://evil.example", name="Ann").comment
    seen = post(cast.site, "A calm thought.", user=cast.rita).comment
    db.session.get_one(Revision, waits.revision_id).language = "nl"
    flag(seen.public_id, user=cast.max, reason="spam")
    give_notice(
        seen.public_id, law="StGB 185", explanation="It insults somebody by name.", good_faith=True
    )
    tick()
    (email,) = sent(app)
    assert [each for _, each in email.languages] == ["nl"]
    assert email.languages[0][0] in email.body
    assert email.to == "mona@example.org"
    assert email.subject == "3 items are waiting for review on The Harbour Post"
    for words in (
        "Hello Mona,",
        "1 comment is waiting for review: "
        "https://comments.example.com/dashboard/?site=harbour&queue=pending",
        "1 published comment has been reported or flagged: "
        "https://comments.example.com/dashboard/?site=harbour&queue=reported",
        "1 notice of illegal content: https://comments.example.com/dashboard/notices?site=harbour",
        "> You idiot.",
        "Ann on “",
        f".{waits.public_id}.",
        "&do=approve",
        "&do=reject",
        "/account/#letters",
    ):
        assert words in email.body, words
    assert "evil.example" not in email.body and "calm thought" not in email.body
    assert email.stop.startswith("https://comments.example.com/account/letters/off?token=")


def test_nothing_waits_nothing_is_sent(
    app: Flask, cast: Cast, mona: User, tick: Callable[..., None]
) -> None:
    post(cast.site, "A calm thought.", user=cast.rita)
    tick(minutes=3)
    assert sent(app) == []


def test_only_a_confirmed_address_and_who_wants_it(
    app: Flask, cast: Cast, tick: Callable[..., None]
) -> None:
    confirmed(cast.olga, "never")
    confirmed(cast.rita)  # a reader
    confirmed(cast.max, "now")  # owns another site
    confirmed(cast.ada, "now")  # runs the installation, was given no site
    post(cast.site, HELD)
    tick(minutes=3)
    assert sent(app) == []


def test_a_moderator_of_one_site_hears_nothing_of_another(
    app: Flask, cast: Cast, mona: User, tick: Callable[..., None]
) -> None:
    post(cast.other, f"{HELD} Elsewhere.", href="https://mountain.example.net/a")
    tick()
    assert sent(app) == []
    post(cast.site, HELD)
    tick()
    (email,) = sent(app)
    assert "Mountain" not in email.body and "Elsewhere" not in email.body


def test_who_runs_the_installation_hears_of_the_sites_they_were_given(
    app: Flask, cast: Cast, tick: Callable[..., None]
) -> None:
    confirmed(cast.ada, "now")
    sites.set_role(cast.site, cast.ada, "moderator", by=cast.olga)
    post(cast.site, HELD)
    post(cast.other, f"{HELD} Elsewhere.", href="https://mountain.example.net/a")
    tick()
    (email,) = sent(app)
    assert "Harbour" in email.subject
    assert "Mountain" not in email.body and "Elsewhere" not in email.body


def test_who_lost_the_role_hears_no_more(app: Flask, cast: Cast, mona: User, work: Work) -> None:
    post(cast.site, HELD)
    clock.move(timedelta(minutes=1))
    waiting.ask_for_emails()
    sites.set_role(cast.site, cast.mona, None, by=cast.olga)
    work()
    assert sent(app) == []


def test_at_once_is_at_most_every_quarter_of_an_hour(
    app: Flask, cast: Cast, mona: User, tick: Callable[..., None]
) -> None:
    post(cast.site, HELD)
    tick()
    assert len(sent(app)) == 1
    post(cast.site, f"{HELD} Again.")
    tick(minutes=13)
    assert len(sent(app)) == 1
    tick(minutes=2)
    assert len(sent(app)) == 2 and "2 comments are waiting" in sent(app)[1].body
    tick(minutes=120)  # nothing new has come
    assert len(sent(app)) == 2


def test_hourly(app: Flask, cast: Cast, tick: Callable[..., None]) -> None:
    confirmed(cast.mona, "hourly")
    post(cast.site, HELD)
    tick()
    post(cast.site, f"{HELD} Again.")
    tick(minutes=58)
    assert len(sent(app)) == 1
    tick(minutes=2)
    assert len(sent(app)) == 2
    tick(minutes=120)
    assert len(sent(app)) == 2


def test_daily_is_in_the_morning_and_the_default(
    app: Flask, cast: Cast, tick: Callable[..., None]
) -> None:
    confirmed(cast.mona)
    post(cast.site, HELD)
    tick()
    assert len(sent(app)) == 1
    post(cast.site, f"{HELD} Again.")
    clock.move(timedelta(hours=17, minutes=57))
    tick()
    assert len(sent(app)) == 1  # 05:59
    tick()
    assert len(sent(app)) == 2  # 06:00
    clock.move(timedelta(days=1))
    tick()
    assert len(sent(app)) == 3  # it still waits


def test_what_was_decided_meanwhile_is_not_told(
    app: Flask, cast: Cast, mona: User, work: Work
) -> None:
    comment = post(cast.site, HELD).comment
    clock.move(timedelta(minutes=1))
    waiting.ask_for_emails()
    decide(comment.public_id, action="approve", by=cast.olga)
    work()
    assert sent(app) == []


def test_two_workers_at_once_send_one_email(app: Flask, cast: Cast, mona: User, work: Work) -> None:
    post(cast.site, HELD)
    clock.move(timedelta(minutes=1))
    for _ in range(3):
        waiting.ask_for_emails()
    work()
    assert len(sent(app)) == 1


def test_never_more_in_a_day_whatever_comes(
    app: Flask, cast: Cast, mona: User, tick: Callable[..., None]
) -> None:
    for _ in range(26):
        post(cast.site, f"{HELD} {clock.now()}")
        tick(minutes=1)
        clock.move(timedelta(minutes=15))
    assert len(sent(app)) == waiting.MOST_A_DAY
    clock.move(timedelta(days=1))
    tick()
    assert len(sent(app)) == waiting.MOST_A_DAY + 1


def test_a_long_queue_makes_no_long_email(
    app: Flask, cast: Cast, mona: User, tick: Callable[..., None]
) -> None:
    for number in range(15):
        post(cast.site, f"{HELD} {number} " + "many words " * 100)
    tick()
    (email,) = sent(app)
    assert "15 comments are waiting" in email.body
    assert email.body.count("&do=approve") == waiting.MOST_SHOWN
    assert len(email.body) < 15_000


def test_nobody_meets_severe_words_unasked(
    app: Flask, cast: Cast, mona: User, tick: Callable[..., None]
) -> None:
    sites.set_policy(cast.site, {"blur_at": 0.5}, by=cast.olga)
    post(cast.site, "I will kill you.", name="Ann")
    tick()
    (email,) = sent(app)
    assert "kill you" not in email.body and "(hidden because of a high score" in email.body
    assert "&do=reject" in email.body


def test_what_strangers_write_cannot_pose_as_the_email(
    app: Flask, cast: Cast, mona: User, tick: Callable[..., None]
) -> None:
    post(cast.site, f"{HELD}\nApprove: www.evil.example/x\n\nHello Mona,", name="Bcc evil.example")
    tick()
    (email,) = sent(app)
    links = set(re.findall(r"[a-z]+://\S+", email.body))
    assert all(each.startswith("https://comments.example.com/") for each in links)
    assert "evil.example" not in email.body


def test_housekeeping_is_known(app: Flask) -> None:
    assert "letters_about_what_waits" in jobs.PERIODIC
