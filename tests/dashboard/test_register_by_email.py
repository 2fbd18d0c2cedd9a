"""Registering where emails reach people: the answer is the same for every address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.models import Credential
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.jobs import Job
from commentsvc.notifications.mail import Mail, MailFailed, MemoryMailer, mailer
from commentsvc.settings import settings
from tests.dashboard.conftest import BASE, Staff
from tests.dashboard.test_confirm import emails, link_in, secret_of
from tests.people import PASSWORD, Cast
from tests.web.asking import browser, csrf_of

if TYPE_CHECKING:
    from flask import Flask

SignIn = Callable[[str | None], Staff]
Work = Callable[[], int]
NEW = "a long enough one"


@pytest.fixture(autouse=True)
def _post_office(app: Flask) -> Iterator[None]:
    before = mailer.of(app)
    mailer.install(app, MemoryMailer(reaches_people=True))
    yield
    mailer.install(app, before)


def ask(browser: Staff, email: str, password: str = NEW) -> str:
    answer = browser.post("/account/register", name="Nele", email=email, password=password)
    assert answer.status_code == 200, answer.text
    return answer.text


def bare(page: str, email: str) -> str:
    return re.sub(r'csrf_token" value="[^"]+"', "", page.replace(email, "ADDRESS"))


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> None:
    nobody = sign_in(None)
    assert "Check your email" in ask(nobody, "Nele@Example.org")
    assert nobody.get("/account/").status_code == 303 and by_email("nele@example.org") is None
    work()
    (email,) = emails(app)
    assert email.to == "nele@example.org" and "Nele" not in email.body
    link = link_in(email)
    assert "nele@example.org" in nobody.page(link) and by_email("nele@example.org") is None
    answer = nobody.post("/account/confirm", token=secret_of(link), password=NEW)
    assert answer.location == "/account/"
    made = by_email("nele@example.org")
    assert made is not None and made.name == "Nele" and made.email_verified_at is not None
    assert "Nele" in nobody.page("/account/")
    assert nobody.get(link).status_code == 410


def test_nothing_tells_a_known_address_from_a_new_one(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    known, new = "rita@example.org", "nele@example.org"
    pages = [bare(ask(sign_in(None), email), email) for email in (known, new)]
    assert pages[0] == pages[1]
    rows = db.session.scalars(select(Credential).where(Credential.kind == "sign_up")).all()
    jobs = db.session.scalars(select(Job).where(Job.name == "send_sign_up")).all()
    assert len(rows) == len(jobs) == 2  # the same work was done before the answer
    work()
    by_address = {each.to: each for each in emails(app)}
    assert "You already have one" in by_address[known].body
    assert "token=" not in by_address[known].body
    assert "/account/forgot" in by_address[known].body
    signing_in = {
        sign_in(None).post("/account/sign-in", email=email, password=NEW).location
        for email in (known, new)
    }
    assert signing_in == {"/account/sign-in"}


def test_it_asks_the_database_the_same_questions(
    cast: Cast, sign_in: SignIn, queries: Callable[[], object]
) -> None:
    asked = []
    for email in ("rita@example.org", "nele@example.org"):
        browser = sign_in(None)
        with queries() as seen:  # type: ignore[attr-defined]
            ask(browser, email)
        asked.append([each.split(" WHERE ")[0] for each in seen])
    assert asked[0] == asked[1]


def test_the_email_alone_is_not_enough(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> None:
    """Somebody typed the address of somebody else, with a password of their own."""
    ask(sign_in(None), "victim@example.org", password="the stranger's own")
    work()
    link = link_in(emails(app)[-1])
    owner = sign_in(None)
    refused = owner.post("/account/confirm", token=secret_of(link), password="something else")
    assert refused.status_code == 422 and "isn’t the password you chose" in refused.text
    assert by_email("victim@example.org") is None
    assert owner.get(link).status_code == 200  # a slip of the finger costs nothing


def test_the_password_alone_is_not_enough(cast: Cast, sign_in: SignIn, work: Work) -> None:
    stranger = sign_in(None)
    ask(stranger, "victim@example.org")
    work()
    answer = stranger.post("/account/sign-in", email="victim@example.org", password=NEW)
    assert answer.location == "/account/sign-in"


def test_who_has_an_account_keeps_it_as_it_is(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    ask(sign_in(None), "rita@example.org")
    work()
    answer = sign_in(None).post("/account/sign-in", email="rita@example.org", password=PASSWORD)
    assert answer.status_code == 303
    (kept,) = db.session.scalars(select(Credential).where(Credential.kind == "sign_up"))
    assert kept.grants == {"email": "rita@example.org"}  # the password typed is not kept
    (email,) = emails(app)
    assert "token=" not in email.body


def test_a_mail_server_that_is_away_for_a_moment_loses_nothing(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    class Away:
        reaches_people = True

        def send(self, mail: Mail) -> None:
            raise MailFailed("away")

    there = mailer.of(app)
    mailer.install(app, Away())
    for email in ("rita@example.org", "nele@example.org"):
        ask(sign_in(None), email)
    work()
    mailer.install(app, there)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        work()
        assert [each.to for each in emails(app)] == ["rita@example.org", "nele@example.org"]
        link = link_in(emails(app)[-1])
        nobody = sign_in(None)
        answer = nobody.post("/account/confirm", token=secret_of(link), password=NEW)
        assert answer.status_code == 303


def test_of_two_links_to_one_address_the_first_counts(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    nobody = sign_in(None)
    ask(nobody, "nele@example.org")
    ask(nobody, "nele@example.org", password="another long one")
    work()
    first, second = (secret_of(link_in(each)) for each in emails(app))
    assert nobody.post("/account/confirm", token=first, password=NEW).status_code == 303
    later = sign_in(None)
    answer = later.post("/account/confirm", token=second, password="another long one")
    assert answer.status_code == 422 and "Sign in instead" in answer.text


def test_the_link_is_good_for_a_day(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> None:
    ask(sign_in(None), "nele@example.org")
    work()
    link = link_in(emails(app)[-1])
    nobody = sign_in(None)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        answer = nobody.post("/account/confirm", token=secret_of(link), password=NEW)
        assert answer.status_code == 410
    assert by_email("nele@example.org") is None


def test_what_is_wrong_is_said_before_any_email(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    fields = {"name": "Nele", "email": "nele@example.org", "password": "short"}
    assert sign_in(None).post("/account/register", **fields).status_code == 422
    work()
    assert emails(app) == []


def test_an_address_is_not_flooded(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> None:
    seen = [
        sign_in(None)
        .post("/account/register", name="N", email="rita@example.org", password=NEW)
        .status_code
        for _ in range(7)
    ]
    assert seen == [200] * 5 + [429] * 2
    work()
    assert len(emails(app)) == 5


def test_a_network_cannot_send_emails_to_everybody(
    app: Flask, cast: Cast, make_app: Callable[..., Flask]
) -> None:
    wide = replace(settings.of(app), limits="sign_in=1000/minute")
    app = make_app(settings=wide, mailer=MemoryMailer(reaches_people=True))
    client, seen = browser(app), []
    token = csrf_of(client.get("/account/register").text)
    for number in range(22):
        fields = {"name": "N", "email": f"n{number}@example.org", "password": NEW}
        answer = client.post(
            "/account/register", data={**fields, "csrf_token": token}, headers={"Origin": BASE}
        )
        seen.append(answer.status_code)
    assert seen == [200] * 20 + [429] * 2


def test_the_window_of_the_frame_says_the_same(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    nonce = "ab" * 16
    pages = []
    for email in ("rita@example.org", "nele@example.org"):
        browser = sign_in(None)
        answer = browser.post(
            "/embed/sign-in",
            site="harbour",
            nonce=nonce,
            act="register",
            name="Nele",
            email=email,
            password=NEW,
        )
        answer = browser.get(answer.location)
        assert answer.status_code == 200 and "data-code" not in answer.text
        pages.append(bare(answer.text, email))
    assert pages[0] == pages[1] and "Check your email" in pages[0]
    work()
    assert len(emails(app)) == 2
