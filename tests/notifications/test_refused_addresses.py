"""An address that its server refuses for good is left alone, and its owner sees why nothing comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.notifications.mail import Mail, MailFailed, mailer
from commentsvc.notifications.sending import refused_since, send_once, wake
from tests.web.asking import signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

MAIL = Mail("rita@example.org", "Hello", "A body.\n")


class Refusing:
    """A server that refuses as it is told."""

    reaches_people = True

    def __init__(self, error: MailFailed | None) -> None:
        self.error = error
        self.asked = 0

    def send(self, mail: Mail) -> None:
        self.asked += 1
        if self.error:
            raise self.error


@pytest.fixture
def server(app: Flask) -> Refusing:
    made = Refusing(MailFailed("Unknown.", again=False, refused=True))
    mailer.install(app, made)
    return made


def test_it_works(app: Flask, cast: Cast, server: Refusing) -> None:
    assert send_once(MAIL, key="a", kind="reply") == "lost"
    assert send_once(MAIL, key="b", kind="reply") == "resting" and server.asked == 1
    assert refused_since("RITA@example.org") and not refused_since("max@example.org")
    client, csrf = signed_in(app, cast.rita)
    cast.rita.email_verified_at = clock.now()
    db.session.commit()
    assert "refused our emails" in client.get("/account/").text
    server.error = None
    client.post("/account/letters/again", data={"csrf_token": csrf})
    assert "refused our emails" not in client.get("/account/").text
    assert send_once(MAIL, key="c", kind="reply") == "sent"
    assert send_once(MAIL, key="b", kind="reply") == "resting"  # that one is over


def test_what_its_owner_asks_for_is_tried(cast: Cast, server: Refusing) -> None:
    send_once(MAIL, key="a", kind="reply")
    server.error = None
    assert send_once(MAIL, key="b", kind="reset") == "sent"
    assert send_once(MAIL, key="c", kind="reply") == "sent"  # it takes emails again


def test_other_failures_are_no_refusal(cast: Cast, server: Refusing) -> None:
    server.error = MailFailed("Not an address.", again=False)
    send_once(MAIL, key="a", kind="reply")
    server.error = MailFailed("Not now.")
    with pytest.raises(MailFailed):
        send_once(MAIL, key="b", kind="reply")
    assert refused_since(MAIL.to) is None
    wake(MAIL.to)
