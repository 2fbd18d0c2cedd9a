"""Too many tries at signing in: what counts, and the form that stays with what was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import frames
from commentsvc.core import jobs
from commentsvc.notifications.mail import MemoryMailer, mailer
from tests.embed.test_sign_in import NONCE, opened, send
from tests.embed.test_sign_in_by_email import code_in
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast


def test_an_office_can_sign_up_together(make_app: Callable[..., Flask], cast: Cast) -> None:
    """Only guesses count as `sign_in`: not the question for an email, and not the name."""
    app = make_app(limits="sign_in=2/minute")
    mailing = MemoryMailer(reaches_people=True)
    mailer.install(app, mailing)
    with app.app_context():
        for nth, name in enumerate(("Nele", "Noor")):
            nonce = frames.nonce_of(f"{nth:064x}")
            client = opened(app, nonce)
            send(client, nonce, act="email", email=f"{name.lower()}@example.org")
            jobs.run_due()
            code = code_in(mailing.sent[-1])
            assert send(client, nonce, act="email-code", code=code).status_code == 200
            assert 'data-state="done"' in send(client, nonce, act="name", name=name).text
        assert send(opened(app), act="email", email="third@example.org").status_code == 200


AS_A_BROWSER = {"Origin": HOST, "Accept": "text/html"}


@pytest.mark.parametrize(
    ("limit", "act"),
    [
        ("email_network", "email"),
        ("email_address", "email"),
        ("sign_in", "sign-in"),
        ("email_code", "email-code"),
    ],
)
def test_too_many_tries_keep_the_form(
    make_app: Callable[..., Flask], cast: Cast, limit: str, act: str
) -> None:
    app = make_app(limits=f"{limit}=1/hour")
    mailer.install(app, MemoryMailer(reaches_people=True))
    with app.app_context():
        client = opened(app)
        send(client, act="email", email="rita@example.org")
        page = client.get(f"/embed/sign-in?site=harbour&nonce={NONCE}").text
        sent = {"site": "harbour", "nonce": NONCE, "csrf_token": csrf_of(page), "act": act}
        sent |= {"email": "rita@example.org", "password": "wrong", "code": "x"}
        for _ in range(2):
            answer = client.post("/embed/sign-in", data=sent, headers=AS_A_BROWSER)
        assert answer.status_code == 303  # reloading sends nothing
        answer = client.get(answer.location)
        assert f'name="act" value="{act}"' in answer.text
        assert re.search("Try again in (1 hour|[56]. minutes)", answer.text)
        assert "rita@example.org" in answer.text and "wrong" not in answer.text


@pytest.mark.parametrize(
    ("limit", "address"),
    [
        ("email_network", "/account/email"),
        ("sign_in", "/account/email/code"),
        ("read", "/account/email/name"),
        ("sign_in", "/account/sign-in"),
        ("email_address", "/account/register"),
        ("email_network", "/account/forgot"),
    ],
)
def test_too_many_tries_keep_the_forms_of_the_account(
    make_app: Callable[..., Flask], cast: Cast, limit: str, address: str
) -> None:
    app = make_app(limits=f"{limit}=2/hour")
    mailer.install(app, MemoryMailer(reaches_people=True))
    with app.app_context():
        client = browser(app)
        token = csrf_of(client.get("/account/sign-in").text)
        sent = {"email": "rita@example.org", "name": "Rita", "password": "x" * 9, "code": "x"}
        for _ in range(4):
            answer = client.post(address, data={"csrf_token": token, **sent}, headers=AS_A_BROWSER)
        assert answer.status_code == 429 and "Try again in" in answer.text
        assert f'action="{address}"' in answer.text
