"""The second step in the sign-in window: without it no frame gets anything."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import frames
from commentsvc.core import clock
from commentsvc.sites.commands import set_policy
from tests.accounts.test_passkeys import Key, made_for
from tests.dashboard.test_second_step import code_of, set_up
from tests.embed.test_sign_in import (
    NONCE,
    VERIFIER,
    fetched,
    is_refused,
    opened,
    send,
    sign_in,
)
from tests.web.asking import HOST, csrf_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.people import Cast

MONA = "mona@example.org"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


def test_it_works(app: Flask, cast: Cast) -> None:
    secret, _ = set_up(cast.mona)
    clock.move(timedelta(minutes=1))
    client = opened(app)
    asked = sign_in(client, email=MONA)
    assert "Second step" in asked and 'data-state="here"' in asked
    assert "Enter a recovery code." in asked
    assert fetched(app).status_code == 202
    assert client.get("/account/").status_code == 303
    wrong = send(client, act="second", code="000000")
    assert is_refused(wrong) and "Second step" in wrong.text
    assert 'data-state="done"' in send(client, act="second", code=code_of(secret)).text
    assert fetched(app).get_json()["user"]["name"] == "Mona"
    assert "Mona" in client.get("/account/").text


def test_half_a_sign_in_goes_on_as_nobody(app: Flask, cast: Cast) -> None:
    set_up(cast.mona)
    client = opened(app)
    sign_in(client, email=MONA)
    assert is_refused(send(client, act="continue"))
    assert is_refused(send(client, act="second"))
    assert fetched(app).status_code == 202


def test_a_recovery_code_of_the_window(app: Flask, cast: Cast) -> None:
    _, codes = set_up(cast.mona)
    client = opened(app)
    sign_in(client, email=MONA)
    assert 'data-state="done"' in send(client, act="second", code=codes[0]).text


def test_after_five_tries_it_begins_again(app: Flask, cast: Cast) -> None:
    set_up(cast.mona)
    client = opened(app)
    sign_in(client, email=MONA)
    pages = [send(client, act="second", code="000000").text for _ in range(6)]
    assert "Second step" in pages[3] and "Second step" not in pages[5]
    assert "Start over" in pages[5] and 'name="password"' in pages[5]


def signed(client: FlaskClient, key: Key, *, alone: bool) -> str:
    """What the device says to what the window asks."""
    form = {"csrf_token": csrf_of(client.get(f"/embed/sign-in?site=harbour&nonce={NONCE}").text)}
    if alone:
        form["alone"] = "1"
    asked = client.post("/account/passkey/options", data=form, headers={"Origin": HOST}).get_json()
    challenge = base64.urlsafe_b64decode(asked["challenge"] + "==").decode()
    return key.sign(challenge)


def test_a_passkey_as_the_second_step(app: Flask, cast: Cast) -> None:
    key = made_for(cast.mona)
    client = opened(app)
    assert "Use a passkey" in sign_in(client, email=MONA)
    answer = signed(client, key, alone=False)
    assert 'data-state="done"' in send(client, act="second", passkey=answer).text


def test_a_passkey_alone(app: Flask, cast: Cast) -> None:
    key = made_for(cast.mona)
    client = opened(app)
    answer = signed(client, key, alone=True)
    assert 'data-state="done"' in send(client, act="passkey", passkey=answer).text
    assert fetched(app).get_json()["user"]["name"] == "Mona"


def test_a_passkey_answers_what_this_browser_was_asked(app: Flask, cast: Cast) -> None:
    key = made_for(cast.mona)
    client, other = opened(app), opened(app, frames.nonce_of("other" * 8))
    answer = signed(other, key, alone=True)
    signed(client, key, alone=True)
    refused = send(client, act="passkey", passkey=answer)
    assert is_refused(refused) and 'name="password"' in refused.text
    for broken in ("", "{}", json.dumps({"id": 1})):
        assert is_refused(send(client, act="passkey", passkey=broken))
    assert fetched(app, VERIFIER).status_code == 202


def test_who_still_has_to_set_one_up_does_so_first(app: Flask, cast: Cast) -> None:
    set_policy(cast.site, {"second_factor": True}, by=cast.olga)
    client = opened(app)
    page = sign_in(client, email=MONA)
    assert "/account/security" in page and 'data-state="here"' in page
    assert fetched(app).status_code == 202
    assert 'data-state="here"' in send(client, act="continue").text
    set_up(cast.mona)
    assert 'data-state="done"' in send(client, act="continue").text
