"""An address is its owner's: the email, its link, the button behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from commentsvc.accounts import proofs
from commentsvc.accounts.commands import by_email
from commentsvc.accounts.models import Credential
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.notifications.links import forget_mailed_links
from commentsvc.notifications.mail import Mail, mailer
from tests.dashboard.conftest import BASE, Staff
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from flask import Flask

SignIn = Callable[[str | None], Staff]
Work = Callable[[], int]


def emails(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


def link_in(mail: Mail) -> str:
    """The one link with a secret, as an address on this server."""
    found = re.findall(rf"{BASE}(/account/\S+token=\S+)", mail.body)
    assert len(found) == 1, mail.body
    return str(found[0])


def secret_of(link: str) -> str:
    return link.partition("token=")[2]


def _forms(page: str) -> str:
    return "".join(re.findall(r"<form.*?</form>", page, re.DOTALL))


def is_confirmed(email: str) -> bool:
    db.session.expire_all()
    user = by_email(email)
    return user is not None and user.email_verified_at is not None


@pytest.fixture
def rita(sign_in: SignIn) -> Staff:
    return sign_in("rita")


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> None:
    nobody = sign_in(None)
    fields = {"name": "Nele", "email": "nele@example.org", "password": "a long enough one"}
    assert nobody.post("/account/register", **fields).status_code == 303
    nobody.token = re.findall(r'csrf_token" value="([^"]+)', nobody.page("/account/"))[0]
    assert "Not confirmed" in nobody.page("/account/")
    work()
    link = link_in(emails(app)[-1])
    assert emails(app)[-1].to == "nele@example.org"
    page = nobody.page(link)
    assert "nele@example.org" in page and not is_confirmed("nele@example.org")
    assert nobody.post("/account/confirm", token=secret_of(link)).location == "/account/"
    assert is_confirmed("nele@example.org")
    assert "Your email address is confirmed." in nobody.page("/account/")
    assert "Not confirmed" not in nobody.page("/account/")


def test_looking_changes_nothing_however_often(app: Flask, rita: Staff, work: Work) -> None:
    rita.post("/account/confirm/send")
    work()
    link = link_in(emails(app)[-1])
    for _ in range(3):
        assert rita.get(link).status_code == 200
        assert rita.client.head(link, base_url=BASE).status_code == 200
    assert not is_confirmed("rita@example.org")
    assert rita.get(link).headers["Referrer-Policy"] == "same-origin"
    assert rita.get(link).headers["Cache-Control"] == "no-store"


def test_another_browser_signs_in_first(
    app: Flask, rita: Staff, sign_in: SignIn, work: Work
) -> None:
    """Who reads the emails of a mistyped address confirms nothing, and so gets no new password either."""
    rita.post("/account/confirm/send")
    work()
    link = link_in(emails(app)[-1])
    for other in (sign_in(None), sign_in("mona")):
        page = other.page(link)
        assert "Sign in to your account in this browser first" in page and secret_of(
            link
        ) not in _forms(page)
        assert other.post("/account/confirm", token=secret_of(link)).status_code == 422
        assert not is_confirmed("rita@example.org")
    phone = sign_in(None)
    assert f"/account/sign-in?next={quote(link, safe='/?')}" in phone.page(link)
    fields = {"email": "rita@example.org", "password": PASSWORD, "next": link}
    assert phone.post("/account/sign-in", **fields).location == link
    phone.token = re.findall(r'csrf_token" value="([^"]+)', phone.page(link))[0]
    assert phone.post("/account/confirm", token=secret_of(link)).location == "/account/"
    assert is_confirmed("rita@example.org")


def test_a_link_works_once_and_not_for_ever(app: Flask, rita: Staff, work: Work) -> None:
    rita.post("/account/confirm/send")
    work()
    link = link_in(emails(app)[-1])
    with clock.frozen(clock.now() + timedelta(hours=49)):
        assert rita.client.get(link, base_url=BASE).status_code == 410
    assert rita.post("/account/confirm", token=secret_of(link)).status_code == 303
    assert rita.post("/account/confirm", token=secret_of(link)).status_code == 410
    assert rita.get(link).status_code == 410


@pytest.mark.parametrize("secret", ["", "x" * 32, "%00", "é", "' OR 1=1 --"])
def test_made_up_links_confirm_nobody(cast: Cast, rita: Staff, secret: str) -> None:
    assert rita.get(f"/account/confirm?token={secret}").status_code == 410
    assert rita.post("/account/confirm", token=secret).status_code == 410
    assert not is_confirmed("rita@example.org")


def test_secrets_of_other_kinds_confirm_nothing(cast: Cast, rita: Staff) -> None:
    for kind in ("reset", "session", "api", "refresh", "guest"):
        secret = proofs.issue(kind, user=cast.rita, ttl=timedelta(hours=1))
        assert rita.post("/account/confirm", token=secret).status_code == 410, kind
    assert not is_confirmed("rita@example.org")


def test_no_secret_is_kept_in_words(app: Flask, rita: Staff, work: Work) -> None:
    rita.post("/account/confirm/send")
    work()
    secret = secret_of(link_in(emails(app)[-1]))
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            assert secret not in str(tuple(row)), table.name


def test_a_new_password_ends_links_sent_before(app: Flask, rita: Staff, work: Work) -> None:
    rita.post("/account/confirm/send")
    work()
    rita.post("/account/password", old=PASSWORD, new="another long one")
    assert rita.get(link_in(emails(app)[-1])).status_code == 410


def test_asking_again_and_again_is_slowed_down(app: Flask, rita: Staff, work: Work) -> None:
    seen = [rita.post("/account/confirm/send").status_code for _ in range(7)]
    assert seen == [303] * 5 + [429] * 2
    work()
    assert len(emails(app)) == 5


def test_who_is_confirmed_gets_no_email(app: Flask, cast: Cast, rita: Staff, work: Work) -> None:
    cast.rita.email_verified_at = clock.now()
    db.session.commit()
    rita.post("/account/confirm/send")
    work()
    assert emails(app) == []


def test_who_confirms_meanwhile_gets_no_second_email(app: Flask, rita: Staff, work: Work) -> None:
    rita.post("/account/confirm/send")
    work()
    rita.post("/account/confirm/send")
    rita.post("/account/confirm", token=secret_of(link_in(emails(app)[-1])))
    work()
    assert len(emails(app)) == 1


def test_spent_links_are_forgotten(app: Flask, cast: Cast, rita: Staff, work: Work) -> None:
    rita.post("/account/confirm/send")
    rita.post("/account/confirm/send")
    work()
    rita.post("/account/confirm", token=secret_of(link_in(emails(app)[-1])))
    forget_mailed_links()
    count = select(func.count(Credential.id)).where(Credential.kind == "verify")
    assert db.session.scalar(count) == 1
    with clock.frozen(clock.now() + timedelta(days=3)):
        forget_mailed_links()
    assert db.session.scalar(count) == 0
    assert rita.get("/account/").status_code == 200  # sessions are not links
