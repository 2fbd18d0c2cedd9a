"""A phone or a key is lost, and another takes its place: what was on the old one is worth nothing after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.factors import passkeys, totp
from commentsvc.core import clock
from tests.accounts.test_passkeys import Key, made_for
from tests.dashboard.conftest import sign_in as browser_of
from tests.dashboard.test_second_step import code_of, half_in, set_up, token_of
from tests.embed.test_second_step import MONA, signed
from tests.embed.test_sign_in import opened, send, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

__all__ = ["browser_of"]

pytestmark = pytest.mark.engines(sample=1)

STEP = "/account/second-step"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


def by_app(app: Flask, code: str) -> bool:
    client = opened(app)
    sign_in(client, email=MONA)
    send(client, act="second", code=code)
    return client.get("/account/").status_code == 200


def by_key(app: Flask, key: Key) -> bool:
    client = opened(app)
    send(client, act="passkey", passkey=signed(client, key, alone=True))
    return client.get("/account/").status_code == 200


def test_a_phone_with_the_app(
    app: Flask, cast: Cast, browser_of: Callable[[str | None], Staff]
) -> None:
    lost, codes = set_up(cast.mona)
    clock.move(timedelta(minutes=1))
    thief = half_in(browser_of, "mona")
    assert thief.post(STEP, code=code_of(lost)).status_code == 303
    mona = half_in(browser_of, "mona")
    assert mona.post(STEP, code=codes[0]).status_code == 303
    mona.token = token_of(mona.page("/account/security"))
    assert mona.post("/account/security/sessions/end").status_code == 303
    assert thief.get("/account/").status_code == 303  # signed out
    assert mona.post("/account/security/app/remove").status_code == 303
    new, fresh = set_up(cast.mona)
    clock.move(timedelta(minutes=1))
    assert not by_app(app, code_of(lost)) and not by_app(app, codes[1])
    assert by_app(app, code_of(new)) and by_app(app, fresh[0])


def test_one_of_two_keys(app: Flask, cast: Cast) -> None:
    phone, laptop = (made_for(cast.mona, id=each) for each in (b"phone", b"laptop"))
    assert by_key(app, phone) and by_key(app, laptop)
    lost, kept = passkeys.passkeys_of(cast.mona)
    passkeys.remove(cast.mona, lost.id)
    assert not by_key(app, phone) and by_key(app, laptop)
    assert [each.id for each in passkeys.passkeys_of(cast.mona)] == [kept.id]


def test_an_app_and_a_key_stand_in_for_each_other(app: Flask, cast: Cast) -> None:
    secret, _ = set_up(cast.mona)
    key = made_for(cast.mona)
    clock.move(timedelta(minutes=1))
    assert by_key(app, key) and by_app(app, code_of(secret))
    totp.remove(cast.mona)
    assert not by_app(app, code_of(secret, steps=1)) and by_key(app, key)
