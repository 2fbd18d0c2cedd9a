"""Tokens that a site's own login signs: taken when they are right, and in no other case."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select

from commentsvc.accounts import commands as accounts
from commentsvc.accounts.models import Identity, UsedToken
from commentsvc.accounts.ways import Place
from commentsvc.accounts.ways.site_token import WrongToken, member_of
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import NotAllowed
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.accounts.models import User
    from tests.people import Cast

OLD, NEW = "the secret before, still good, 32 bytes", "the secret of now, of 32 bytes and more"


def signed(secret: str = NEW, algorithm: str = "HS256", **claims: object) -> str:
    now = int(clock.now().timestamp())
    wanted = {"iat": now, "exp": now + 600, "aud": "harbour", "user": {"id": "1"}, **claims}
    return jwt.encode(
        {name: value for name, value in wanted.items() if value is not None},
        secret if algorithm != "none" else "",
        algorithm=algorithm,
    )


def member(token: str) -> User:
    return member_of(token, Place("harbour", (NEW, OLD)))


def test_it_works(cast: Cast) -> None:
    assert member(signed()).id == member(signed(OLD)).id


def test_a_clock_may_be_a_minute_fast(cast: Cast) -> None:
    """Otherwise, nobody could sign in on a site whose clock nobody sets."""
    now = int(clock.now().timestamp())
    assert member(signed(iat=now + 55, nbf=now + 55, exp=now + 655))
    for late in ({"iat": now + 70}, {"nbf": now + 70}, {"exp": now + 670}):
        with pytest.raises(NotAllowed):
            member(signed(**{"exp": now + 300, **late}))


@pytest.mark.parametrize(
    "given",
    [
        lambda now: signed("a secret that is none of the two, 32 bytes"),
        lambda now: signed(algorithm="none"),
        lambda now: signed(NEW * 2, algorithm="HS512"),
        lambda now: signed(aud="mountain"),
        lambda now: signed(aud=None),
        lambda now: signed(exp=None),
        lambda now: signed(iat=None),
        lambda now: signed(exp=now - 60),
        lambda now: signed(exp=now + 3600),
        lambda now: signed(iat=now + 3600),
        lambda now: signed()[:-4],
        lambda now: "",
        lambda now: "a.b.c",
        lambda now: "…",
    ],
)
def test_any_other_token_is_refused(cast: Cast, given: Callable[[int], str]) -> None:
    with pytest.raises(NotAllowed):
        member(given(int(clock.now().timestamp())))


@given(text=some.text(max_size=80) | some.from_regex(r"[\w-]+\.[\w-]+\.[\w-]*", fullmatch=True))
def test_no_text_passes_for_a_token(cast: Cast, text: str) -> None:
    with pytest.raises(NotAllowed):
        member(text)


def raw(payload: str, *, header: str = '{"alg":"HS256","typ":"JWT"}') -> str:
    """A rightly signed token of any bytes: no library would write some of these."""
    parts = [base64.urlsafe_b64encode(each.encode()).rstrip(b"=") for each in (header, payload)]
    mark = hmac.new(NEW.encode(), b".".join(parts), hashlib.sha256).digest()
    return b".".join((*parts, base64.urlsafe_b64encode(mark).rstrip(b"="))).decode()


def said(**changes: str) -> str:
    """The payload with some values written as they stand here."""
    now = int(clock.now().timestamp())
    wanted = {"iat": f"{now}", "exp": f"{now + 300}", "aud": '"harbour"', "user": '{"id": "1"}'}
    wanted |= changes
    return "{" + ", ".join(f'"{name}": {value}' for name, value in wanted.items()) + "}"


ODD_TIMES = [
    *('"4102444800"', '"soon"', "1e999", "-1e999", "1e308", "-62135596801", "-1", "0", "NaN"),
    *("null", "true", "[]", "{}", "[1]", "9" * 400, "-" + "9" * 400, "253402300800", '""', "1e15"),
]
ODD_IDS = [
    *('{"a": 1}', "[1]", "true", "false", "1.5", '""', '"  "', '"\\ud800"', '"a\\udfffb"', "null"),
    *('"\\u0000"', '"a\\nb"', '"' + "x" * 251 + '"', "9" * 300, '{"id": {"id": 1}}', "NaN"),
]


@every_row(
    "payload",
    [
        *({"exp": each} for each in ODD_TIMES),
        *({"iat": each} for each in ODD_TIMES),
        *({"nbf": each} for each in ODD_TIMES if each not in ("0", "null")),
        *({"user": f'{{"id": {each}}}'} for each in ODD_IDS),
        *({"jti": each} for each in ODD_IDS if each != "null"),
        *({"user": each} for each in ('"1"', "1", "[]", "null", "[" * 5000 + "]" * 5000)),
        *({"aud": each} for each in ('["harbour", "mountain"]', '{"a": 1}', "1", '"\\ud800"')),
    ],
)
def test_odd_claims_are_refused_with_a_reason(cast: Cast, payload: dict[str, str]) -> None:
    with pytest.raises(WrongToken) as refused:
        member(raw(said(**payload)))
    assert refused.value.detail


@pytest.mark.parametrize(
    "header",
    ["[" * 5000 + "]" * 5000, "{}", "[]", '{"alg": {"a": 1}}', '{"alg":"HS256","crit":["x"]}'],
)
def test_odd_headers_are_refused(cast: Cast, header: str) -> None:
    with pytest.raises(WrongToken):
        member(raw(said(), header=header))


@pytest.mark.parametrize(
    "payload", ["[" * 5000 + "]" * 5000, "[]", "null", "{", '{"a": 1}', "\ufeff{}", ""]
)
def test_odd_payloads_are_refused(cast: Cast, payload: str) -> None:
    with pytest.raises(WrongToken):
        member(raw(payload))


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ('{"id": 17}', "Reader"),
        ('{"id": "17", "username": {"a": 1}}', "Reader"),
        ('{"id": "17", "username": ["Sam"]}', "Reader"),
        ('{"id": "17", "username": "S\\ud800am"}', "S\ufffdam"),
        ('{"id": "17", "name": "Sam"}', "Sam"),
    ],
)
def test_odd_names_are_borne(cast: Cast, user: str, name: str) -> None:
    assert member(raw(said(user=user))).name in (name, "Reader")


def test_ids_are_not_cut(cast: Cast) -> None:
    one, two = ("x" * 249 + each for each in "ab")
    assert member(signed(user={"id": one})).id != member(signed(user={"id": two})).id


def test_one_site_alone_in_a_list_is_that_site(cast: Cast) -> None:
    assert member(signed(aud=["harbour"])).id == member(signed()).id


@pytest.mark.engines
def test_a_token_with_an_id_is_good_once(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        token = signed(jti="one")
        assert member(token).id == member(signed(jti="two")).id == member(signed(jti=3)).id
        for used in (token, signed(jti="one", exp=int(clock.now().timestamp()) + 60)):
            with pytest.raises(WrongToken, match="already been used"):
                member(used)
        assert member_of(signed(jti="one", aud="mountain"), Place("mountain", (NEW,)))
        again = signed()
        assert member(again).id == member(again).id  # without an id it is good until it is over
        assert kept() == 4
        clock.move(timedelta(minutes=11))
        member(signed(jti="later"))
        assert kept() == 1  # those that are over are forgotten


def test_what_was_refused_is_not_used_up(cast: Cast) -> None:
    user = member(signed())
    accounts.erase(user)
    db.session.add(Identity(user_id=user.id, provider="site:harbour", subject="1"))
    db.session.commit()
    for _ in range(2):
        with pytest.raises(NotAllowed) as refused:
            member(signed(jti="one"))
        assert refused.value.key == "not_allowed.account_deleted"


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(UsedToken)) or 0


@pytest.mark.parametrize(
    ("token", "name"),
    [
        (lambda: raw(said()[:-1] + ', "user": {"id": "2"}}'), "user"),
        (lambda: raw(said(user='{"id": "1", "id": "2"}')), "id"),
        (lambda: raw(said()[:-1] + ', "a\\u0075d": "harbour"}'), "aud"),
        (lambda: raw(said(more='[{"x": 1, "x": 1}]')), "x"),
        (lambda: raw(said(), header='{"alg":"HS256","alg":"HS256"}'), "alg"),
    ],
)
def test_a_name_that_stands_twice_is_refused(
    cast: Cast, token: Callable[[], str], name: str
) -> None:
    with pytest.raises(WrongToken, match=f"“{name}” twice"):
        member(token())
    assert member(raw(said())).name
