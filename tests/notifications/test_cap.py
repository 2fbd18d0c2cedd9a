"""Never more than so many emails to one address, whatever is asked for and by how many at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.calling import CallFailed
from commentsvc.core.db import db
from commentsvc.notifications.mail import Mail, MailFailed, mailer
from commentsvc.notifications.sending import MOST_A_DAY, MOST_AN_HOUR, RESERVED, once, send_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.people import Cast

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(app: Flask) -> Iterator[None]:
    with clock.frozen(NOON):
        yield


def sent(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


def to_rita(number: int) -> Mail:
    return Mail("rita@example.org", f"Email {number}", "Words.\n")


def test_it_works(app: Flask, cast: Cast) -> None:
    states = []
    for number in range(60):
        clock.move(timedelta(minutes=20))
        kind = ("reply", "queue", "rejected", "notice")[number % 4]
        states.append(send_once(to_rita(number), key=f"k{number}", kind=kind))
    assert states.count("sent") == MOST_A_DAY == len(sent(app))
    assert states[:MOST_A_DAY] == ["sent"] * MOST_A_DAY
    assert send_once(Mail("max@example.org", "Other", "W.\n"), key="max", kind="reply") == "sent"
    clock.move(timedelta(days=1))
    assert send_once(to_rita(99), key="later", kind="reply") == "sent"


def test_others_emails_do_not_crowd_out_those_about_the_account(app: Flask, cast: Cast) -> None:
    for number in range(MOST_AN_HOUR + 2):
        send_once(to_rita(number), key=f"k{number}", kind="reply")
    states = [
        send_once(to_rita(number), key=f"r{number}", kind="reset") for number in range(RESERVED + 2)
    ]
    assert states == ["sent"] * RESERVED + ["capped"] * 2


def test_a_email_that_is_tried_again_counts_when_it_is_tried(app: Flask, cast: Cast) -> None:
    real = mailer.of(app)

    class Broken:
        reaches_people = True

        def send(self, mail: Mail) -> None:
            raise MailFailed("away")

    mailer.install(app, Broken())
    for number in range(5):
        with pytest.raises(MailFailed):
            send_once(to_rita(number), key=f"k{number}", kind="reply")
    mailer.install(app, real)
    clock.move(timedelta(hours=2))
    again = [send_once(to_rita(number), key=f"k{number}", kind="reply") for number in range(5)]
    more = [
        send_once(to_rita(number), key=f"k{number}", kind="reply")
        for number in range(50, 50 + MOST_AN_HOUR)
    ]
    assert again == ["sent"] * 5
    assert more == ["sent"] * (MOST_AN_HOUR - 5) + ["capped"] * 5


def test_the_same_address_in_other_emails_is_the_same(app: Flask, cast: Cast) -> None:
    for number in range(MOST_AN_HOUR):
        send_once(to_rita(number), key=f"k{number}", kind="reply")
    assert send_once(Mail("Rita@Example.org ", "s", "b\n"), key="x", kind="reply") == "capped"


def test_what_is_not_mail_is_told_once_as_well(app: Flask, cast: Cast) -> None:
    """A channel that calls a server: what it could not do it tries again, what is refused it does not."""
    tried: list[str] = []

    def ring(key: str, *, error: CallFailed | None = None) -> str:
        def send() -> None:
            tried.append(key)
            if error:
                raise error

        return once(send, to="12 34", key=f"pager:{key}", kind="reply")

    with pytest.raises(CallFailed):
        ring("a", error=CallFailed("invalid.call_within", host="h", n=1))
    assert [ring("a"), ring("a")] == ["sent"] * 2
    gone = CallFailed("invalid.call_within", again=False, host="h", n=1)
    assert [ring("b", error=gone), ring("b")] == ["lost"] * 2
    assert tried == ["a", "a", "b"]


@pytest.mark.engines
def test_many_workers_at_once_stay_below_it(app: Flask, cast: Cast) -> None:
    start = threading.Barrier(6)

    def work(worker: int) -> None:
        with app.app_context():
            start.wait(10)
            for number in range(4):
                send_once(to_rita(number), key=f"w{worker}:{number}", kind="reply")
            db.session.remove()

    workers = [threading.Thread(target=work, args=(each,)) for each in range(6)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)
    assert len(sent(app)) == MOST_AN_HOUR
