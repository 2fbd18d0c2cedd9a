"""Passkeys without a browser: what is kept, and what a forged or repeated answer gets."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url as text

from commentsvc.accounts.commands import erase
from commentsvc.accounts.factors import factors_of, passkeys
from commentsvc.accounts.models import Credential, UsedToken
from commentsvc.accounts.ways import Place, ways
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.core.ids import new_secret
from commentsvc.settings import settings

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast

HOST = "comments.example.com"
PRESENT, VERIFIED, MADE = 0x01, 0x04, 0x40


@dataclass
class Key:
    """An authenticator that holds one key, and does as it is told."""

    handle: str
    id: bytes = b"a key of a test"
    count: int = 1
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, challenge: str, **said: Any) -> str:
        """The answer to being asked to make a passkey."""
        numbers = self.private.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        made = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        facts = self._facts(PRESENT | VERIFIED | MADE, **said) + made
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": facts})
        said_by = _client("webauthn.create", challenge, **said)
        return self._answer({"clientDataJSON": text(said_by), "attestationObject": text(attested)})

    def sign(self, challenge: str, *, flags: int = PRESENT | VERIFIED, **said: Any) -> str:
        """The answer to being asked to sign."""
        self.count += 1
        facts, client = self._facts(flags, **said), _client("webauthn.get", challenge, **said)
        signed = facts + hashlib.sha256(client).digest()
        return self._answer(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(facts),
                "signature": text(self.private.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": text(self.handle.encode()),
            }
        )

    def _facts(self, flags: int, *, host: str = HOST, count: int | None = None, **_: Any) -> bytes:
        number = self.count if count is None else count
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + number.to_bytes(4, "big")

    def _answer(self, response: dict[str, Any]) -> str:
        named = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return json.dumps({**named, "response": response, "clientExtensionResults": {}})


def _client(kind: str, challenge: str, *, origin: str = f"https://{HOST}", **_: Any) -> bytes:
    said = {"type": kind, "challenge": text(challenge.encode()), "origin": origin}
    return json.dumps(said).encode()


def made_for(user: User, **more: Any) -> Key:
    key, challenge = Key(user.public_id, **more), new_secret()
    passkeys.register(user, key.make(challenge), challenge, "Laptop")
    return key


def sign_in(answer: str, challenge: str) -> User:
    return ways()["passkey"].prove({"passkey": answer, "challenge": challenge}, Place())


def test_it_works(cast: Cast) -> None:
    key, challenge = Key(cast.mona.public_id), new_secret()
    codes = passkeys.register(cast.mona, key.make(challenge), challenge, " Laptop ")
    assert len(codes) == 10
    (shown,) = passkeys.passkeys_of(cast.mona)
    assert (shown.name, shown.used_at) == ("Laptop", None)
    challenge = new_secret()
    assert sign_in(key.sign(challenge), challenge) == cast.mona
    assert passkeys.passkeys_of(cast.mona)[0].used_at is not None
    again = new_secret()
    assert passkeys.fits(cast.mona, key.sign(again), again)
    passkeys.remove(cast.mona, shown.id)
    assert not factors_of(cast.mona)


def test_what_browsers_are_asked(cast: Cast) -> None:
    made_for(cast.mona)
    create = passkeys.creation_options(cast.mona, "abc")
    assert create["rp"]["id"] == HOST and create["excludeCredentials"]
    assert create["authenticatorSelection"]["residentKey"] == "required"
    assert passkeys.request_options(None, "abc")["userVerification"] == "required"
    assert not passkeys.request_options(None, "abc")["allowCredentials"]
    assert passkeys.request_options(cast.mona, "abc")["allowCredentials"]


@pytest.mark.parametrize(
    "said",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://comments.example.com"},
        {"origin": "https://comments.example.com.evil.example"},
        {"host": "evil.example"},
        {"host": "example.com"},
        {"flags": VERIFIED},  # nobody has touched it
        {"flags": PRESENT},  # nobody knows who has touched it
        {"count": 1},  # a copy of the key was used before
    ],
)
def test_answers_of_others_sign_nobody_in(cast: Cast, said: dict[str, Any]) -> None:
    key, challenge = made_for(cast.mona), new_secret()
    with pytest.raises(NotAllowed):
        sign_in(key.sign(challenge, **said), challenge)


def test_as_a_second_factor_a_touch_is_enough(cast: Cast) -> None:
    key, challenge = made_for(cast.mona), new_secret()
    assert passkeys.fits(cast.mona, key.sign(challenge, flags=PRESENT), challenge)


@pytest.mark.parametrize("said", [{"origin": "https://evil.example"}, {"host": "evil.example"}])
def test_keys_of_another_host_are_not_taken(cast: Cast, said: dict[str, Any]) -> None:
    key, challenge = Key(cast.mona.public_id), new_secret()
    with pytest.raises(NotAllowed):
        passkeys.register(cast.mona, key.make(challenge, **said), challenge, "Laptop")
    assert not factors_of(cast.mona)


def test_an_answer_is_good_once(cast: Cast) -> None:
    key, challenge = made_for(cast.mona), new_secret()
    answer = key.sign(challenge)
    sign_in(answer, challenge)
    for row in db.session.scalars(select(Credential).where(Credential.kind == "passkey")):
        row.grants = {**row.grants, "count": 0}  # as of keys that do not count
    with pytest.raises(NotAllowed):
        sign_in(answer, challenge)
    with pytest.raises(NotAllowed):
        sign_in(answer, new_secret())


def test_an_answer_with_another_signature(cast: Cast) -> None:
    made_for(cast.mona)
    challenge = new_secret()
    with pytest.raises(NotAllowed):
        sign_in(Key(cast.mona.public_id).sign(challenge, count=9), challenge)


def test_a_key_names_its_owner_alone(cast: Cast) -> None:
    key = made_for(cast.mona)
    key.handle = cast.olga.public_id
    challenge = new_secret()
    with pytest.raises(NotAllowed):
        sign_in(key.sign(challenge), challenge)


def test_a_key_is_no_second_factor_of_somebody_else(cast: Cast) -> None:
    key, challenge = made_for(cast.mona), new_secret()
    made_for(cast.olga, id=b"another")
    assert not passkeys.fits(cast.olga, key.sign(challenge), challenge)


def test_a_key_belongs_to_one_person(cast: Cast) -> None:
    key, challenge = made_for(cast.mona), new_secret()
    with pytest.raises(Conflict):
        passkeys.register(cast.olga, key.make(challenge), challenge, "Mine")
    with pytest.raises(NotFound):
        passkeys.remove(cast.olga, passkeys.passkeys_of(cast.mona)[0].id)
    with pytest.raises(NotFound):
        passkeys.rename(cast.olga, passkeys.passkeys_of(cast.mona)[0].id, "Mine")


@pytest.mark.parametrize(
    "answer",
    ["", "{", "[]", "{}", '{"id": 7}', '{"id": "a"}', '{"id": "a", "response": []}', "9" * 50_000],
)
def test_what_is_no_answer(cast: Cast, answer: str) -> None:
    for ask in (
        lambda: sign_in(answer, "abc"),
        lambda: passkeys.register(cast.mona, answer, "abc", "Laptop"),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert not passkeys.fits(cast.mona, answer, "abc")


def test_malformed_parts_of_an_answer(cast: Cast) -> None:
    key, challenge = made_for(cast.mona), new_secret()
    whole = json.loads(key.sign(challenge))
    for name in whole["response"]:
        wrongs: tuple[Any, ...] = (None, 7, "", "AAAA", "!", [], {})
        for wrong in wrongs:
            broken = {**whole, "response": {**whole["response"], name: wrong}}
            with pytest.raises(NotAllowed):
                sign_in(json.dumps(broken), challenge)


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_names(cast: Cast, name: str) -> None:
    key, challenge = Key(cast.mona.public_id), new_secret()
    with pytest.raises(Invalid):
        passkeys.register(cast.mona, key.make(challenge), challenge, name)


def test_there_is_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "MOST", 1)
    made_for(cast.mona)
    with pytest.raises(Conflict):
        passkeys.creation_options(cast.mona, "abc")


def test_of_who_has_left_nothing_is_kept(cast: Cast) -> None:

    key, challenge = made_for(cast.rita), new_secret()
    erase(cast.rita)
    with pytest.raises(NotAllowed):
        sign_in(key.sign(challenge), challenge)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://comments.example.com", HOST),
        ("https://comments.example.com:8443", HOST),
        ("http://localhost:5000", "localhost"),
        ("http://comments.example.com", None),
        ("http://127.0.0.1:5000", None),
        ("https://[::1]", None),
    ],
)
def test_where_browsers_make_passkeys(app: Flask, url: str, host: str | None) -> None:
    settings.install(app, replace(settings(), public_url=url))
    assert passkeys.host() == host


def test_challenges_are_forgotten(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        key, challenge = made_for(cast.mona), new_secret()
        sign_in(key.sign(challenge), challenge)
        clock.move(timedelta(hours=1))
        other = new_secret()
        sign_in(key.sign(other), other)

        assert len(db.session.scalars(select(UsedToken)).all()) == 1
