"""What nobody can do with a provider: forge, replay, mix up, take over."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from sqlalchemy import select

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.models import Identity, User
from commentsvc.accounts.providers import asking, kept
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from tests.embed.test_sign_in import NONCE, fetched, opened
from tests.idp import CLIENT, SECRET, Idp
from tests.people import PASSWORD, Cast
from tests.provider import forged, make_key, token
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
    people_here,
    post,
    refused,
    served,
    sign_in,
)

__all__ = ["app", "cast", "idp", "served"]

pytestmark = pytest.mark.engines(sample=1)


# --- state, nonce, code, issuer ---------------------------------------------------------------------


def test_a_state_is_of_one_browser_and_good_once(app: Flask, cast: Cast, idp: Idp) -> None:
    client, other = browser(app), browser(app)
    given = idp.authorize(leave(client))
    assert refused(come_back(other, given))
    for state in ({}, {"state": ""}, {"state": "x" * 43}):
        assert refused(come_back(client, {"code": given["code"], **state}))
    before = client.get_cookie("__Host-commentsvc", domain="comments.example.com")
    asked = idp.codes[given["code"]]
    assert before is not None and come_back(client, given).status_code == 200
    idp.codes[given["code"]] = asked  # a provider that takes a code twice
    assert refused(come_back(client, given))
    # the cookie from before holds the state still
    client.set_cookie("__Host-commentsvc", before.value, domain="comments.example.com", secure=True)
    assert refused(come_back(client, given))
    assert given["code"] in idp.codes  # it was not even sent


def test_a_state_is_soon_over(app: Flask, cast: Cast, idp: Idp) -> None:
    with clock.frozen(clock.now()):
        client = browser(app)
        given = idp.authorize(leave(client))
        clock.move(timedelta(minutes=10, seconds=1))
        assert refused(come_back(client, given))


def test_a_code_of_another_sign_in_is_refused(app: Flask, cast: Cast, idp: Idp) -> None:
    """Somebody puts their own code into a victim's sign-in, or a stolen one into theirs."""
    mallory, victim = browser(app), browser(app)
    stolen = idp.authorize(leave(victim))
    own = idp.authorize(leave(mallory))
    assert refused(come_back(mallory, {**own, "code": stolen["code"]}))  # PKCE
    assert refused(come_back(victim, {**stolen, "code": own["code"]}))
    assert not is_in(mallory) and not is_in(victim)


@pytest.mark.parametrize("nonce", [None, "", "another", 7])
def test_the_nonce_is_looked_at(app: Flask, cast: Cast, idp: Idp, nonce: Any) -> None:
    idp.claims["nonce"] = nonce
    assert refused(sign_in(browser(app), idp))


def test_a_provider_that_names_itself_is_held_to_it(app: Flask, cast: Cast, idp: Idp) -> None:
    """Mix-up: another provider's answer comes to this one's address (RFC 9207)."""
    client = browser(app)
    other = {"iss": "https://evil.example"}
    assert refused(come_back(client, idp.authorize(leave(client)) | other))
    assert not refused(come_back(client, idp.authorize(leave(client)) | {"iss": idp.url}))
    idp.configuration = {"authorization_response_iss_parameter_supported": True}
    asking.forget()
    assert refused(come_back(client, idp.authorize(leave(client))))
    assert not refused(come_back(client, idp.authorize(leave(client)) | {"iss": idp.url}))


def test_an_answer_belongs_to_the_provider_that_was_asked(app: Flask, cast: Cast, idp: Idp) -> None:
    kept.put(
        cast.site.id,
        "harbour",
        "oidc",
        {"issuer": idp.url, "client_id": CLIENT, "client_secret": SECRET},
    )
    client = browser(app)
    given = idp.authorize(leave(client))
    assert refused(come_back(client, given, "oidc.harbour"))
    assert given["code"] in idp.codes  # the other one has not learned it
    assert refused(come_back(client, given))  # and it is used up


# --- tokens -----------------------------------------------------------------------------------------


def _unsigned(said: dict[str, Any]) -> str:
    return forged({"alg": "none", "typ": "JWT"}, said, b"")


WRONG: dict[str, Callable[[Idp], Callable[[dict[str, Any]], str]]] = {
    "none": lambda idp: lambda said: forged({"alg": "none"}, _timed(said), b""),
    "the secret": lambda idp: lambda said: jwt.encode(_timed(said), SECRET * 3, algorithm="HS256"),
    "the public key as a secret": lambda idp: lambda said: _confused(idp, said),
    "another key": lambda idp: lambda said: token(make_key("EC"), "ES256", **said),
    "foreign audience": lambda idp: lambda said: token(idp.key, "ES256", **{**said, "aud": "x"}),
    "two audiences": lambda idp: (
        lambda said: token(idp.key, "ES256", **{**said, "aud": [CLIENT, "x"]})
    ),
    "foreign issuer": lambda idp: (
        lambda said: token(idp.key, "ES256", **{**said, "iss": "https://accounts.google.com"})
    ),
    "no issuer": lambda idp: lambda said: token(idp.key, "ES256", **{**said, "iss": None}),
    "another party": lambda idp: lambda said: token(idp.key, "ES256", **said, azp="x"),
    "over": lambda idp: lambda said: token(idp.key, "ES256", **said, iat=1, exp=2),
    "no subject": lambda idp: lambda said: token(idp.key, "ES256", **{**said, "sub": None}),
    "a number for a subject": lambda idp: (
        lambda said: token(idp.key, "ES256", **{**said, "sub": 7})
    ),
    "no token": lambda idp: lambda said: "x",
}


def _timed(said: dict[str, Any]) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {**said, "iat": now, "exp": now + 300}


def _confused(idp: Idp, said: dict[str, Any]) -> str:
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = idp.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = forged({"alg": "HS256", "typ": "JWT"}, _timed(said), b"").rpartition(".")[0]
    signature = hmac.new(public, unsigned.encode(), hashlib.sha256).digest()
    return forged({"alg": "HS256", "typ": "JWT"}, _timed(said), signature)


@pytest.mark.parametrize("how", list(WRONG))
def test_a_token_that_is_not_right_signs_in_nobody(
    app: Flask, cast: Cast, idp: Idp, how: str
) -> None:
    idp.sign = WRONG[how](idp)
    client = browser(app)
    before = members()
    answer = sign_in(client, idp)
    assert refused(answer) and "Sign-in failed" in answer.text
    assert not is_in(client) and members() == before


# --- whose account ----------------------------------------------------------------------------------


def test_nobody_is_taken_over_by_an_address(app: Flask, cast: Cast, idp: Idp) -> None:
    """Not even by a proved one: the owner signs in once, and says so."""
    idp.is_somebody("mallory", "rita@example.org")
    client = browser(app)
    answer = sign_in(client, idp)
    assert "already an account" in answer.text and not is_in(client)
    forced = post(client, "/account/with/oidc/new", name="Rita")
    assert forced.status_code in (409, 422) and members() == len(people_here())
    form = csrf_of(client.get("/account/register").text)
    unasked = client.post(
        "/account/with/oidc/connect", data={"csrf_token": form}, headers={"Origin": HOST}
    )
    assert unasked.status_code == 401 and identities() == []


@pytest.mark.engines
def test_the_owner_of_the_address_connects_it_once(app: Flask, cast: Cast, idp: Idp) -> None:
    idp.is_somebody("rita-there", "rita@example.org")
    client = opened(app)
    page = sign_in(client, idp, site="harbour", nonce=NONCE).text
    way_on = html.unescape(re.search(r'href="(/account/sign-in\?next=[^"]+)"', page)[1])
    sign_in_page = client.get(way_on).text
    assert 'value="rita@example.org"' in sign_in_page
    assert "/account/with/oidc" not in sign_in_page.replace("/account/with/oidc/connect", "")
    assert "rita@example.org" not in client.get("/account/sign-in").text
    form = csrf_of(sign_in_page)
    sent = {"email": "rita@example.org", "password": PASSWORD, "csrf_token": form}
    sent["next"] = "/account/with/oidc/connect"
    here = client.post("/account/sign-in", data=sent, headers={"Origin": HOST})
    assert here.location == "/account/with/oidc/connect"
    consent = client.get(here.location).text
    assert "Connect Example ID?" in consent and identities() == []
    done = client.post(
        here.location, data={"csrf_token": csrf_of(consent)}, headers={"Origin": HOST}
    )
    assert 'data-state="done"' in client.get(done.location).text
    assert fetched(app).get_json()["user"]["name"] == "Rita"
    other = browser(app)
    assert sign_in(other, idp).status_code == 303 and "Rita" in other.get("/account/").text


def test_somebody_else_cannot_connect_it(app: Flask, cast: Cast, idp: Idp) -> None:
    client, _ = signed_in(app, cast.mona)
    idp.is_somebody("rita-there", "rita@example.org")
    sign_in(client, idp)
    page = client.get("/account/with/oidc/connect")
    assert refused(page) and "another address" in page.text
    assert refused(post(client, "/account/with/oidc/connect")) and identities() == []


@pytest.mark.parametrize("proved", [False, None, "yes", 0, "false"])
def test_an_address_that_is_not_proved_is_nobodys(
    app: Flask, cast: Cast, idp: Idp, proved: Any
) -> None:
    idp.is_somebody("mallory", "rita@example.org", email_verified=proved)
    client = browser(app)
    assert "already an account" not in sign_in(client, idp).text
    post(client, "/account/with/oidc/new", name="Mallory")
    made = db.session.scalar(select(User).where(User.name == "Mallory"))
    assert made is not None and made.member_email is None and made.email is None


def test_an_issuer_of_a_sites_own_choice_owns_no_addresses(
    app: Flask, cast: Cast, idp: Idp
) -> None:
    """Its owner can have it say anything: of people who have an account, and of those who will."""
    kept.put(cast.site.id, "harbour", "oidc", client_of(idp))
    for email in ("rita@example.org", "future@example.org"):
        idp.is_somebody(f"trap-for-{email}", email)
        client = browser(app)
        answer = sign_in(client, idp, "oidc.harbour", site="harbour")
        assert "already an account" not in answer.text
        post(client, "/account/with/oidc.harbour/new", name="Trap")
        assert is_in(client) and "Trap" in client.get("/account/").text
    assert by_email("future@example.org") is None
    for trap in db.session.scalars(select(User).where(User.name == "Trap")):
        assert trap.email is None and trap.email_verified_at is None  # nor are they written to
    # and the same issuer is another realm for the whole installation
    idp.is_somebody("trap-for-rita@example.org")
    assert "Choose the name" in sign_in(browser(app), idp).text


def test_a_sites_own_issuer_opens_nothing_for_those_who_work_elsewhere(
    app: Flask, cast: Cast, idp: Idp
) -> None:
    provider = kept.put(cast.other.id, "mountain", "oidc", client_of(idp))
    with unit_of_work():
        db.session.add(Identity(user_id=cast.mona.id, provider=provider.realm, subject="mona"))
    idp.is_somebody("mona")
    client = browser(app)
    answer = sign_in(client, idp, "oidc.mountain")
    assert refused(answer) and "other sites" in answer.text and not is_in(client)


def test_a_sites_own_issuer_is_connected_to_no_account(app: Flask, cast: Cast, idp: Idp) -> None:
    kept.put(cast.site.id, "harbour", "oidc", client_of(idp))
    client, _ = signed_in(app, cast.rita)
    assert "127.0.0.1" not in client.get("/account/security").text
    idp.is_somebody("trap")
    assert refused(sign_in(client, idp, "oidc.harbour", connect="1")) and identities() == []
