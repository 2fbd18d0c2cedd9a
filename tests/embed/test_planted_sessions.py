"""Session fixation, at the doors where a link or a device signs in: what somebody has planted in a browser
before is not what is signed in after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.sites.inviting import invite
from tests.accounts.test_passkeys import made_for
from tests.dashboard.test_confirm import link_in as confirming_link
from tests.embed.test_second_step import signed
from tests.embed.test_sign_in import opened, send
from tests.embed.test_sign_in_by_email import asked, follow, link_in, post_office
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from commentsvc.notifications.mail import MemoryMailer
    from tests.people import Cast

__all__ = ["post_office"]

pytestmark = pytest.mark.engines(sample=1)

COOKIE, DOMAIN = "__Host-commentsvc", "comments.example.com"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


def _passkey(client: FlaskClient, cast: Cast, _office: MemoryMailer, _work: object) -> None:
    send(client, act="passkey", passkey=signed(client, made_for(cast.mona), alone=True))


def _link(client: FlaskClient, _cast: Cast, office: MemoryMailer, _work: object) -> None:
    follow(client, link_in(asked(client, office)))


def _invitation(
    client: FlaskClient, cast: Cast, office: MemoryMailer, work: Callable[[], int]
) -> None:
    invite(cast.site, "nele@example.org", "moderator", by=cast.olga)
    work()
    link = confirming_link(office.sent[-1])
    sent = {"name": "Nele", "password": "a long enough one", "token": link.partition("token=")[2]}
    sent["csrf_token"] = csrf_of(client.get(link).text)
    client.post("/account/invitation", data=sent, headers={"Origin": HOST})


@pytest.mark.parametrize("door", [_passkey, _link, _invitation])
def test_it_works(
    app: Flask,
    cast: Cast,
    post_office: MemoryMailer,
    work: Callable[[], int],
    door: Callable[..., None],
) -> None:
    client = opened(app)
    before = client.get_cookie(COOKIE, DOMAIN)
    assert before is not None and client.get("/account/").status_code == 303
    door(client, cast, post_office, work)
    after = client.get_cookie(COOKIE, DOMAIN)
    assert client.get("/account/").status_code == 200
    assert after is not None and after.value != before.value
    planted = browser(app)
    planted.set_cookie(COOKIE, before.value, domain=DOMAIN, secure=True)
    clock.move(timedelta(seconds=1))
    assert planted.get("/account/").status_code == 303
