"""A forgotten password: the email, its link, and what anybody can learn by asking."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.accounts import frames, keys, proofs
from commentsvc.accounts.commands import by_email, erase
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.jobs import Job
from tests.dashboard.conftest import BASE, Staff
from tests.dashboard.test_confirm import emails, is_confirmed, link_in, secret_of
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from flask import Flask

SignIn = Callable[[str | None], Staff]
Work = Callable[[], int]
NEW = "an entirely new one"


@pytest.fixture
def link(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> str:
    """What rita finds in her email."""
    sign_in(None).post("/account/forgot", email=" Rita@Example.org ")
    work()
    return link_in(emails(app)[-1])


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, sign_in: SignIn, link: str, work: Work) -> None:
    nobody = sign_in(None)
    assert "Choose a new password" in nobody.page(link)
    answer = nobody.post("/account/reset", token=secret_of(link), password=NEW)
    assert answer.location == "/account/sign-in"
    assert "Your password has been changed." in nobody.page("/account/sign-in")
    old, new = (
        sign_in(None).post("/account/sign-in", email="rita@example.org", password=each).location
        for each in (PASSWORD, NEW)
    )
    assert (old, new) == ("/account/sign-in", "/account/")
    assert is_confirmed("rita@example.org")
    work()
    told = emails(app)[-1]
    assert told.subject.endswith("has been changed") and "token=" not in told.body
    assert f"{BASE}/account/forgot" in told.body


def test_nothing_tells_a_known_address_from_an_unknown_one(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work, queries: Callable[[], Any]
) -> None:
    pages, asked = [], []
    for email in ("rita@example.org", "nobody@example.org", "not an address"):
        browser = sign_in(None)
        with queries() as seen:
            answer = browser.post("/account/forgot", email=email)
        assert answer.status_code == 200
        page = re.sub(r'csrf_token" value="[^"]+"', "", answer.text)
        pages.append(page.replace(email, "ADDRESS"))
        asked.append([each.split(" WHERE ")[0] for each in seen])
    assert pages[0] == pages[1] == pages[2]
    assert asked[0] == asked[1] == asked[2]
    assert len(db.session.scalars(select(Job).where(Job.name == "send_reset")).all()) == 3
    work()
    assert [each.to for each in emails(app)] == ["rita@example.org"]


def test_looking_changes_nothing(cast: Cast, sign_in: SignIn, link: str) -> None:
    before = by_email("rita@example.org").password_hash
    answers = [sign_in(None).get(link) for _ in range(3)]
    assert {each.status_code for each in answers} == {200}
    assert answers[0].headers["Referrer-Policy"] == "same-origin"
    assert by_email("rita@example.org").password_hash == before


def test_everything_signed_in_ends(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> None:
    thief = sign_in("rita")
    tokens = frames.grant(cast.rita, site_id=cast.site.id)
    key = keys.add_key(label="k", scopes=["read"], user=cast.rita)
    sign_in(None).post("/account/forgot", email="rita@example.org")
    sign_in(None).post("/account/forgot", email="rita@example.org")
    work()
    other, used = (secret_of(link_in(each)) for each in emails(app))
    sign_in(None).post("/account/reset", token=used, password=NEW)
    assert thief.get("/account/").status_code == 303
    assert proofs.find("access", tokens.access) is None
    assert proofs.find("refresh", tokens.refresh or "") is None
    assert proofs.find("api", key) is None
    assert sign_in(None).get(f"/account/reset?token={other}").status_code == 410


def test_a_link_works_once(cast: Cast, sign_in: SignIn, link: str) -> None:
    nobody = sign_in(None)
    assert nobody.post("/account/reset", token=secret_of(link), password=NEW).status_code == 303
    again = nobody.post("/account/reset", token=secret_of(link), password="a third long one")
    assert again.status_code == 410
    answer = sign_in(None).post("/account/sign-in", email="rita@example.org", password=NEW)
    assert answer.status_code == 303


def test_a_password_that_cannot_be_taken_costs_nothing(
    cast: Cast, sign_in: SignIn, link: str
) -> None:
    nobody = sign_in(None)
    short = nobody.post("/account/reset", token=secret_of(link), password="short")
    assert short.status_code == 422 and "at least 8" in short.text
    assert nobody.post("/account/reset", token=secret_of(link), password=NEW).status_code == 303


def test_a_link_is_good_for_an_hour(cast: Cast, sign_in: SignIn, link: str) -> None:
    nobody = sign_in(None)
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert nobody.client.get(link, base_url=BASE).status_code == 410
        answer = nobody.post("/account/reset", token=secret_of(link), password=NEW)
        assert answer.status_code == 410


@pytest.mark.parametrize("secret", ["", "x" * 32, "%00"])
def test_made_up_links_change_nothing(cast: Cast, sign_in: SignIn, secret: str) -> None:
    nobody = sign_in(None)
    assert nobody.get(f"/account/reset?token={secret}").status_code == 410
    assert nobody.post("/account/reset", token=secret, password=NEW).status_code == 410


def test_secrets_of_other_kinds_reset_nothing(cast: Cast, sign_in: SignIn) -> None:
    nobody = sign_in(None)
    for kind in ("verify", "session", "api", "refresh", "guest"):
        secret = proofs.issue(kind, user=cast.rita, ttl=timedelta(hours=1))
        answer = nobody.post("/account/reset", token=secret, password=NEW)
        assert answer.status_code == 410, kind


def test_who_has_left_gets_no_email(app: Flask, cast: Cast, sign_in: SignIn, work: Work) -> None:
    sign_in(None).post("/account/forgot", email="rita@example.org")
    erase(cast.rita)
    work()
    assert emails(app) == []


def test_asking_is_slowed_down_by_address(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    seen = [
        sign_in(None).post("/account/forgot", email="rita@example.org").status_code
        for _ in range(7)
    ]
    assert seen == [200] * 5 + [429] * 2
    work()
    assert len(emails(app)) == 5


def test_asking_is_slowed_down_by_network(cast: Cast, sign_in: SignIn) -> None:
    nobody = sign_in(None)
    seen = [
        nobody.post("/account/forgot", email=f"n{number}@example.org").status_code
        for number in range(22)
    ]
    assert seen == [200] * 20 + [429] * 2


def test_the_sign_in_page_leads_there(sign_in: SignIn) -> None:
    assert 'href="/account/forgot"' in sign_in(None).page("/account/sign-in")


def test_the_email_bears_the_name_of_the_only_site(
    app: Flask, cast: Cast, sign_in: SignIn, work: Work
) -> None:
    with unit_of_work():
        cast.other.closed_at = clock.now()
    sign_in(None).post("/account/forgot", email="rita@example.org")
    work()
    email = emails(app)[-1]
    assert "The Harbour Post" in email.subject and email.sender_name == "The Harbour Post"
