"""Tokens that a site's own login signs: taken when they are right, and in no other case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as some

from commentsvc.accounts.ways import Place
from commentsvc.accounts.ways.site_token import member_of
from commentsvc.core import clock
from commentsvc.core.errors import NotAllowed

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
