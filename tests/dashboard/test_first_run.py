"""The first run in a browser: whoever reads the console makes the owner and the first site, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts.commands import by_email, register
from commentsvc.accounts.models import Credential, User
from commentsvc.cli.serve import _find_where_to_begin, _say_where_to_begin
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.sites import first_run
from commentsvc.sites.models import Site
from commentsvc.sites.policy import Policy
from commentsvc.sites.queries import origins, policy_of, role_of
from commentsvc.sites.workload import policy_for
from tests.dashboard.conftest import Staff
from tests.dashboard.test_second_step import token_of
from tests.people import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.people import Cast

SET_UP = "/account/set-up"
FORM = {
    "name": "Olga",
    "email": "olga@example.org",
    "password": PASSWORD,
    "site": "The Harbour Post",
    "origin": "https://news.example.org",
}


@pytest.fixture
def browser(app: Flask) -> Staff:
    staff = Staff(app.test_client())
    staff.token = token_of(staff.page("/account/sign-in"))
    return staff


def owners() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def test_it_works(
    app: Flask, browser: Staff, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _find_where_to_begin(app, tmp_path / "first")
    assert capsys.readouterr().err == ""  # nobody could open it yet
    _say_where_to_begin(tmp_path / "first")
    said = capsys.readouterr()
    address = next(each for each in said.err.split() if each.startswith("https://"))
    assert address.startswith("https://comments.example.com/account/set-up?token=")
    token = address.partition("token=")[2]
    assert "Set up this server" in browser.page(f"{SET_UP}?token={token}")
    answer = browser.post(SET_UP, token=token, **FORM)
    site = db.session.scalars(select(Site)).one()
    assert (answer.status_code, answer.location) == (303, f"/dashboard/sites/{site.key}/start")
    page = browser.page(answer.location)
    assert f"data-site=&#34;{site.key}&#34;" in page and "Your server is set up" in page
    owner = by_email("olga@example.org")
    assert owner is not None and owner.is_admin and role_of(owner, site) == "admin"
    assert [*origins(site)] == ["https://news.example.org"]
    assert browser.get(f"{SET_UP}?token={token}").status_code == 410
    _find_where_to_begin(app, tmp_path / "second")
    _say_where_to_begin(tmp_path / "second")
    assert capsys.readouterr().err == ""


def test_what_is_asked_besides(browser: Staff) -> None:
    """Several websites, the language of the box, and how much people can read."""
    token = first_run.new_token()
    more = {"locale": "de", "comments_a_day": "900", "readable_a_day": "9"}
    two = "https://a.example.org\r\n https://b.example.org "
    assert browser.post(SET_UP, token=token, **{**FORM, **more, "origin": two}).status_code == 303
    site = db.session.scalars(select(Site)).one()
    assert [*origins(site)] == ["https://a.example.org", "https://b.example.org"]
    policy = policy_of(site)
    assert policy.locale == "de"
    assert policy.hold_at == policy_for(900, 9)["hold_at"] != Policy().hold_at


def test_a_language_that_there_is_not_is_none(browser: Staff) -> None:
    token = first_run.new_token()
    browser.post(SET_UP, token=token, **FORM, locale="xx")
    assert policy_of(db.session.scalars(select(Site)).one()).locale == ""


def test_of_several_processes_one_says_the_link(
    app: Flask, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for _ in range(3):
        _find_where_to_begin(app, tmp_path / "link")
    _say_where_to_begin(tmp_path / "link")
    assert capsys.readouterr().err.count("/account/set-up?token=") == 1
    _find_where_to_begin(app, tmp_path / "gone" / "link")  # the server runs all the same
    _say_where_to_begin(tmp_path / "gone" / "link")
    assert capsys.readouterr().err == ""


def test_no_token_opens_it_where_there_is_an_owner(cast: Cast, browser: Staff) -> None:
    assert first_run.new_token() is None
    assert browser.get(SET_UP).status_code == 410


@pytest.mark.parametrize("token", ["", "guessed", "x" * 500])
def test_a_wrong_token(browser: Staff, token: str) -> None:
    first_run.new_token()
    assert browser.get(f"{SET_UP}?token={token}").status_code == 410
    assert browser.post(SET_UP, token=token, **FORM).status_code == 410
    assert owners() == 0


def test_a_token_is_good_for_a_day_and_kept_as_a_hash(browser: Staff) -> None:
    with clock.frozen(clock.now()):
        token = first_run.new_token()
        assert token and not db.session.scalar(select(Credential).where(Credential.hash == token))
        clock.move(timedelta(hours=25))
        assert browser.post(SET_UP, token=token, **FORM).status_code == 410
    assert owners() == 0


def test_of_two_tokens_one_makes_an_owner(browser: Staff) -> None:
    first, second = first_run.new_token(), first_run.new_token()
    assert browser.post(SET_UP, token=second, **FORM).status_code == 303
    other = {**FORM, "email": "max@example.org"}
    browser.token = token_of(browser.page("/account/"))
    assert browser.post(SET_UP, token=first, **other).status_code == 410
    assert by_email("max@example.org") is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "", "f-name"),
        ("email", "nowhere", "f-email"),
        ("email", "rita@example.org", "f-email"),
        ("password", "short", "f-password"),
        ("password", "password1", "f-password"),
        ("site", " ", "f-site"),
        ("origin", "", "f-origin"),
        ("origin", "ftp://news.example.org", "f-origin"),
        ("origin", "https://news.example.org/path", "f-origin"),
        ("comments_a_day", "many", "f-comments_a_day"),
        ("readable_a_day", "many", "f-readable_a_day"),
    ],
)
def test_a_mistake_keeps_what_was_typed(browser: Staff, name: str, value: str, said: str) -> None:
    register(email="rita@example.org", password=PASSWORD, name="Rita")
    token = first_run.new_token()
    answer = browser.post(SET_UP, token=token, **{**FORM, name: value})
    assert answer.status_code == 422
    before = answer.text[: answer.text.index('aria-invalid="true"')]
    assert re.findall(r'id="(f-[^"]+)"', before)[-1] == said
    assert PASSWORD not in answer.text
    assert owners() == 1 and db.session.scalar(select(Site)) is None
    assert browser.post(SET_UP, token=token, **FORM).status_code == 303
