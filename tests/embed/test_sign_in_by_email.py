"""Signing in by a code or a link from an email: for known and new people, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from sqlalchemy import select

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import proofs
from commentsvc.accounts.commands import by_email
from commentsvc.accounts.factors import factors_of, totp
from commentsvc.accounts.models import Credential, Identity
from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.notifications.mail import Mail, MemoryMailer, mailer
from commentsvc.sites import commands as sites
from tests.embed.test_sign_in import fetched, is_refused, opened, send
from tests.people import PASSWORD
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)

NEW = "nele@example.org"


@pytest.fixture(autouse=True)
def post_office(app: Flask) -> Iterator[MemoryMailer]:
    """Emails reach people."""
    before, mailing = mailer.of(app), MemoryMailer(reaches_people=True)
    mailer.install(app, mailing)
    yield mailing
    mailer.install(app, before)


def code_in(mail: Mail) -> str:
    (found,) = re.findall(r"^(\d{3} \d{3})$", mail.body, re.MULTILINE)
    assert found in mail.subject
    return str(found)


def link_in(mail: Mail) -> str:
    (found,) = re.findall(rf"{HOST}(/account/link\S+)", mail.body)
    return str(found)


def asked(client: FlaskClient, post_office: MemoryMailer, email: str = "rita@example.org") -> Mail:
    answer = send(client, act="email", email=email)
    assert answer.status_code == 200, answer.text
    jobs.run_due()
    return post_office.sent[-1]


def follow(client: FlaskClient, link: str, **fields: str) -> TestResponse:
    sent = {"token": link.partition("token=")[2], "csrf_token": csrf_of(client.get(link).text)}
    return client.post("/account/link", data={**sent, **fields}, headers={"Origin": HOST})


def another(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"


def test_it_works(app: Flask, cast: Cast, post_office: MemoryMailer) -> None:
    sites.set_policy(cast.site, {"accent": "#b3261e"}, by=cast.olga)
    client = opened(app)
    mail = asked(client, post_office)
    assert (mail.to, mail.sender_name, mail.accent) == (
        "rita@example.org",
        "The Harbour Post",
        "#b3261e",
    )
    answer = send(client, act="email-code", code=code_in(mail))
    assert 'data-state="done"' in answer.text
    assert fetched(app).get_json()["user"]["name"] == "Rita"
    assert "Rita" in client.get("/account/").text  # “My comments” does not ask again
    used = send(client, act="email-code", code=code_in(mail))
    assert is_refused(used)


def test_a_new_person_is_asked_for_a_name(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    client = opened(app)
    code = code_in(asked(client, post_office, " Nele@Example.org "))
    answer = send(client, act="email-code", code=code)
    assert "What should we call you?" in answer.text and by_email(NEW) is None
    assert is_refused(send(client, act="email-code", code=code))  # it is used up
    elsewhere = send(browser(app), act="name", name="Mallory")
    assert is_refused(elsewhere) and by_email(NEW) is None
    empty = send(client, act="name", name=" ")
    assert is_refused(empty) and "name" in empty.text
    done = send(client, act="name", name="Nele")
    assert 'data-state="done"' in done.text
    assert fetched(app).get_json()["user"]["name"] == "Nele"
    nele = by_email(NEW)
    assert nele is not None and nele.password_hash is None and nele.email_verified_at is not None
    assert is_refused(send(client, act="name", name="Twice"))


@pytest.mark.engines
def test_a_code_can_be_tried_ten_times(app: Flask, cast: Cast, post_office: MemoryMailer) -> None:
    client = opened(app)
    code = code_in(asked(client, post_office))
    for _ in range(9):
        wrong = send(client, act="email-code", code=another(code), email="rita@example.org").text
        assert "isn’t the code" in wrong and "Send a new code" in wrong
    assert 'data-state="done"' in send(client, act="email-code", code=code).text
    client = opened(app)
    code = code_in(asked(client, post_office))
    for each in ("", "0", "\u0661" * 6, "x" * 7, *[another(code)] * 6):
        assert is_refused(send(client, act="email-code", code=each))
    late = send(client, act="email-code", code=code)
    assert is_refused(late) and "isn’t the code" in late.text


def test_a_code_is_of_one_browser_and_soon_over(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    with clock.frozen(clock.now()):
        client = opened(app)
        mail = asked(client, post_office)
        assert is_refused(send(browser(app), act="email-code", code=code_in(mail)))
        clock.move(timedelta(minutes=15, seconds=1))
        assert is_refused(send(client, act="email-code", code=code_in(mail)))
        assert client.get(link_in(mail)).status_code == 410


def test_nothing_says_who_has_an_account(
    app: Flask, cast: Cast, post_office: MemoryMailer, queries: Callable[[], Any]
) -> None:
    said, work = [], []
    for email in ("rita@example.org", "nobody@example.org"):
        client = opened(app)
        with queries() as counted:
            texts = [send(client, act="email", email=email).text]
        work.append([re.sub(r"'[^']*'|\d+", "", each) for each in counted])
        jobs.run_due()
        texts += [send(client, act="email-code", code="x", email=email).text for _ in range(11)]
        said.append([re.sub(r'csrf_token" value="[^"]+"|' + email, "", each) for each in texts])
    assert said[0] == said[1] and work[0] == work[1]
    known, unknown = (each.body for each in post_office.sent)
    cut = r"\d{3} \d{3}|token=\S+"
    assert re.sub(cut, "", known) == re.sub(cut, "", unknown)


def test_the_link_signs_in_and_the_box_too(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    client = opened(app)
    link = link_in(asked(client, post_office))
    assert client.get("/account/").status_code == 303  # a scanner opens every link
    answer = follow(client, link)
    assert answer.status_code == 303 and "Rita" in client.get("/account/").text
    assert fetched(app).get_json()["user"]["name"] == "Rita"
    assert client.get(link).status_code == 410


def test_the_link_in_another_browser_signs_in_that_one_alone(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    """Whoever asked may be a stranger who hopes that the person opens the link."""
    link = link_in(asked(opened(app), post_office))
    other = browser(app)
    assert follow(other, link).status_code == 303
    assert "Rita" in other.get("/account/").text and fetched(app).status_code == 202


def test_a_new_person_by_the_link(app: Flask, cast: Cast, post_office: MemoryMailer) -> None:
    client = opened(app)
    link = link_in(asked(client, post_office, NEW))
    assert follow(client, link, name=" ").status_code == 422
    assert follow(client, link, name="Nele").status_code == 303
    assert fetched(app).get_json()["user"]["name"] == "Nele"


def test_the_second_step_is_asked_for(app: Flask, cast: Cast, post_office: MemoryMailer) -> None:
    with unit_of_work():
        cast.rita.email_verified_at = clock.now()
        _, offer = totp.offer(cast.rita)
        secret = totp.read_offer(cast.rita, offer)
    totp.confirm(cast.rita, offer, pyotp.TOTP(secret).at(clock.now()))
    client = opened(app)
    mail = asked(client, post_office)
    assert "Second step" in send(client, act="email-code", code=code_in(mail)).text
    assert client.get("/account/").status_code == 303 and fetched(app).status_code == 202
    client = opened(app)
    answer = follow(client, link_in(asked(client, post_office)))
    assert answer.location == "/account/second-step" and fetched(app).status_code == 202


def test_no_way_of_an_email_spares_a_required_second_factor(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    sites.set_policy(cast.site, {"second_factor": True}, by=cast.olga)
    with unit_of_work():
        cast.mona.email_verified_at = clock.now()
    client = opened(app)
    mail = asked(client, post_office, "mona@example.org")
    follow(client, link_in(mail))
    assert client.get("/account/").status_code == 200 and fetched(app).status_code == 202
    client = opened(app)
    mail = asked(client, post_office, "mona@example.org")
    send(client, act="email-code", code=code_in(mail))
    assert client.get("/account/").status_code == 200 and fetched(app).status_code == 202


def test_where_sign_up_is_closed_only_members_come_in(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    client = opened(app)
    code = code_in(asked(client, post_office, NEW))
    link = link_in(post_office.sent[-1])
    sites.set_policy(cast.site, {"sign_up_open": False}, by=cast.olga)
    assert follow(client, link, name="Nele").status_code == 422
    send(client, act="email-code", code=code)
    assert is_refused(send(client, act="name", name="Nele")) and by_email(NEW) is None
    before = len(post_office.sent)
    assert "six-digit" in send(opened(app), act="email", email=NEW).text
    jobs.run_due()
    assert len(post_office.sent) == before
    member = opened(app)
    answer = send(member, act="email-code", code=code_in(asked(member, post_office)))
    assert 'data-state="done"' in answer.text


def test_what_a_stranger_prepared_is_worthless_once_the_address_is_proved(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    """Somebody made an account with an address that is not theirs, and waits for its owner."""
    trap = accounts.register(email=NEW, password=PASSWORD, name="Nele")
    _, offer = totp.offer(trap)
    totp.confirm(trap, offer, pyotp.TOTP(totp.read_offer(trap, offer)).at(clock.now()))
    with unit_of_work():
        db.session.add(Identity(user_id=trap.id, provider="oidc::x", subject="mallory"))
    key = proofs.issue("api", user=trap)
    waiting = browser(app)
    form = csrf_of(waiting.get("/account/sign-in").text)
    sent = {"email": NEW, "password": PASSWORD, "csrf_token": form}
    waiting.post("/account/sign-in", data=sent, headers={"Origin": HOST})
    assert waiting.get("/account/second-step").status_code == 200
    client = opened(app)
    send(client, act="email-code", code=code_in(asked(client, post_office, NEW)))
    assert client.get("/account/").status_code == 200
    assert waiting.get("/account/second-step").status_code == 303
    assert trap.password_hash is None and not factors_of(trap)
    assert proofs.find("api", key) is None
    jobs.run_due()
    assert post_office.sent[-1].to == NEW and "recovery codes" in post_office.sent[-1].body
    assert db.session.scalar(select(Identity).where(Identity.user_id == trap.id)) is None


def test_the_session_is_a_new_one(app: Flask, cast: Cast, post_office: MemoryMailer) -> None:
    client = opened(app)
    mail = asked(client, post_office)
    before = client.get_cookie("__Host-commentsvc", domain="comments.example.com")
    assert before is not None
    send(client, act="email-code", code=code_in(mail))
    old = browser(app)
    old.set_cookie("__Host-commentsvc", before.value, domain="comments.example.com", secure=True)
    assert old.get("/account/").status_code == 303


def test_nothing_secret_is_kept(app: Flask, cast: Cast, post_office: MemoryMailer) -> None:
    mail = asked(opened(app), post_office)
    row = db.session.scalar(select(Credential).where(Credential.kind == "sign_in"))
    assert row is not None
    kept = f"{row.hash} {row.grants}"
    assert code_in(mail).replace(" ", "") not in kept
    assert link_in(mail).partition("token=")[2] not in kept


def test_it_is_on_our_own_pages_too(app: Flask, cast: Cast, post_office: MemoryMailer) -> None:
    client = browser(app)

    def sent(path: str, **fields: str) -> TestResponse:
        form = csrf_of(client.get("/account/email").text)
        return client.post(path, data={"csrf_token": form, **fields}, headers={"Origin": HOST})

    assert "Email me a code instead" in client.get("/account/sign-in").text
    assert sent("/account/email", email="rita").status_code == 422
    page = sent("/account/email", email="rita@example.org", next="/account/security")
    assert 'name="next" value="/account/security"' in page.text
    jobs.run_due()
    code = code_in(post_office.sent[-1])
    assert sent("/account/email/code", code=another(code)).status_code == 422
    away = sent("/account/email/code", code=code, next="//evil.example/")
    assert away.location == "/account/"
    assert "Rita" in client.get("/account/").text
