"""Codes from emails as people type them: in the digits of their script, late, and too often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
import pytest

from commentsvc.accounts.factors import totp
from commentsvc.core import clock
from commentsvc.notifications.mail import MemoryMailer, mailer
from tests.embed.test_sign_in import is_refused, opened, send
from tests.embed.test_sign_in_by_email import (
    NEW,
    another,
    asked,
    code_in,
    follow,
    link_in,
    post_office,
)
from tests.web.asking import browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

__all__ = ["post_office"]

pytestmark = pytest.mark.engines


@pytest.mark.parametrize("zero", ["\u0660", "\u06f0", "\u0966", "\uff10"])
def test_a_code_in_the_digits_of_any_script_is_taken(
    app: Flask, cast: Cast, post_office: MemoryMailer, zero: str
) -> None:
    client = opened(app)
    code = code_in(asked(client, post_office))
    typed = "".join(chr(ord(zero) + int(each)) if each != " " else each for each in code)
    assert 'data-state="done"' in send(client, act="email-code", code=typed).text


@pytest.mark.parametrize("zero", ["\u0660", "\uff10"])
def test_so_is_the_first_code_of_an_app(app: Flask, cast: Cast, zero: str) -> None:
    _, offer = totp.offer(cast.rita)
    code = pyotp.TOTP(totp.read_offer(cast.rita, offer)).at(clock.now())
    assert totp.confirm(cast.rita, offer, "".join(chr(ord(zero) + int(each)) for each in code))


def test_a_slow_email_is_as_good_as_the_next(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    """Whoever has asked for another code meanwhile may type the first; it allows no more tries."""
    client = opened(app)
    first = code_in(asked(client, post_office))
    wrong = another(first)
    asked(client, post_office)
    assert is_refused(send(client, act="email-code", code=wrong))
    assert "signed in" in send(client, act="email-code", code=first).text
    client = opened(app)
    first = code_in(asked(client, post_office, NEW))
    asked(client, post_office, NEW)
    send(client, act="email-code", code=first)
    assert "signed in" in send(client, act="name", name="Nele").text


def test_an_earlier_code_is_tried_no_oftener(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    client = opened(app)
    first = code_in(asked(client, post_office))
    second = code_in(asked(client, post_office))
    wrong = next(each for each in map(str, range(100_000, 100_003)) if each not in (first, second))
    for _ in range(10):
        assert is_refused(send(client, act="email-code", code=wrong))
    assert is_refused(send(client, act="email-code", code=first))
    asked(client, post_office)  # a new one renews no tries of those before
    assert is_refused(send(client, act="email-code", code=first))
    client = opened(app)
    first = code_in(asked(client, post_office))
    asked(client, post_office, NEW)  # of somebody else, whose tries are counted elsewhere
    assert is_refused(send(client, act="email-code", code=first))


def test_tries_at_one_address_are_counted_from_everywhere(
    make_app: Callable[..., Flask], cast: Cast
) -> None:
    limits = "sign_in=off;email_network=off;email_address=off;email_code=3/hour"
    app = make_app(limits=limits)
    mailing = MemoryMailer(reaches_people=True)
    mailer.install(app, mailing)
    with app.app_context():
        said = []
        for _ in range(4):
            client = opened(app)
            asked(client, mailing)
            answer = send(client, act="email-code", code="000 000x")
            said.append(answer.status_code)
        assert said == [200, 200, 200, 429]
        assert "Open the link in the email instead" in answer.text
        # who reads the emails is not locked out by whoever guesses
        assert follow(browser(app), link_in(mailing.sent[-1])).status_code == 303
