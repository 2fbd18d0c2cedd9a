"""What a token of a site's own sign-in makes of a reader, and what it can never make of one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.core import clock
from commentsvc.core.errors import Invalid
from commentsvc.sites.badges import badges_of
from commentsvc.sites.commands import set_policy, set_role
from commentsvc.sites.own_sign_in import sign_in
from commentsvc.sites.policy import check_shown
from commentsvc.sites.queries import policy_of, role_of
from commentsvc.threads import pages
from commentsvc.web.render import comments_html
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from tests.people import Cast

LATER = [0]


def by_token(cast: Cast, *, site: Any = None, **user: Any) -> User:
    """Sign in by a token that is newer than the one before."""
    site = site or cast.site
    LATER[0] += 1
    now = int(clock.now().timestamp()) - 200 + LATER[0] % 200
    said = {"aud": site.key, "iat": now, "exp": now + 400, "user": {"id": "17", **user}}
    return sign_in(site, jwt.encode(said, site.secrets[0]))


@pytest.fixture(autouse=True)
def _start() -> None:
    LATER[0] = 0


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    set_policy(cast.site, {"picture_origins": ["https://*.example.org"]}, by=None)
    found = by_token(
        cast,
        name="Sam",
        email="Sam@Example.org",
        email_verified=True,
        url="https://news.example.org/readers/17",
        picture="https://img.example.org/17.png",
        badges=["subscriber", "subscriber", "author"],
        locale="fr",
    )
    assert (found.name, found.email, found.locale) == ("Sam", "sam@example.org", "fr")
    assert found.email_verified_at and found.member_email is None
    assert found.profile == {
        "site": cast.site.id,
        "badges": ["subscriber", "author"],
        "url": "https://news.example.org/readers/17",
        "picture": "https://img.example.org/17.png",
        "role": "none",
        "gave": "none",
    }


@pytest.mark.parametrize(
    "user",
    [
        {"email": "rita@example.org"},
        {"email": "rita@example.org", "email_verified": "true"},
        {"email": "rita@example.org", "email_verified": 1},
        {"email": ["rita@example.org"], "email_verified": True},
        {"email": "rita", "email_verified": True},
        {"email": "a\nb@example.org", "email_verified": True},
        {"url": "javascript:alert(1)"},
        {"url": "https://news.example.org.evil.example/"},
        {"url": "https://news.example.org@evil.example/"},
        {"url": {"a": 1}},
        {"picture": "https://img.example.org/1.png"},
        {"picture": "data:image/svg+xml,<svg onload=alert(1)>"},
        {"badges": "staff"},
        {"badges": [1, {"a": 1}, "UPPER", "a b", '"><b>', "x" * 31, None]},
        {"badges": {"a": 1}},
        {"locale": "../../etc"},
        {"locale": 5},
        {"locale": "tlh"},
        {"role": "owner"},
        {"role": ["moderator"]},
        {"role": "admin"},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_left_out(cast: Cast, user: dict[str, Any]) -> None:
    found = by_token(cast, **user)
    said = found.profile or {}
    assert (found.email, found.email_verified_at, found.locale) == (None, None, None)
    assert (said["url"], said["picture"], said["badges"], said["role"]) == ("", "", [], "none")


def test_an_address_takes_no_account(cast: Cast) -> None:
    """Neither that of a member here, nor one that a member registers later."""
    assert cast.rita.member_email
    found = by_token(cast, email=cast.rita.member_email, email_verified=True)
    assert found.id != cast.rita.id
    other = accounts.by_email(cast.rita.member_email)
    assert other is not None and other.id == cast.rita.id
    by_token(cast, email="new@example.org", email_verified=True)
    new = accounts.register(email="new@example.org", password="correct horse battery", name="New")
    assert new.id != by_token(cast, email="new@example.org", email_verified=True).id


def test_an_id_of_another_site_is_another_person(cast: Cast) -> None:
    set_policy(cast.other, {"badges": ["subscriber | Subscriber"]}, by=None)
    one, two = by_token(cast, badges=["subscriber"]), by_token(cast, site=cast.other)
    assert one.id != two.id and (one.profile or {})["site"] != (two.profile or {})["site"]


@pytest.mark.parametrize(
    ("most", "asked", "role"),
    [
        ("none", "moderator", "reader"),
        ("trusted", "trusted", "trusted"),
        ("trusted", "moderator", "trusted"),
        ("moderator", "trusted", "trusted"),
        ("moderator", "moderator", "moderator"),
        ("moderator", "owner", "reader"),
        ("moderator", "none", "reader"),
    ],
)
def test_a_role_is_never_above_what_the_owner_allows(
    cast: Cast, most: str, asked: str, role: str
) -> None:
    set_policy(cast.site, {"token_role": most}, by=None)
    assert role_of(by_token(cast, role=asked), cast.site) == role


@pytest.mark.engines
def test_a_role_goes_with_what_gave_it(cast: Cast) -> None:
    set_policy(cast.site, {"token_role": "moderator"}, by=None)
    assert role_of(by_token(cast, role="moderator"), cast.site) == "moderator"
    assert role_of(by_token(cast, role="trusted"), cast.site) == "trusted"
    assert role_of(by_token(cast), cast.site) == "reader"
    by_token(cast, role="moderator")
    set_policy(cast.site, {"token_role": "none"}, by=None)
    assert role_of(by_token(cast, role="moderator"), cast.site) == "reader"


@pytest.mark.engines
def test_what_people_decided_stays(cast: Cast) -> None:
    set_policy(cast.site, {"token_role": "moderator"}, by=None)
    sam = by_token(cast, role="trusted")
    set_role(cast.site, sam, None, by=cast.olga)
    assert role_of(by_token(cast, role="trusted"), cast.site) == "reader"
    set_role(cast.site, sam, "banned", by=cast.mona, until=clock.now() + timedelta(days=1))
    assert role_of(by_token(cast, role="moderator"), cast.site) == "banned"
    set_role(cast.site, sam, "owner", by=cast.olga)
    assert role_of(by_token(cast), cast.site) == "owner"


@pytest.mark.engines
def test_a_token_takes_no_role_that_a_person_gave(cast: Cast) -> None:
    """Though it asked for the same one, before or after."""
    set_policy(cast.site, {"token_role": "moderator"}, by=None)
    sam = by_token(cast)
    set_role(cast.site, sam, "trusted", by=cast.olga)
    for asked in ("trusted", "none", "moderator", "trusted", "none"):
        assert role_of(by_token(cast, role=asked), cast.site) == "trusted"
    set_role(cast.site, sam, None, by=cast.olga)
    assert role_of(by_token(cast, role="moderator"), cast.site) == "moderator"
    set_role(cast.site, sam, "moderator", by=cast.olga)
    assert role_of(by_token(cast), cast.site) == "moderator"
    set_role(cast.site, sam, None, by=cast.olga)
    assert role_of(by_token(cast, role="moderator"), cast.site) == "reader"


@pytest.mark.engines
def test_what_a_ban_kept_from_a_person_is_given_after_it(cast: Cast) -> None:
    set_policy(cast.site, {"token_role": "moderator"}, by=None)
    sam = by_token(cast)
    set_role(cast.site, sam, "banned", by=cast.mona)
    assert role_of(by_token(cast, role="trusted"), cast.site) == "banned"
    set_role(cast.site, sam, None, by=cast.mona)
    assert role_of(by_token(cast, role="trusted"), cast.site) == "trusted"
    set_role(cast.site, sam, "banned", by=cast.mona, until=clock.now() + timedelta(days=1))
    assert role_of(by_token(cast, role="moderator"), cast.site) == "banned"
    with clock.frozen(clock.now()):
        until = clock.now() + timedelta(seconds=1)
        set_role(cast.site, sam, "banned", by=cast.mona, until=until)
        clock.move(timedelta(seconds=2))
        assert role_of(by_token(cast, role="moderator"), cast.site) == "moderator"
        assert role_of(by_token(cast), cast.site) == "reader"


def test_the_name_of_staff_is_held(cast: Cast) -> None:
    sam = by_token(cast, name="Sam Reader")
    assert post(cast.site, user=sam).comment.status == "published"
    sam = by_token(cast, name=cast.mona.name)
    assert post(cast.site, user=sam).comment.status == "pending"


@pytest.mark.engines
def test_badges_are_those_of_the_site(cast: Cast) -> None:
    lines = ["subscriber | Subscriber | #ffff00", "author | Author"]
    set_policy(cast.site, {"badges": lines}, by=None)
    sam = by_token(cast, name="Sam Reader", badges=["author", "unknown", "subscriber"])
    made = post(cast.site, user=sam).comment
    view = pages.view(made)
    shown = comments_html([view], "en", policy_of(cast.site))
    assert 'badge b-subscriber">Subscriber<' in shown and "unknown" not in shown
    set_policy(cast.site, {"badges": ["subscriber | Member"]}, by=None)
    renamed = comments_html([view], "en", policy_of(cast.site))
    assert ">Member<" in renamed and "Author" not in renamed
    for shade in badges_of(tuple(lines))["subscriber"].shades:
        assert shade.color != "#ffff00" or shade.contrast >= 4.5


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Staff",
        "a|",
        "|b",
        "A | b",
        "a b | c",
        "a | b | nocolor",
        "a | b | red | x",
        f"a | {'x' * 41}",
    ],
)
def test_what_is_no_badge_is_refused(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_shown("badges", (line,))
    assert refused.value.field == "badges"


def test_no_badge_vanishes_because_there_are_many() -> None:
    lines = tuple(f"b{n} | Badge {n}" for n in range(21))
    check_shown("badges", lines[:20])
    assert len(badges_of(lines[:20])) == 20
    with pytest.raises(Invalid, match="at most 20 badges"):
        check_shown("badges", lines)


def test_addresses_of_pictures_are_checked() -> None:
    check_shown("picture_origins", ("https://img.example.org",))
    for wrong in ("*", "https://*.com", "https://a.example/path", "'none'", "a;img-src", "a,b"):
        with pytest.raises(Invalid) as refused:
            check_shown("picture_origins", (wrong,))
        assert refused.value.field == "picture_origins"
