"""The window in which readers sign in: for which frame, who may have opened it, and what it leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import frames
from commentsvc.core import clock
from tests.people import PASSWORD
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.people import Cast

pytestmark = pytest.mark.engines

VERIFIER = "5a" * 32
NONCE = frames.nonce_of(VERIFIER)


def opened(
    app: Flask, nonce: str = NONCE, referer: str | None = None, site: str = "harbour"
) -> Any:
    """A browser with the window open, as a frame of ours opens it."""
    client = browser(app)
    came = f"{HOST}/embed/asking/{nonce}" if referer is None else referer
    again(client, nonce, came, site)
    return client


def again(
    client: FlaskClient, nonce: str, referer: str = "", site: str = "harbour"
) -> TestResponse:
    path = f"/embed/sign-in?site={site}&nonce={nonce}"
    return client.get(path, headers={"Referer": referer} if referer else {})


def send(client: FlaskClient, nonce: str = NONCE, **fields: str) -> TestResponse:
    page = client.get(f"/embed/sign-in?site=harbour&nonce={nonce}")
    sent = {"site": "harbour", "nonce": nonce, "csrf_token": csrf_of(page.text), **fields}
    return client.post("/embed/sign-in", data=sent, headers={"Origin": HOST})


def sign_in(client: FlaskClient, nonce: str = NONCE, email: str = "rita@example.org") -> str:
    answer = send(client, nonce, email=email, password=PASSWORD)
    assert answer.status_code == 200
    return answer.text


def fetched(app: Flask, verifier: str = VERIFIER, site: str = "harbour") -> TestResponse:
    sent = {"verifier": verifier, "site": site}
    return browser(app).post("/api/v1/sign-in/exchange", json=sent)


def test_it_works(app: Flask, cast: Cast) -> None:
    client = opened(app)
    assert fetched(app).status_code == 202
    assert 'data-state="done"' in sign_in(client)
    found = fetched(app).get_json()
    assert found["user"]["name"] == "Rita"
    # signed in here too: "My comments" does not ask again, and the next window offers to go on
    assert "Rita" in client.get("/account/").text
    assert fetched(app).status_code == 401


def test_what_the_window_holds_is_no_secret(app: Flask, cast: Cast) -> None:
    text = sign_in(opened(app))
    assert NONCE in text and VERIFIER not in text
    assert fetched(app, NONCE).status_code == 202


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "https://evil.example/",
        f"https://evil.example/embed/asking/{NONCE}",
        f"{HOST}/embed/thread?site=harbour",  # a link in a comment
        f"{HOST}/embed/asking/{'0' * 64}",
        f"{HOST}/account/sign-in?next=/embed/asking/{NONCE}",
        f"{HOST}.evil.example/embed/asking/{NONCE}",
    ],
)
def test_a_strangers_link_signs_in_nobody_for_the_stranger(
    app: Flask, cast: Cast, referer: str
) -> None:
    """Somebody sends a link to the window, with the hash of a secret of their own."""
    client = opened(app, referer=referer)
    text = sign_in(client)
    assert 'data-state="lost"' in text
    assert fetched(app).status_code == 202
    client = opened(app, referer=referer)
    assert 'data-state="lost"' in sign_in(client) and fetched(app).status_code == 202
    assert 'data-state="lost"' in send(client, act="continue").text
    assert fetched(app).status_code == 202


def test_a_window_is_of_the_browser_that_opened_it(app: Flask, cast: Cast) -> None:
    opened(app)
    other = browser(app)
    assert 'data-state="lost"' in sign_in(other) and fetched(app).status_code == 202


def test_several_frames_wait_at_once(app: Flask, cast: Cast) -> None:
    client = browser(app)
    verifiers = [f"{number:064d}" for number in range(3)]
    for each in verifiers:
        nonce = frames.nonce_of(each)
        again(client, nonce, f"{HOST}/embed/asking/{nonce}")
    sign_in(client, frames.nonce_of(verifiers[1]))
    assert [fetched(app, each).status_code for each in verifiers] == [202, 200, 202]
    for each in (verifiers[0], verifiers[2]):
        text = again(client, frames.nonce_of(each)).text
        assert "Continue as Rita" in text
        assert 'data-state="done"' in send(client, frames.nonce_of(each), act="continue").text
        assert fetched(app, each).get_json()["user"]["name"] == "Rita"


def test_it_is_for_the_site_that_the_window_names(app: Flask, cast: Cast) -> None:
    client = opened(app)
    assert "to comment on The Harbour Post" in again(client, NONCE).text
    sign_in(client)
    assert fetched(app, site="mountain").status_code == 401
    assert fetched(app).status_code == 401


def test_it_waits_ten_minutes(app: Flask, cast: Cast) -> None:
    with clock.frozen(clock.now()):
        client = opened(app)
        clock.move(timedelta(minutes=10, seconds=1))
        assert 'data-state="lost"' in sign_in(client)
        assert fetched(app).status_code == 202


def test_a_second_sending_leaves_nothing_more(app: Flask, cast: Cast) -> None:
    client = opened(app)
    sign_in(client)
    assert 'data-state="lost"' in sign_in(client, email="max@example.org")
    assert fetched(app).get_json()["user"]["name"] == "Rita"
    again(client, NONCE, f"{HOST}/embed/asking/{NONCE}")
    assert 'data-state="lost"' in send(client, act="continue").text


def test_a_session_that_was_there_before_is_not_taken_over(app: Flask, cast: Cast) -> None:
    client = opened(app)
    before = client.get_cookie("__Host-commentsvc", domain="comments.example.com")
    sign_in(client)
    after = client.get_cookie("__Host-commentsvc", domain="comments.example.com")
    assert before is not None and after is not None and before.value != after.value
    old = browser(app)
    old.set_cookie("__Host-commentsvc", before.value, domain="comments.example.com", secure=True)
    assert old.get("/account/").status_code == 303


def test_signing_out_in_the_box_ends_the_session_too(app: Flask, cast: Cast) -> None:
    client = opened(app)
    sign_in(client)
    refresh = fetched(app).get_json()["refresh_token"]
    assert client.get("/account/").status_code == 200
    browser(app).post("/api/v1/sign-in/out", json={"refresh_token": refresh})
    assert client.get("/account/").status_code == 303
