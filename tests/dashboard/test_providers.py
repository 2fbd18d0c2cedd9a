"""Signing in with a provider: there and back, one's own page, the owner's page."""

from __future__ import annotations

import html
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pyotp
import pytest
from sqlalchemy import select

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.factors import totp
from commentsvc.accounts.models import User
from commentsvc.accounts.providers import Provider, asking, installed, kept, people
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Unavailable
from commentsvc.notifications.mail import MemoryMailer, mailer
from tests.conftest import WIDE
from tests.embed.test_sign_in import NONCE, fetched, opened
from tests.idp import CLIENT, SECRET, Idp, provider_of
from tests.people import PASSWORD, Cast
from tests.web.asking import HOST, browser, csrf_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
from tests.dashboard.with_idp import (
    app,
    cast,
    client_of,
    come_back,
    identities,
    idp,
    is_in,
    leave,
    members,
    post,
    refused,
    served,
    sign_in,
)

__all__ = ["app", "cast", "idp", "served"]

pytestmark = pytest.mark.engines(sample=1)


def test_it_works(app: Flask, cast: Cast, idp: Idp) -> None:
    client = browser(app)
    assert "Continue with Example ID" in client.get("/account/sign-in").text
    answer = sign_in(client, idp, next="/account/security")
    assert "Choose the name" in answer.text and 'value="Nele N."' in answer.text
    assert not is_in(client)  # nobody is made yet
    made = post(client, "/account/with/oidc/new", name="Nele")
    assert made.location == "/account/security"
    nele = by_email("nele@example.org")
    assert nele is not None and nele.name == "Nele" and nele.email_verified_at is not None
    again = browser(app)
    assert sign_in(again, idp).location == "/account/" and is_in(again)
    assert members() == 8 or by_email("nele@example.org") is nele


def test_what_is_asked_of_the_provider(app: Flask, cast: Cast, idp: Idp) -> None:
    address = urlsplit(leave(browser(app)))
    asked = dict(parse_qsl(address.query))
    assert f"{address.scheme}://{address.netloc}" == idp.url
    assert asked["redirect_uri"] == f"{HOST}/account/with/oidc/back"
    assert asked["code_challenge_method"] == "S256" and asked["response_type"] == "code"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


def test_the_box_is_signed_in(app: Flask, cast: Cast, idp: Idp) -> None:
    client = opened(app)
    assert (
        "Continue with Example ID" in client.get(f"/embed/sign-in?site=harbour&nonce={NONCE}").text
    )
    sign_in(client, idp, site="harbour", nonce=NONCE)
    answer = post(client, "/account/with/oidc/new", name="Nele")
    assert 'data-state="done"' in client.get(answer.location).text
    assert fetched(app).get_json()["user"]["name"] == "Nele" and is_in(client)
    stranger = browser(app)  # a window that no frame of this browser waits for
    answer = sign_in(stranger, idp, site="harbour", nonce="ab" * 32)
    assert 'data-state="done"' not in stranger.get(answer.location).text


# --- one's own page ---------------------------------------------------------------------------------


def test_connecting_and_disconnecting(app: Flask, cast: Cast, idp: Idp) -> None:
    client, _ = signed_in(app, cast.rita)
    assert "Connect Example ID" in client.get("/account/security").text
    idp.is_somebody("rita-there")
    assert sign_in(client, idp, connect="1").location == "/account/security#connected"
    assert [each.user_id for each in identities()] == [cast.rita.id]
    (realm,) = (each.provider for each in identities())
    # the same person of the provider is nobody else's
    other, _ = signed_in(app, cast.mona)
    assert refused(sign_in(other, idp, connect="1"))
    strange = post(other, "/account/security/connected/remove", realm=realm)
    assert strange.status_code == 303 and len(identities()) == 1
    post(client, "/account/security/connected/remove", realm=realm)
    assert identities() == []


def test_a_strangers_identity_is_connected_to_nobody(app: Flask, cast: Cast, idp: Idp) -> None:
    """Somebody begins to connect and has a victim's browser bring it back, or the other way round."""
    mallory, victim = signed_in(app, cast.bo)[0], signed_in(app, cast.rita)[0]
    idp.is_somebody("mallory")
    assert refused(come_back(victim, idp.authorize(leave(mallory, connect="1"))))
    given = idp.authorize(leave(victim, connect="1"))
    post(victim, "/account/out")
    form = csrf_of(victim.get("/account/sign-in").text)
    sent = {"email": "mona@example.org", "password": PASSWORD, "csrf_token": form}
    victim.post("/account/sign-in", data=sent, headers={"Origin": HOST})
    assert refused(come_back(victim, given)) and identities() == []
    nobody = browser(app)
    assert post(nobody, "/account/with/oidc", connect="1").status_code in (401, 403)


def test_the_last_way_in_stays(app: Flask, cast: Cast, idp: Idp) -> None:
    idp.is_somebody("nele")  # without an address
    client = browser(app)
    sign_in(client, idp)
    post(client, "/account/with/oidc/new", name="Nele")
    (realm,) = (each.provider for each in identities())
    post(client, "/account/security/connected/remove", realm=realm)
    assert "last way to sign in" in client.get("/account/security").text
    assert len(identities()) == 1
    nele = db.session.scalar(select(User).where(User.name == "Nele"))
    with unit_of_work():
        assert nele is not None
        nele.member_email = nele.email = "nele@example.org"
    before = mailer.of(app)
    mailer.install(app, MemoryMailer(reaches_people=True))
    try:
        post(client, "/account/security/connected/remove", realm=realm)
    finally:
        mailer.install(app, before)
    assert identities() == []


def test_the_session_is_a_new_one(app: Flask, cast: Cast, idp: Idp) -> None:
    sign_in(first := browser(app), idp)
    post(first, "/account/with/oidc/new", name="Nele")
    client = browser(app)
    address = leave(client)
    before = client.get_cookie("__Host-commentsvc", domain="comments.example.com")
    come_back(client, idp.authorize(address))
    old = browser(app)
    assert before is not None and is_in(client)
    old.set_cookie("__Host-commentsvc", before.value, domain="comments.example.com", secure=True)
    assert not is_in(old)


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "/\\evil", "javascript:1"]
)
def test_nobody_is_led_elsewhere(app: Flask, cast: Cast, idp: Idp, away: str) -> None:
    client = browser(app)
    sign_in(client, idp, next=away)
    assert post(client, "/account/with/oidc/new", name="Nele").location == "/account/"


def test_who_changes_their_mind_comes_back(app: Flask, cast: Cast, idp: Idp) -> None:
    client = opened(app)
    state = idp.authorize(leave(client, site="harbour", nonce=NONCE))["state"]
    answer = come_back(client, {"state": state, "error": "access_denied"})
    assert refused(answer) and f"nonce={NONCE}" in html.unescape(answer.text)
    assert "You canceled the sign-in with" in answer.text
    without_state = come_back(browser(app), {"error": "access_denied"})
    assert refused(without_state) and "You canceled the sign-in with" in without_state.text
    broken = come_back(client, {"state": state, "error": "server_error"})
    assert refused(broken) and "didn’t sign you in" in broken.text


def test_a_provider_that_is_down_or_wrong(app: Flask, cast: Cast, idp: Idp) -> None:
    idp.pages = {
        "/.well-known/openid-configuration": {**idp.published(), "issuer": "https://evil.example"}
    }
    client = browser(app)
    assert refused(post(client, "/account/with/oidc"))
    asking.forget()
    idp.pages = {
        "/.well-known/openid-configuration": {**idp.published(), "token_endpoint": "ftp://x"}
    }
    assert refused(post(client, "/account/with/oidc"))
    assert post(client, "/account/with/google").status_code == 404


ODD: list[dict[str, Any]] = [
    {"token_endpoint_auth_methods_supported": None},
    {"token_endpoint_auth_methods_supported": 5},
    {"token_endpoint_auth_methods_supported": {"client_secret_basic": 1}},
    {"token_endpoint_auth_methods_supported": [["client_secret_basic"]]},
    {"authorization_response_iss_parameter_supported": "true"},
    {"userinfo_endpoint": 5},
    {"userinfo_endpoint": None},
    {"jwks_uri": ["x"]},
    {"authorization_endpoint": {"a": 1}},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_a_configuration_of_odd_types_is_refused_in_words(
    app: Flask, cast: Cast, idp: Idp, odd: dict[str, Any]
) -> None:
    idp.configuration = odd
    (name,) = odd
    answer = post(browser(app), "/account/with/oidc")
    assert refused(answer) and name in answer.text


@pytest.mark.parametrize("issuer", [None, 5, ["x"], {"a": 1}, "https://evil.example"])
def test_an_issuer_of_another_form_is_refused(
    app: Flask, cast: Cast, idp: Idp, issuer: Any
) -> None:
    idp.configuration = {"issuer": issuer}
    assert refused(post(browser(app), "/account/with/oidc"))


def test_a_look_that_failed_is_not_repeated_at_once(app: Flask, cast: Cast, idp: Idp) -> None:
    idp.configuration = {"issuer": "https://evil.example"}
    before = len(idp.asked)
    for _ in range(3):
        assert refused(post(browser(app), "/account/with/oidc"))
    assert len(idp.asked) == before + 1
    idp.configuration = {}
    asking._paused.update({each: 0.0 for each in asking._paused})  # the pause is over
    assert post(browser(app), "/account/with/oidc").status_code == 200


def test_slow_issuers_of_sites_keep_nobody_from_others(app: Flask, cast: Cast, idp: Idp) -> None:
    with ExitStack() as waiting:
        for number in range(2):
            slow = Provider("oidc", "c", "s", f"https://{number}.example", site_id=1)
            waiting.enter_context(asking._slot(slow))
            with pytest.raises(Unavailable), asking._slot(slow):
                pass
        assert post(browser(app), "/account/with/oidc").status_code == 200
        with pytest.raises(Unavailable), asking._slot(replace(slow, issuer="https://3.example")):
            pass
    with asking._slot(slow):
        pass
    assert not asking._calls


def test_only_https_outside_of_tests(make_app: Callable[..., Flask], cast: Cast, idp: Idp) -> None:
    app = make_app(limits=WIDE, providers={"oidc": provider_of(idp)})
    with app.app_context():
        before = len(idp.asked)
        assert refused(post(browser(app), "/account/with/oidc"))
        assert len(idp.asked) == before


# --- the owner's page -------------------------------------------------------------------------------


def test_an_owner_offers_a_provider(app: Flask, cast: Cast, idp: Idp) -> None:
    installed.install(app, {})
    client, _ = signed_in(app, cast.olga)
    page = client.get("/dashboard/sites/harbour/sign-in?kind=oidc").text
    assert f"{HOST}/account/with/oidc.harbour/back" in page
    window = f"/embed/sign-in?site=harbour&nonce={NONCE}"
    assert "/account/with/" not in browser(app).get(window).text  # nothing is offered by itself
    form = {"kind": "oidc", **client_of(idp)}
    wrong = post(client, "/dashboard/sites/harbour/sign-in", **{**form, "issuer": f"{idp.url}/x"})
    assert wrong.status_code == 422
    assert f"{idp.url}/x/.well-known/openid-configuration" in wrong.text
    assert post(client, "/dashboard/sites/harbour/sign-in", **form).status_code == 303
    assert "127.0.0.1" in browser(app).get(window).text
    assert "/account/with/" not in browser(app).get(window.replace("harbour", "mountain")).text
    kept_page = client.get("/dashboard/sites/harbour/sign-in?kind=oidc").text
    assert CLIENT in kept_page and SECRET not in kept_page
    (row,) = db.session.execute(select(kept.SignInProvider.kept_secret)).scalars()
    assert SECRET not in row
    changed = {**form, "client_secret": "", "label": "Harbour ID"}  # the secret stays
    assert post(client, "/dashboard/sites/harbour/sign-in", **changed).status_code == 303
    assert "Continue with Harbour ID" in browser(app).get(window).text
    post(client, "/dashboard/sites/harbour/sign-in/remove", kind="oidc")
    assert "/account/with/" not in browser(app).get(window).text
    assert "set up a sign-in provider" in client.get("/dashboard/log?site=harbour").text


def test_the_second_step_is_asked_for(app: Flask, cast: Cast, idp: Idp) -> None:
    _, offer = totp.offer(cast.rita)
    secret = totp.read_offer(cast.rita, offer)
    totp.confirm(cast.rita, offer, pyotp.TOTP(secret).at(clock.now()))
    idp.is_somebody("rita-there")
    people.connect(cast.rita, installed()["oidc"], "rita-there")
    client = browser(app)
    assert sign_in(client, idp).location == "/account/second-step" and not is_in(client)
    client = opened(app)
    answer = sign_in(client, idp, site="harbour", nonce=NONCE)
    page = client.get(answer.location).text
    assert "Second step" in page and fetched(app).status_code == 202 and not is_in(client)
    code = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    sent = {"site": "harbour", "nonce": NONCE, "act": "second", "code": code}
    sent["csrf_token"] = csrf_of(page)
    led = client.post("/embed/sign-in", data=sent, headers={"Origin": HOST})
    done = client.get(led.location)
    assert 'data-state="done"' in done.text and fetched(app).status_code == 200
