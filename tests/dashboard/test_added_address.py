"""People whom only a provider signs in, and without an address: they may add one, and may leave."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.models import User
from commentsvc.accounts.providers import kept
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.notifications.mail import MemoryMailer, mailer
from tests.dashboard.with_idp import app, cast, client_of, idp, is_in, post, served, sign_in
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.idp import Idp
    from tests.people import Cast

__all__ = ["app", "cast", "idp", "served"]

pytestmark = pytest.mark.engines(sample=1)

ADD = "/account/email/add"
ADDRESS = "nele@example.org"


@pytest.fixture
def office(app: Flask) -> Iterator[MemoryMailer]:
    before = mailer.of(app)
    mailer.install(app, made := MemoryMailer(reaches_people=True))
    yield made
    mailer.install(app, before)


@pytest.fixture
def nele(app: Flask, cast: Cast, idp: Idp, office: MemoryMailer) -> FlaskClient:
    """A browser of somebody new whose provider has told no address."""
    idp.is_somebody("nele")
    client = browser(app)
    sign_in(client, idp)
    post(client, "/account/with/oidc/new", name="Nele")
    return client


def user_of(name: str) -> User:
    db.session.expire_all()
    return db.session.scalars(select(User).where(User.name == name)).one()


def link_in(office: MemoryMailer) -> str:
    return re.findall(r"/account/confirm\?token=\S+", office.sent[-1].body)[0]


def confirm(client: FlaskClient, link: str) -> str:
    page = client.get(link).text
    sent = {"csrf_token": csrf_of(page), "token": link.partition("token=")[2]}
    answer = client.post("/account/confirm", data=sent, headers={"Origin": HOST})
    return answer.text if answer.status_code != 303 else "done"


def test_it_works(
    app: Flask, nele: FlaskClient, office: MemoryMailer, work: Callable[[], int]
) -> None:
    assert "Add address" in nele.get("/account/").text
    post(nele, ADD, email=" Nele@Example.org ")
    assert by_email(ADDRESS) is None and f"email to {ADDRESS}" in nele.get("/account/").text
    work()
    link = link_in(office)
    assert office.sent[-1].to == ADDRESS and "Nele" not in office.sent[-1].body
    assert ADDRESS in nele.get(link).text and by_email(ADDRESS) is None  # looking changes nothing
    assert confirm(nele, link) == "done"
    user = user_of("Nele")
    assert user.member_email == user.email == ADDRESS and user.email_verified_at is not None
    assert "Add address" not in nele.get("/account/").text
    assert nele.get(link).status_code == 410


def test_what_is_no_address_stays_in_the_form(app: Flask, nele: FlaskClient) -> None:
    post(nele, ADD, email="nele at example")
    assert 'value="nele at example"' in nele.get("/account/").text


def test_a_strangers_address_is_confirmed_for_nobody(
    app: Flask, cast: Cast, nele: FlaskClient, office: MemoryMailer, work: Callable[[], int]
) -> None:
    """Whoever reads the emails may press the button: the account is not theirs."""
    post(nele, ADD, email=ADDRESS)
    work()
    stranger, link = browser(app), link_in(office)
    assert "Sign in to your account in this browser first" in stranger.get(link).text
    assert by_email(ADDRESS) is None and not is_in(stranger)
    assert confirm(nele, link) == "done"  # the link stayed good


def test_nobody_learns_who_has_an_account(
    cast: Cast, nele: FlaskClient, office: MemoryMailer, work: Callable[[], int]
) -> None:
    post(nele, ADD, email="rita@example.org")
    assert "email to rita@example.org" in nele.get("/account/").text
    work()
    (mail,) = office.sent
    assert "You already have one" in mail.body and "confirm?" not in mail.body
    post(nele, ADD, email=ADDRESS)
    post(nele, ADD, email="second@example.org")
    work()
    first, second = (each.body for each in list(office.sent)[1:])
    links = [re.findall(r"/account/confirm\?token=\S+", each)[0] for each in (first, second)]
    assert confirm(nele, links[0]) == "done"
    assert "no address to confirm" in confirm(nele, links[1])  # one address, the first
    assert user_of("Nele").member_email == ADDRESS


def test_an_address_that_has_got_an_account_meanwhile(
    cast: Cast, nele: FlaskClient, office: MemoryMailer, work: Callable[[], int]
) -> None:
    post(nele, ADD, email=ADDRESS)
    work()
    cast.rita.email = cast.rita.member_email = ADDRESS
    db.session.commit()
    assert "already an account" in confirm(nele, link_in(office))
    assert user_of("Nele").member_email is None


def test_not_where_a_sites_owner_chose_the_issuer(
    app: Flask, cast: Cast, idp: Idp, office: MemoryMailer, work: Callable[[], int]
) -> None:
    """The owner could sign in as anybody there, and would read the address."""
    kept.put(cast.site.id, "harbour", "oidc", client_of(idp))
    client = browser(app)
    sign_in(client, idp, "oidc.harbour")
    post(client, "/account/with/oidc.harbour/new", name="Nele")
    assert "Add address" not in client.get("/account/").text
    post(client, ADD, email=ADDRESS)
    work()
    assert not office.sent and "no address to confirm" in client.get("/account/").text


def test_a_session_that_was_left_open_adds_nothing(
    nele: FlaskClient, idp: Idp, office: MemoryMailer
) -> None:
    user_id = user_of("Nele").id
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert "Confirm it’s you" in post(nele, ADD, email=ADDRESS).text
        assert post(nele, "/account/delete").status_code == 403 and is_in(nele)
        sign_in(nele, idp)  # by the provider, once more
        assert post(nele, "/account/delete").status_code == 303
    db.session.expire_all()
    assert not is_in(nele) and db.session.get_one(User, user_id).erased_at is not None
