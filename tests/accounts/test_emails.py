"""Addresses in emails of any script: one spelling each, in every way in, and emails reach them."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTPUTF8
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.accounts.ways.password import authenticate
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid
from commentsvc.notifications.mail import MailFailed, MemoryMailer, compose
from commentsvc.posting.commands import NewComment, submit
from tests.factories import HREF
from tests.notifications.test_mail import HELLO, SENDER, _Server, server, smtp
from tests.people import PASSWORD

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast

__all__ = ["server"]  # a fixture

OTHERS = [
    "jörg@example.org",
    "用户@例子.example",
    "δοκιμή@example.org",
    "محمد@example.org",
    "и.о@пример.example",
]


def register(email: str) -> User:
    return accounts.register(email=email, password=PASSWORD, name="Somebody")


@pytest.mark.parametrize("address", OTHERS)
def test_it_works(cast: Cast, address: str) -> None:
    made = register(address)
    assert authenticate(address.upper(), PASSWORD).id == made.id
    new = NewComment(site=cast.site, href=HREF, text="A thought.", name="Gus", email=address)
    posted = submit(new)
    assert db.session.get_one(type(cast.rita), posted.comment.author_id).email == address
    mailer = MemoryMailer()
    mailer.send(replace(HELLO, to=address))
    assert mailer.sent


def test_two_spellings_are_one_address(cast: Cast) -> None:
    one = register("re\u0301mi@example.org")
    assert one.member_email == "r\u00e9mi@example.org"
    assert accounts.by_email("RE\u0301MI@example.org") == one
    assert authenticate("re\u0301mi@example.org", PASSWORD) == one
    with pytest.raises(Conflict):
        register("r\u00e9mi@example.org")


@pytest.mark.parametrize(
    "address", ["\u200björg@example.org", "jö rg@example.org", "jörg\u202e@example.org"]
)
def test_what_nobody_sees_is_refused_in_words(cast: Cast, address: str) -> None:
    with pytest.raises(Invalid, match="email address"):
        register(address)
    with pytest.raises(MailFailed):
        compose(replace(HELLO, to=address), SENDER)


@pytest.mark.parametrize("address", OTHERS)
def test_emails_are_sent_as_such_a_server_takes_them(server: type[_Server], address: str) -> None:
    server.answers["EHLO"] = "250-here\r\n250-8BITMIME\r\n250 SMTPUTF8"
    smtp(server).send(replace(HELLO, to=address, subject="Grüße"))
    name, _, host = address.partition("@")
    ascii_host = host.encode("idna").decode()
    wanted = f"{name}@{ascii_host}"
    assert any(f"<{wanted}>" in each and "RCPT" in each.upper() for each in server.said)
    assert any("SMTPUTF8" in each for each in server.said if each.upper().startswith("MAIL"))
    assert str(message_from_bytes(server.emails[0], policy=SMTPUTF8)["To"]) == wanted


def test_a_server_that_cannot_is_not_asked_again(server: type[_Server]) -> None:
    with pytest.raises(MailFailed, match="SMTPUTF8") as failed:
        smtp(server).send(replace(HELLO, to="jörg@example.org"))
    assert not failed.value.again
    smtp(server).send(HELLO)
    assert len(server.emails) == 1


@pytest.mark.parametrize("path", ["/account/register", "/account/sign-in", "/account/forgot"])
def test_browsers_do_not_refuse_them(app: Flask, path: str) -> None:
    """A field of type "email" takes ASCII alone before the @ (HTML standard)."""
    page = app.test_client().get(path).text
    assert 'inputmode="email"' in page and 'type="email"' not in page


@pytest.mark.parametrize("host", ["[127.0.0.1]", "[IPv6:fd00::1]", "127.0.0.10", "10.0.0.254"])
def test_a_number_is_no_host_for_emails(host: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.clean_email(f"ann@{host}")
    assert refused.value.key == "invalid.email"
    assert accounts.clean_email("ann@4.example.org") == "ann@4.example.org"
