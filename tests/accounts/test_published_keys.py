"""Tokens proved by keys that a site or its OpenID provider publishes: no key is taken from a token."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from commentsvc.accounts.vouching import keys
from commentsvc.accounts.ways import Place
from commentsvc.accounts.ways.site_token import WrongToken, member_of
from commentsvc.core import clock
from commentsvc.core.errors import Invalid, Unavailable
from commentsvc.settings import Settings, settings
from commentsvc.sites.policy import check_shown
from tests.provider import Provider, forged, make_key, published, serving, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast

ED, RSA, EC = make_key(), make_key("RSA"), make_key("EC")


@pytest.fixture
def provider(app: Flask, cast: Cast) -> Iterator[Provider]:
    settings.install(app, Settings(**{**settings.of(app).as_dict(), "webhook_private": True}))
    keys.forget()
    with serving() as provider:
        provider.publish(published(ED, "one"), published(RSA, "two"), published(EC, "three"))
        provider.configure()
        yield provider


def place(provider: Provider, **more: Any) -> Place:
    return Place("harbour", ("a secret of the site, of 32 bytes and more",), **more)


def member(provider: Provider, given: str) -> User:
    return member_of(given, place(provider, keys_url=f"{provider.url}/keys"))


def test_it_works(provider: Provider) -> None:
    found = [
        member(provider, token(ED, "EdDSA")),
        member(provider, token(RSA, "RS256", kid="two")),
        member(provider, token(EC, "ES256", kid="three")),
        member(provider, token(ED, "EdDSA", kid=None)),
        member(provider, jwt.encode(claims(), "a secret of the site, of 32 bytes and more")),
    ]
    assert len({each.id for each in found}) == 1
    assert provider.asked == ["/keys"]  # once for all


def claims(**more: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {"iat": now, "exp": now + 300, "aud": "harbour", "user": {"id": "1"}, **more}


def pem_of(key: Any) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    found: bytes = key.public_key().public_bytes(serialization.Encoding.PEM, form)
    return found


def confused(secret: bytes, kid: str) -> str:
    """Signed with a public key, as if it were the secret."""
    header = {"alg": "HS256", "kid": kid}
    start = forged(header, claims(), b"").rsplit(".", 1)[0]
    return forged(header, claims(), hmac.new(secret, start.encode(), hashlib.sha256).digest())


MINE = make_key()


@pytest.mark.parametrize(
    "given",
    [
        lambda: token(MINE, "EdDSA"),
        lambda: token(ED, "EdDSA", kid="two"),
        lambda: token(ED, "EdDSA", kid="nobody's"),
        lambda: token(ED, "EdDSA", kid="../../one"),
        lambda: token(ED, "EdDSA", kid="one' OR '1'='1"),
        lambda: token(RSA, "PS256", kid="two"),
        lambda: token(RSA, "RS512", kid="two"),
        lambda: token(ED, "EdDSA", aud="mountain"),
        lambda: token(ED, "EdDSA", aud=None),
        lambda: forged({"alg": "none", "kid": "one"}, claims(), b""),
        lambda: forged({"alg": "None"}, claims(), b""),
        lambda: confused(pem_of(RSA), "two"),
        lambda: confused(pem_of(RSA).strip(), "two"),
        lambda: confused(json.dumps(published(ED, "one")).encode(), "one"),
        lambda: jwt.encode(claims(), MINE, "EdDSA", {"jwk": published(MINE, "one"), "kid": "one"}),
        lambda: jwt.encode(claims(), ED, "EdDSA", {"typ": "at+jwt", "kid": "one"}),
        lambda: jwt.encode(claims(), ED, "EdDSA", {"crit": ["b64"], "b64": False, "kid": "one"}),
    ],
)
def test_no_other_key_is_taken(provider: Provider, given: Callable[[], str]) -> None:
    with pytest.raises(WrongToken):
        member(provider, given())


def test_an_address_in_a_token_is_never_asked(provider: Provider) -> None:
    with serving() as theirs:
        theirs.publish(published(MINE, "mine"))
        more = {"jku": f"{theirs.url}/keys", "x5u": f"{theirs.url}/keys", "kid": "mine"}
        with pytest.raises(WrongToken):
            member(provider, jwt.encode(claims(), MINE, "EdDSA", more))
        with pytest.raises(WrongToken):
            member(provider, jwt.encode(claims(iss=theirs.url), MINE, "EdDSA", more))
        assert theirs.asked == []


def test_keys_are_changed_and_looked_for_again_in_moderation(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr(keys.time, "monotonic", lambda: moment[0])
    member(provider, token(ED, "EdDSA"))
    new = make_key()
    provider.publish(published(new, "next"))
    for _ in range(3):  # whoever invents key ids makes us ask nobody
        with pytest.raises(WrongToken):
            member(provider, token(new, "EdDSA", kid="next"))
    moment[0] += keys.PAUSE
    assert member(provider, token(new, "EdDSA", kid="next"))
    with pytest.raises(WrongToken):  # the one before is gone
        member(provider, token(ED, "EdDSA"))
    assert len(provider.asked) == 2
    provider.status = 500
    moment[0] += keys.FRESH
    assert member(provider, token(new, "EdDSA", kid="next"))  # what was known stands meanwhile
    moment[0] += 25 * 3600
    with pytest.raises(Unavailable):
        member(provider, token(new, "EdDSA", kid="next"))


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"keys": "x"},
        {"keys": [None, 1, {}, {"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": [{**published(ED, "one"), "use": "enc"}]},
        {"keys": [{**published(ED, "one"), "alg": "HS256"}]},
        {"keys": [{**published(ED, "one"), "d": "AAAA"}]},
        {"keys": [{**published(ED, "one"), "x": "!"}]},
        {"keys": [published(make_key("RSA", bits=1024), "one")]},
    ],
    ids=range(10),  # the keys are made anew each time
)
def test_what_is_no_key_of_use_is_none(provider: Provider, said: Any) -> None:
    provider.pages["/keys"] = said
    with pytest.raises(Invalid):
        keys.count_at(f"{provider.url}/keys")
    with pytest.raises((WrongToken, Unavailable)):
        member(provider, token(ED, "EdDSA"))


def test_private_addresses_are_not_asked(app: Flask, provider: Provider) -> None:
    settings.install(app, replace(settings.of(app), webhook_private=False))
    for name in ("keys_url", "issuer"):
        for url in (provider.url, "https://127.0.0.1/keys", "https://[::1]/", "file:///etc/passwd"):
            with pytest.raises(Invalid) as refused:
                check_shown(name, url)
            assert refused.value.field == name and refused.value.detail
    assert provider.asked == []


# --- an OpenID provider ---------------------------------------------------------------------------


def id_token(provider: Provider, **more: Any) -> str:
    said = {"user": None, "iss": provider.url, "aud": "paper", "sub": "s-1", "name": "Sam", **more}
    return token(ED, "EdDSA", **said)


def by_id_token(provider: Provider, given: str, **more: Any) -> User:
    return member_of(given, place(provider, issuer=provider.url, client_id="paper", **more))


def test_an_id_token_signs_in(provider: Provider) -> None:
    now = int(clock.now().timestamp())
    more = {"email": "Sam@Example.org", "email_verified": True, "locale": "de-DE"}
    found = by_id_token(provider, id_token(provider, exp=now + 3600, azp="paper", **more))
    assert (found.name, found.email, found.locale) == ("Sam", "sam@example.org", "de")
    assert found.member_email is None and found.email_verified_at is not None
    assert by_id_token(provider, id_token(provider)).id == found.id
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize(
    "more",
    [
        {"aud": "another client"},
        {"aud": ["paper", "another"]},
        {"aud": "harbour"},
        {"azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"sub": None},
        {"sub": 5},
        {"sub": {"id": 1}},
        {"sub": "x" * 300},
        {"exp": 1},
        {"exp": None},
        {"iat": 4102444800},
        {"exp": 4102444800},
    ],
    ids=str,
)
def test_any_other_id_token_is_refused(provider: Provider, more: dict[str, Any]) -> None:
    with pytest.raises(WrongToken):
        by_id_token(provider, id_token(provider, **more))


def test_a_secret_never_signs_for_a_provider(provider: Provider) -> None:
    said = {**claims(aud="paper"), "iss": provider.url, "sub": "s-1"}
    with pytest.raises(WrongToken):
        by_id_token(provider, jwt.encode(said, "a secret of the site, of 32 bytes and more"))


def test_people_of_two_issuers_are_two(provider: Provider) -> None:
    first = by_id_token(provider, id_token(provider, sub="1"))
    with serving() as other:
        other.publish(published(ED, "one"))
        other.configure()
        moved = place(other, issuer=other.url, client_id="paper")
        second = member_of(id_token(other, sub="1"), moved)
        own = member_of(token(ED, "EdDSA"), place(other, keys_url=f"{other.url}/keys"))
    assert len({first.id, second.id, own.id}) == 3


def test_a_configuration_of_another_issuer_is_refused(provider: Provider) -> None:
    provider.configure(issuer="https://elsewhere.example")
    with pytest.raises(Invalid, match="different issuer"):
        keys.count_of_issuer(provider.url)
    with pytest.raises(Unavailable):
        by_id_token(provider, id_token(provider))


def test_an_id_token_gives_no_role_and_no_badge(provider: Provider) -> None:
    more = {"role": "moderator", "badges": ["staff"], "user": {"id": "9", "role": "moderator"}}
    found = by_id_token(provider, id_token(provider, **more))
    assert found.profile and (found.profile["role"], found.profile["badges"]) == ("none", [])
