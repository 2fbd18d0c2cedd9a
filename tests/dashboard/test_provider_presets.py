"""What is particular to some providers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.providers import Api, Preset, installed, kept
from tests.idp import CLIENT, SECRET, Idp, provider_of
from tests.provider import make_key
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast
from tests.dashboard.with_idp import (
    app,
    cast,
    idp,
    leave,
    post,
    refused,
    served,
    sign_in,
)

__all__ = ["app", "cast", "idp", "served"]

pytestmark = pytest.mark.engines(sample=1)


# --- presets ----------------------------------------------------------------------------------------


def test_github_says_who_it_is_by_its_api(
    app: Flask, cast: Cast, idp: Idp, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(f"{idp.url}/authorize", f"{idp.url}/token", f"{idp.url}/user", f"{idp.url}/emails")
    preset = Preset("GitHub", idp.url, "read:user user:email", api=api)
    monkeypatch.setitem(kept.PRESETS, "github", preset)
    installed.install(app, {"github": provider_of(idp, "github", label="")})
    addresses = [
        {"email": "rita@example.org", "primary": False, "verified": True},
        {"email": "nele@example.org", "primary": True, "verified": True},
    ]
    idp.pages = {"/user": {"id": 17, "login": "nele", "name": None}, "/emails": addresses}
    client = browser(app)
    assert 'value="nele"' in sign_in(client, idp, "github").text
    post(client, "/account/with/github/new", name="Nele")
    assert by_email("nele@example.org") is not None
    idp.pages["/user"] = {"id": 18, "login": "mallory"}
    addresses[1].update(email="rita@example.org", verified=False)
    assert "Choose the name" in sign_in(browser(app), idp, "github").text
    idp.pages["/user"] = {"login": "nobody"}
    assert refused(sign_in(browser(app), idp, "github"))


def test_microsofts_directories_prove_no_addresses(app: Flask, cast: Cast, idp: Idp) -> None:
    """Whoever runs a directory writes what they like into its accounts."""
    tenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
    idp.configuration = {"issuer": f"{idp.url}/{{tenantid}}/v2.0"}
    installed.install(app, {"microsoft": provider_of(idp, "microsoft")})
    said = {"tid": tenant, "iss": f"{idp.url}/{tenant}/v2.0"}
    idp.is_somebody("x", "rita@example.org", **said)
    assert "Choose the name" in sign_in(browser(app), idp, "microsoft").text
    idp.is_somebody("x", "rita@example.org", xms_edov=True, **said)
    assert "already an account" in sign_in(browser(app), idp, "microsoft").text
    for wrong in ({"tid": "another"}, {"iss": f"{idp.url}/evil/v2.0"}, {"tid": None}):
        idp.is_somebody("x", **{**said, **wrong})
        assert refused(sign_in(browser(app), idp, "microsoft"))


def test_apple_sends_a_form_and_takes_a_signed_secret(app: Flask, cast: Cast, idp: Idp) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = make_key("EC")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    options = {"team": "TEAM", "key": "KEY"}
    apple = replace(provider_of(idp, "apple", secret=pem), options=options, label="")
    installed.install(app, {"apple": apple})
    idp.configuration = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    sent: list[dict[str, str]] = []
    before = idp.exchange

    def exchange(form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        sent.append(form)
        return before({**form, "client_secret": SECRET}, authorization)

    idp.exchange = exchange  # type: ignore[method-assign]
    try:
        idp.is_somebody("apple-7", "nele@example.org", email_verified="true")
        client = browser(app)
        address = leave(client, "apple")
        assert "response_mode=form_post" in address
        user = '{"name": {"firstName": "Nele", "lastName": "N"}, "email": "x"}'
        form = {**idp.authorize(address), "user": user}
        bare = browser(app)  # the provider's page sends it: without our cookie
        here = bare.post("/account/with/apple/back", data=form, headers={"Origin": "https://x"})
        answer = client.get(here.location)
    finally:
        idp.exchange = before  # type: ignore[method-assign]
    assert 'value="Nele N"' in answer.text and "nele@example.org" in answer.text
    said = jwt.decode(
        sent[0]["client_secret"], key.public_key(), algorithms=["ES256"], audience=idp.url
    )
    assert (said["iss"], said["sub"]) == ("TEAM", CLIENT)


def test_what_the_token_leaves_out_is_asked_for(app: Flask, cast: Cast, idp: Idp) -> None:
    idp.configuration = {"userinfo_endpoint": f"{idp.url}/me"}
    idp.is_somebody("nele")
    person = {"sub": "nele", "email": "nele@example.org", "email_verified": True, "name": "Nele"}
    idp.pages = {"/me": person}
    assert "nele@example.org" in sign_in(browser(app), idp).text
    idp.pages = {"/me": {**person, "sub": "somebody-else"}}
    assert "nele@example.org" not in sign_in(browser(app), idp).text
