"""Who asks: what proves it, where it counts, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import frames, proofs
from commentsvc.core import clock
from commentsvc.settings import settings
from commentsvc.sites import commands as sites
from tests.factories import HREF, post
from tests.people import PASSWORD, Cast
from tests.web.asking import HOST, api_key, bearer, browser, csrf_of, guest, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from commentsvc.accounts.models import User

ME = "/api/v1/me?site=harbour"


def name_by(app: Flask, headers: dict[str, str]) -> str | int:
    """Whom the app takes these headers for, or the status it refuses them with."""
    answer = browser(app).get(ME, headers=headers)
    found = answer.get_json()
    return found["user"]["name"] if answer.status_code == 200 else answer.status_code


def test_it_works(app: Flask, cast: Cast) -> None:
    assert name_by(app, bearer(cast.rita, cast.site)) == "Rita"
    assert name_by(app, api_key(cast.rita, "read")) == "Rita"
    token = post(cast.site, name="Ann").edit_token or ""
    assert name_by(app, guest(token)) == "Ann"
    key = api_key(cast.rita, "read")["X-Api-Key"]
    assert name_by(app, {"Authorization": f"Bearer {key}"}) == "Rita"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nobody",
        "Guest nobody",
        "Basic cml0YTpwYXNz",
        "nobody",
        "Bearer \u00e4",
        "Bearer " + "x" * 5000,
    ],
)
def test_what_is_not_in_force_is_refused_not_ignored(app: Flask, cast: Cast, header: str) -> None:
    answer = browser(app).get(ME, headers={"Authorization": header})
    assert answer.status_code == 401 and "Bearer" in answer.headers["WWW-Authenticate"]


BASIC = {"Authorization": "Basic cml0YTpwYXNz"}


def test_a_proxys_password_is_not_ours_to_judge(app: Flask, cast: Cast) -> None:
    """A browser that signed in to a proxy sends its password with every page, and what pages fetch."""
    client, _ = signed_in(app, cast.olga)
    for path in ("/dashboard/", "/account/", f"/embed/thread?site=harbour&href={HREF}"):
        assert client.get(path, headers=BASIC).status_code == 200
    assert browser(app).get("/account/sign-in", headers=BASIC).status_code == 200
    fetched = browser(app).get(ME, headers={**BASIC, "Sec-Fetch-Site": "same-origin"})
    assert fetched.status_code == 200


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/sites/none", "/dashboard/none"])
def test_pages_say_so_too(app: Flask, cast: Cast, path: str) -> None:
    answer = browser(app).get(path, headers={"Authorization": "Bearer nobody"})
    assert answer.status_code in (401, 404)


def test_one_kind_of_secret_is_no_other(app: Flask, cast: Cast) -> None:
    tokens = frames.grant(cast.rita, site_id=cast.site.id)
    guest_token = post(cast.site).edit_token
    code = proofs.issue("code", user=cast.rita, site_id=cast.site.id)
    session = proofs.issue("session", user=cast.rita)
    for secret in (tokens.refresh, guest_token, code, session):
        assert name_by(app, {"Authorization": f"Bearer {secret}"}) == 401
    assert name_by(app, {"Authorization": f"Guest {tokens.access}"}) == 401
    assert name_by(app, {"X-Api-Key": tokens.access}) == 401


@pytest.mark.parametrize(
    "end",
    [
        lambda cast: accounts.change_password(cast.rita, PASSWORD, "another horse battery"),
        lambda cast: sites.set_role(cast.site, cast.rita, "banned", by=cast.mona),
        lambda cast: accounts.erase(cast.rita),
    ],
)
def test_everything_ends_with_what_should_end_it(
    app: Flask, cast: Cast, end: Callable[[Cast], None]
) -> None:
    token = bearer(cast.rita, cast.site)
    client, _ = signed_in(app, cast.rita)
    assert name_by(app, token) == "Rita" and client.get("/account/").status_code == 200
    end(cast)
    assert name_by(app, token) == 401
    assert client.get("/account/").status_code in (302, 303)


def test_access_lasts_minutes(app: Flask, cast: Cast) -> None:
    token = bearer(cast.rita, cast.site)
    with clock.frozen(clock.now() + timedelta(seconds=frames.ACCESS_SECONDS + 1)):
        assert name_by(app, token) == 401


# --- sessions -------------------------------------------------------------------------------------


def test_the_cookie_is_locked_to_our_host(app: Flask, cast: Cast) -> None:
    client = browser(app)
    page = client.get("/account/sign-in")
    cookies = [page.headers["Set-Cookie"]]
    answer = client.post(
        "/account/sign-in",
        data={"email": "rita@example.org", "password": PASSWORD, "csrf_token": csrf_of(page.text)},
        headers={"Origin": HOST},
    )
    cookies += answer.headers.getlist("Set-Cookie")
    for cookie in cookies:
        assert cookie.startswith("__Host-commentsvc=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_without_tls_the_cookie_has_another_name(
    app: Flask, make_app: Callable[..., Flask]
) -> None:
    given = replace(settings.of(app), public_url="http://127.0.0.1:5000")
    client = make_app(settings=given).test_client()
    cookie = client.get("/account/sign-in", headers={"Host": "127.0.0.1:5000"}).headers[
        "Set-Cookie"
    ]
    assert cookie.startswith("commentsvc=") and "Secure" not in cookie


def test_a_session_from_before_is_worth_nothing_after(app: Flask, cast: Cast) -> None:
    """Session fixation: what somebody planted before the sign-in does not become signed in."""
    planted = browser(app)
    planted.get("/account/sign-in")
    before = planted.get_cookie("__Host-commentsvc", "comments.example.com")
    client, _ = signed_in(app, cast.rita)
    after = client.get_cookie("__Host-commentsvc", "comments.example.com")
    assert before is not None and after is not None and before.value != after.value
    assert planted.get("/account/").status_code == 303


def test_what_a_session_held_before_is_dropped(app: Flask, cast: Cast) -> None:
    client = browser(app)
    planted = csrf_of(client.get("/account/sign-in").text)
    form = {"email": "rita@example.org", "password": PASSWORD, "csrf_token": planted}
    assert client.post("/account/sign-in", data=form).status_code == 303
    answer = client.post("/account/name", data={"name": "M", "csrf_token": planted})
    assert answer.status_code == 403


def test_a_copied_cookie_dies_with_the_session(app: Flask, cast: Cast) -> None:
    client, token = signed_in(app, cast.rita)
    cookie = client.get_cookie("__Host-commentsvc", "comments.example.com")
    assert cookie is not None
    thief = browser(app)
    thief.set_cookie("__Host-commentsvc", cookie.value, domain="comments.example.com", secure=True)
    assert thief.get("/account/").status_code == 200
    client.post("/account/out", data={"csrf_token": token}, headers={"Origin": HOST})
    assert client.get("/account/").status_code == 303
    assert thief.get("/account/").status_code == 303


def test_a_made_up_cookie_is_nobody(app: Flask, cast: Cast) -> None:
    client = browser(app)
    for value in ("", "x", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb", "\x7f"):
        client.set_cookie("__Host-commentsvc", value, domain="comments.example.com")
        assert client.get("/account/").status_code == 303


@pytest.mark.parametrize("dest", ["iframe", "frame", "embed", "object"])
def test_a_session_does_not_count_inside_a_frame(app: Flask, cast: Cast, dest: str) -> None:
    client, _ = signed_in(app, cast.mona)
    answer = client.get("/dashboard/", headers={"Sec-Fetch-Dest": dest})
    assert answer.status_code == 303


def test_the_api_takes_a_session_with_its_token_alone(app: Flask, cast: Cast) -> None:
    client, token = signed_in(app, cast.mona)
    assert (
        client.get(ME).get_json()["user"] is None
    )  # a frame on our own host would send the cookie
    assert client.get(ME, headers={"X-CSRF-Token": token}).get_json()["user"]["name"] == "Mona"
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    decision = {"action": "approve", "seen_version": comment.version}
    path = f"/api/v1/comments/{comment.public_id}/decisions"
    assert client.post(path, json=decision).status_code == 401
    assert client.post(path, json=decision, headers={"X-CSRF-Token": "x"}).status_code == 401
    headers = {"X-CSRF-Token": token, "Origin": HOST}
    assert client.post(path, json=decision, headers=headers).status_code == 201


def test_staff_may_read_the_queue_with_a_session(app: Flask, cast: Cast) -> None:
    client, _ = signed_in(app, cast.mona)
    assert client.get("/api/v1/queue").status_code == 200
    for site in ("cross-site", "same-site"):
        assert client.get("/api/v1/queue", headers={"Sec-Fetch-Site": site}).status_code == 401


# --- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "with_token", "passes"),
    [
        ({"Origin": HOST}, True, True),
        ({}, True, True),
        ({"Sec-Fetch-Site": "same-origin"}, True, True),
        ({"Origin": HOST}, False, False),
        ({}, False, False),
        ({"Origin": "https://evil.example"}, True, False),
        ({"Origin": "null"}, True, False),
        ({"Origin": "https://news.example.org"}, True, False),
        ({"Sec-Fetch-Site": "cross-site"}, True, False),
    ],
)
def test_no_other_page_acts_in_somebodys_name(
    app: Flask, cast: Cast, headers: dict[str, str], with_token: bool, passes: bool
) -> None:
    client, token = signed_in(app, cast.rita)
    form = {"name": "Margarita", **({"csrf_token": token} if with_token else {})}
    answer = client.post("/account/name", data=form, headers=headers)
    assert (answer.status_code == 303) == passes
    if not passes:
        assert answer.status_code == 403
    found = accounts.by_id(cast.rita.id)
    assert (found.name == "Margarita") == passes


def test_a_token_is_good_for_its_own_session_alone(app: Flask, cast: Cast) -> None:
    client, _ = signed_in(app, cast.rita)
    _, other = signed_in(app, cast.max)
    answer = client.post("/account/name", data={"name": "M", "csrf_token": other})
    assert answer.status_code == 403


def test_signing_in_needs_our_own_form(app: Flask, cast: Cast) -> None:
    form = {"email": "rita@example.org", "password": PASSWORD}
    assert browser(app).post("/account/sign-in", data=form).status_code == 403


def test_a_form_cannot_speak_json(app: Flask, cast: Cast) -> None:
    """What a foreign form can send without being asked first is no JSON (the CORS safelist)."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        answer = browser(app).post(
            "/api/v1/comments", data=b'{"site": "harbour"}', content_type=kind
        )
        assert answer.status_code == 415


def test_a_frame_token_is_no_key_to_the_account(app: Flask, cast: Cast) -> None:
    answer = browser(app).get(
        "/account/data", headers={**bearer(cast.rita, cast.site), "Accept": "text/html"}
    )
    assert answer.status_code == 303


def test_the_way_back_stays_here(app: Flask, cast: Cast) -> None:
    answer = browser(app).get("/dashboard/?x=//evil.example", headers={"Accept": "text/html"})
    assert answer.headers["Location"].startswith("/account/sign-in?next=/dashboard/")


# --- the same for two readers ---------------------------------------------------------------------


def test_nothing_of_one_reader_reaches_another(app: Flask, cast: Cast) -> None:
    """S14: what a shared cache would keep is the same for everybody; the rest says no-store."""
    post(cast.site, "Mine, and held: you idiot.", user=cast.rita)
    rita, max_ = signed_in(app, cast.rita)[0], signed_in(app, cast.max)[0]
    for path in ("/", "/account/", "/api/docs", "/api/v1/counts?site=harbour&href=x", ME):
        one, other = rita.get(path), max_.get(path)
        kept = "no-store" not in one.headers["Cache-Control"]
        if kept:
            assert one.data == other.data and "Set-Cookie" not in one.headers, path


def test_users_have_what_flask_login_asks_for(cast: Cast) -> None:
    user: User = cast.rita
    assert user.is_authenticated and user.is_active and not user.is_anonymous


def test_a_key_of_pages_is_good_there_alone(app: Flask, cast: Cast) -> None:
    grants = {"scopes": ["read", "moderate"], "origins": ["https://*.tools.example.org"]}
    key = {"Authorization": f"Bearer {proofs.issue('api', user=cast.mona, grants=grants)}"}
    asked = browser(app)
    for path in ("/api/v1/queue", "/api/v1/sites", "/api/v1/me?site=harbour"):
        for origin in (None, "https://evil.example", "https://tools.example.org", "null"):
            sent = key | ({"Origin": origin} if origin else {})
            answer = asked.get(path, headers=sent)
            assert (answer.status_code, answer.get_json()["code"]) == (403, "wrong_scope")
        sent = key | {"Origin": "https://a.tools.example.org"}
        assert asked.get(path, headers=sent).status_code == 200
