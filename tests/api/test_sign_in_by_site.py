"""Signing in with a site's own token, and what goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import pytest

from commentsvc.accounts import frames
from commentsvc.accounts.commands import by_public_id
from commentsvc.accounts.vouching import keys
from commentsvc.core import clock
from commentsvc.core.db import unit_of_work
from commentsvc.sites.commands import set_role
from commentsvc.sites.queries import by_key
from tests.api.test_sign_in import who
from tests.provider import make_key, token
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)


def signed(cast: Cast, *, key: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    now = int(clock.now().timestamp())
    given = {
        "aud": "harbour",
        "iat": now,
        "exp": now + 300,
        "user": {"id": "17", "username": "Sam"},
        **claims,
    }
    given = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(given, cast.site.secrets[0] if key is None else key, algorithm=algorithm)


def by_site(app: Flask, token: str, site: str = "harbour") -> TestResponse:
    return browser(app).post("/api/v1/sign-in/site", json={"token": token, "site": site})


def test_a_site_vouches_for_its_readers(app: Flask, cast: Cast) -> None:
    found = by_site(app, signed(cast)).get_json()
    assert found["user"]["name"] == "Sam" and who(app, found["access_token"]) == "Sam"
    later = by_site(
        app,
        signed(cast, iat=int(clock.now().timestamp()) + 5, user={"id": "17", "username": "Samira"}),
    )
    assert later.get_json()["user"] == {**found["user"], "name": "Samira"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "another secret of enough length, 32"},
        {"aud": "mountain"},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"exp": 4102444800},
        {"iat": None},
        {"user": None},
        {"user": {"username": "Sam"}},
        {"user": "Sam"},
    ],
)
def test_nobody_else_can(app: Flask, cast: Cast, wrong: dict[str, Any]) -> None:
    answer = by_site(app, signed(cast, **wrong))
    assert (answer.status_code, answer.get_json()["code"]) == (401, "wrong_site_token")


def test_another_algorithm_is_refused(app: Flask, cast: Cast) -> None:
    with unit_of_work():
        cast.site.add_secret("a secret that is long enough for any algorithm".ljust(64, "."))
    assert by_site(app, signed(cast)).status_code == 200
    assert by_site(app, signed(cast, algorithm="HS512")).status_code == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "e30.e30.", "\u00e4.b.c"])
def test_what_is_no_token_is_refused(app: Flask, cast: Cast, token: str) -> None:
    assert by_site(app, token).status_code == 401


def test_an_unsigned_token_is_refused(app: Flask, cast: Cast) -> None:
    now = int(clock.now().timestamp())
    claims = {"aud": "harbour", "iat": now, "exp": now + 60, "user": {"id": "17"}}
    assert by_site(app, jwt.encode(claims, None, algorithm="none")).status_code == 401


def test_another_sites_token_is_refused(app: Flask, cast: Cast) -> None:
    theirs = signed(cast, key=cast.other.secrets[0])
    assert by_site(app, theirs).status_code == 401
    assert by_site(app, theirs, "mountain").status_code == 401  # it is meant for harbour


def test_a_sign_in_goes_on_with_a_newer_token(app: Flask, cast: Cast) -> None:
    """In the same sign-in, so that signing out ends all of it; never in that of somebody else."""
    first = by_site(app, signed(cast)).get_json()
    sent = {"token": signed(cast), "site": "harbour", "refresh_token": first["refresh_token"]}
    second = browser(app).post("/api/v1/sign-in/site", json=sent).get_json()
    theirs = frames.grant(cast.rita, site_id=cast.site.id)
    sent["refresh_token"] = theirs.refresh or ""
    third = browser(app).post("/api/v1/sign-in/site", json=sent).get_json()
    browser(app).post("/api/v1/sign-in/out", json={"refresh_token": second["refresh_token"]})
    assert [who(app, each["access_token"]) for each in (first, second, third)] == [401, 401, "Sam"]
    browser(app).post("/api/v1/sign-in/out", json={"refresh_token": third["refresh_token"]})
    assert who(app, theirs.access) == "Rita"


def enter(app: Flask, refresh: str, **headers: str) -> tuple[TestResponse, FlaskClient]:
    client = browser(app)
    sent = {"refresh_token": refresh}
    return client.post("/account/enter", data=sent, headers={"Origin": HOST, **headers}), client


def test_whom_a_site_vouches_for_opens_their_account(app: Flask, cast: Cast) -> None:
    tokens = by_site(app, signed(cast)).get_json()
    answer, client = enter(app, tokens["refresh_token"])
    assert (answer.status_code, answer.location) == (303, "/account/")
    page = client.get("/account/").text
    assert "Sam" in page and 'name="password"' not in page  # they have none
    browser(app).post("/api/v1/sign-in/out", json={"refresh_token": tokens["refresh_token"]})
    assert client.get("/account/").status_code == 303
    answer, client = enter(app, tokens["refresh_token"])
    assert answer.location == "/account/sign-in" and client.get("/account/").status_code == 303


def test_nobody_is_led_into_an_account(app: Flask, cast: Cast) -> None:
    """By another page, nor into one that has a way in of its own."""
    tokens = by_site(app, signed(cast)).get_json()
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert enter(app, tokens["refresh_token"], **headers)[0].status_code == 403
    rita = frames.grant(cast.rita, site_id=cast.site.id)
    for refresh in (rita.refresh or "", rita.access, tokens["access_token"], "", "x" * 500):
        assert enter(app, refresh)[0].location == "/account/sign-in"


def test_a_sites_word_opens_nothing_on_another(app: Flask, cast: Cast) -> None:
    tokens = by_site(app, signed(cast)).get_json()
    sam = by_public_id(tokens["user"]["id"])
    set_role(cast.site, sam, "moderator", by=cast.olga)
    assert enter(app, tokens["refresh_token"])[0].location == "/account/"
    set_role(cast.other, sam, "moderator", by=cast.max)
    assert enter(app, tokens["refresh_token"])[0].location == "/account/sign-in"


def test_an_account_without_a_password_is_deleted_without_one(app: Flask, cast: Cast) -> None:
    tokens = by_site(app, signed(cast)).get_json()
    _, client = enter(app, tokens["refresh_token"])
    token = csrf_of(client.get("/account/").text)
    done = client.post("/account/delete", data={"csrf_token": token}, headers={"Origin": HOST})
    assert done.location == "/account/sign-in" and who(app, tokens["access_token"]) == 401
    assert by_site(app, signed(cast)).get_json()["user"]["id"] != tokens["user"]["id"]


@pytest.mark.engines
def test_an_office_that_is_handed_old_tokens_can_still_sign_in(
    make_app: Callable[..., Flask], app: Flask, cast: Cast
) -> None:
    limited = make_app("sign_in=2/minute")
    with limited.app_context():
        late = signed(cast, exp=int(clock.now().timestamp()) - 60)
        assert [by_site(limited, late).status_code for _ in range(5)] == [401] * 5
        forged = signed(cast, key="another secret of enough length, 32")
        assert [by_site(limited, forged).status_code for _ in range(3)] == [401, 401, 429]


@pytest.mark.engines
def test_tokens_that_nothing_can_prove_are_counted(
    make_app: Callable[..., Flask], cast: Cast
) -> None:
    """By network, where a site's keys cannot be fetched; the right ones of that network still sign in."""
    limited = make_app("sign_in=3/minute")  # Redis still counts what the test above did
    keys.forget()
    with limited.app_context(), unit_of_work():
        site = by_key("harbour")
        site.policy = {**site.policy, "keys_url": "https://keys.invalid/"}
    with limited.app_context():
        forged = token(make_key(), "EdDSA")
        assert [by_site(limited, forged).status_code for _ in range(5)] == [503] * 3 + [429] * 2
        assert by_site(limited, signed(cast)).status_code == 200
