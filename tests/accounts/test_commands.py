"""Members, guests and who a site vouches for: how they come, what they are called, how they leave."""

from __future__ import annotations

from datetime import timedelta
from unicodedata import category

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import proofs
from commentsvc.accounts.models import Credential, Identity, User
from commentsvc.accounts.names import name_from_elsewhere
from commentsvc.accounts.ways import Place
from commentsvc.accounts.ways.password import authenticate
from commentsvc.accounts.ways.site_token import WrongToken, member_of
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.people import PASSWORD, Cast

SECRET = "a secret of the site, of 32 bytes and more"


def count() -> int:
    return db.session.scalar(select(func.count(User.id))) or 0


def token(**claims: object) -> str:
    """What a site's own login would sign, for ten minutes."""
    now = int(clock.now().timestamp())
    user = {"id": "42", "username": "Edda"}
    return jwt.encode(
        {"iat": now, "exp": now + 600, "aud": "harbour", "user": user, **claims}, SECRET
    )


def from_token(given: str) -> User:
    return member_of(given, Place("harbour", (SECRET,)))


def test_it_works(cast: Cast) -> None:
    user = accounts.register(email=" Edda@Example.ORG ", password=PASSWORD, name=" Edda ")
    assert (user.email, user.member_email, user.name) == ("edda@example.org",) * 2 + ("Edda",)
    assert (user.kind, user.is_admin, user.email_verified_at) == ("member", False, None)
    assert PASSWORD not in (user.password_hash or "")
    assert authenticate("EDDA@example.org ", PASSWORD) is user
    assert accounts.by_email("edda@EXAMPLE.org") is user


def test_an_address_has_one_account(cast: Cast) -> None:
    before = count()
    with pytest.raises(Conflict) as refused:
        accounts.register(email="RITA@example.org", password=PASSWORD, name="Another Rita")
    assert refused.value.field == "email"
    db.session.rollback()
    assert count() == before


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("email", {"email": "no address"}),
        ("email", {"email": ""}),
        ("password", {"password": "short"}),
        ("password", {"password": "x" * 257}),
        ("password", {"password": "PassWord1"}),
        ("name", {"name": " "}),
        ("name", {"name": "n" * 121}),
    ],
)
def test_what_cannot_be_an_account(cast: Cast, field: str, given: dict[str, str]) -> None:
    before = count()
    with pytest.raises(Invalid) as refused:
        accounts.register(
            **{"email": "e@example.org", "password": PASSWORD, "name": "Edda", **given}
        )
    assert refused.value.field == field and count() == before


def test_every_wrong_sign_in_says_the_same(cast: Cast) -> None:
    accounts.erase(cast.max)
    said = set()
    for email, password in (
        ("rita@example.org", "wrong horse battery"),
        ("nobody@example.org", PASSWORD),
        ("max@example.org", PASSWORD),  # has left
        ("rita@example.org", ""),
        ("rita@example.org", "\ud800"),
        ("r" * 1000, PASSWORD),
    ):
        with pytest.raises(NotAllowed) as refused:
            authenticate(email, password)
        said.add((refused.value.code, refused.value.detail, refused.value.field))
    assert len(said) == 1 and said.pop()[0] == "wrong_sign_in"


@given(text=some.text(max_size=60) | some.emails() | some.from_regex(r"[^@]{0,9}@[^@]{0,9}\.\w+"))
def test_an_address_is_kept_in_one_form(text: str) -> None:
    try:
        email = accounts.clean_email(text)
    except Invalid as refused:
        assert refused.field == "email"
        return
    assert accounts.clean_email(email) == email == email.strip().lower()
    assert email.count("@") == 1 and len(email) <= 254
    assert email.isprintable() and not set(email) & set(' \t\r\n"<>(),;:\\')


@given(text=some.text(max_size=60), fallback=some.just("Reader"))
def test_names_from_elsewhere_can_always_be_shown(text: str, fallback: str) -> None:
    name = name_from_elsewhere(text, fallback)
    assert name and name == name.strip()
    assert not {category(char) for char in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert name_from_elsewhere(name, fallback) == name


def test_a_guest_is_somebody_by_a_token_alone(cast: Cast) -> None:
    user, secret = accounts.make_guest("Gus", "Rita@example.org")
    other, other_secret = accounts.make_guest("Gus", "rita@example.org")
    assert user.is_guest and user.id != other.id and secret != other_secret
    assert (user.email, user.member_email) == ("rita@example.org", None)
    assert accounts.by_email("rita@example.org") is cast.rita
    found = proofs.find("guest", secret)
    assert found is not None and found.user_id == user.id
    with pytest.raises(NotAllowed):
        authenticate("rita@example.org", secret)
    for name, email in (("", None), ("Gus", "no address")):
        with pytest.raises(Invalid):
            accounts.make_guest(name, email)


def test_who_a_site_vouches_for(cast: Cast) -> None:
    user = from_token(token())
    assert (user.name, user.kind, user.email, user.password_hash) == ("Edda", "member", None, None)
    assert from_token(token()) is user
    assert from_token(token(user={"id": 42, "name": "Edda", "email": "olga@example.org"})) is user
    assert user.email is None  # anybody could have registered it there
    other = member_of(token(aud="mountain"), Place("mountain", (SECRET,)))
    assert other is not user


def test_a_newer_token_renames_and_an_older_does_not(cast: Cast) -> None:
    now = int(clock.now().timestamp())
    user = from_token(token(iat=now - 60))
    from_token(token(iat=now - 30, user={"id": "42", "username": "Edda the Second"}))
    assert user.name == "Edda the Second"
    from_token(token(iat=now - 59, user={"id": "42", "username": "Edda the First"}))
    assert user.name == "Edda the Second"


@pytest.mark.parametrize(
    "user", [None, "42", [], {}, {"id": ""}, {"id": " "}, {"username": "Edda"}]
)
def test_a_token_without_a_user_is_nobody_s(cast: Cast, user: object) -> None:
    with pytest.raises(WrongToken):
        from_token(token(user=user))


def test_who_has_left_is_not_vouched_back(cast: Cast) -> None:
    user = from_token(token())
    identity = db.session.scalar(select(Identity).where(Identity.user_id == user.id))
    assert identity is not None
    accounts.erase(user)
    assert from_token(token()) is not user  # somebody new, with nothing of what was


def test_one_setting_changes_and_the_others_stay(cast: Cast) -> None:
    accounts.change_setting(cast.rita, "keys", lambda _: {"approve": "a"})
    accounts.change_setting(cast.rita, "theme", lambda kept: kept or "dark")
    accounts.change_setting(cast.rita, "theme", lambda kept: f"{kept}er")
    assert cast.rita.settings == {"keys": {"approve": "a"}, "theme": "darker"}
    accounts.change_setting(cast.rita, "theme", lambda _: None)
    assert cast.rita.settings == {"keys": {"approve": "a"}}


def test_people_are_found_or_not(cast: Cast) -> None:
    assert accounts.by_id(cast.rita.id) is accounts.by_public_id(cast.rita.public_id) is cast.rita
    for look in (lambda: accounts.by_id(10**6), lambda: accounts.by_public_id("nobody")):
        with pytest.raises(NotFound):
            look()
    assert accounts.by_email("nobody@example.org") is None


def test_a_name_is_changed(cast: Cast) -> None:
    accounts.change_name(cast.rita, "  Rita Ora ")
    assert cast.rita.name == "Rita Ora"
    with pytest.raises(Invalid):
        accounts.change_name(cast.rita, "")
    assert cast.rita.name == "Rita Ora"


def test_a_new_password_ends_other_sessions(cast: Cast) -> None:
    epoch, secret = cast.rita.session_epoch, proofs.issue("access", user=cast.rita)
    with pytest.raises(NotAllowed) as refused:
        accounts.change_password(cast.rita, "wrong horse battery", "a better horse")
    assert refused.value.field == "old" and cast.rita.session_epoch == epoch
    with pytest.raises(Invalid):
        accounts.change_password(cast.rita, PASSWORD, "short")
    accounts.change_password(cast.rita, PASSWORD, "a better horse")
    assert cast.rita.session_epoch == epoch + 1
    assert proofs.find("access", secret) is None
    assert authenticate("rita@example.org", "a better horse") is cast.rita
    with pytest.raises(NotAllowed):
        authenticate("rita@example.org", PASSWORD)


def test_who_leaves_leaves_nothing_behind(cast: Cast) -> None:
    proofs.issue("access", user=cast.rita, ttl=timedelta(hours=1))
    from_token(token())
    accounts.change_setting(cast.rita, "theme", lambda _: "dark")
    public_id, epoch = cast.rita.public_id, cast.rita.session_epoch
    accounts.erase(cast.rita)
    db.session.expire_all()
    rita = cast.rita
    assert (rita.email, rita.member_email, rita.password_hash, rita.settings) == (
        None,
        None,
        None,
        {},
    )
    assert rita.name != "Rita" and rita.public_id != public_id and not rita.is_active
    assert rita.session_epoch == epoch + 1
    assert db.session.scalar(select(Credential).where(Credential.user_id == rita.id)) is None
    with pytest.raises(NotFound):
        accounts.by_public_id(public_id)
    again = accounts.register(email="rita@example.org", password=PASSWORD, name="Rita")
    assert again.id != rita.id
