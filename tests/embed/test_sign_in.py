"""The window in which readers sign in: for which frame, who may have opened it, and what it leaves."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import frames
from commentsvc.accounts.commands import by_email
from commentsvc.core import clock, jobs
from commentsvc.notifications.mail import Mail, MemoryMailer, mailer
from commentsvc.sites import commands as sites
from tests.people import PASSWORD
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)

VERIFIER = "5a" * 32
NONCE = frames.nonce_of(VERIFIER)


def opened(
    app: Flask, nonce: str = NONCE, referer: str | None = None, site: str = "harbour"
) -> Any:
    """A browser with the window open, as a frame of ours opens it."""
    client = browser(app)
    came = f"{HOST}/embed/asking-{nonce}" if referer is None else referer
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
    answer = client.post("/embed/sign-in", data=sent, headers={"Origin": HOST})
    return client.get(answer.location) if answer.status_code == 303 else answer


def is_refused(answer: TestResponse) -> bool:
    return answer.status_code == 200 and 'id="problem"' in answer.text


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
        "http://[",
        f"https://evil.example/embed/asking-{NONCE}",
        f"{HOST}/embed/thread?site=harbour",  # a link in a comment
        f"{HOST}/embed/asking-{'0' * 64}",
        f"{HOST}/account/sign-in?next=/embed/asking-{NONCE}",
        f"{HOST}.evil.example/embed/asking-{NONCE}",
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
        again(client, nonce, f"{HOST}/embed/asking-{nonce}")
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


@pytest.mark.engines
def test_a_second_sending_leaves_nothing_more(app: Flask, cast: Cast) -> None:
    client = opened(app)
    sign_in(client)
    assert 'data-state="lost"' in sign_in(client, email="max@example.org")
    assert fetched(app).get_json()["user"]["name"] == "Rita"
    again(client, NONCE, f"{HOST}/embed/asking-{NONCE}")
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


# --- with a code from an email ----------------------------------------------------------------------


@pytest.fixture
def post_office(app: Flask) -> Iterator[MemoryMailer]:
    """Emails reach people."""
    before, mailing = mailer.of(app), MemoryMailer(reaches_people=True)
    mailer.install(app, mailing)
    yield mailing
    mailer.install(app, before)


def code_in(mail: Mail) -> str:
    (found,) = re.findall(r"^(\d{4} \d{4})$", mail.body, re.MULTILINE)
    return str(found)


NELE = {"name": "Nele", "email": "nele@example.org", "password": "a long enough one"}


def test_an_account_is_made_in_one_window(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    client = opened(app)
    assert "Check your email" in send(client, act="register", **NELE).text
    jobs.run_due()
    (email,) = post_office.sent
    assert "The Harbour Post" in email.subject and email.sender_name == "The Harbour Post"
    answer = send(client, act="code", code=code_in(email), email=NELE["email"])
    assert 'data-state="done"' in answer.text
    assert fetched(app).get_json()["user"]["name"] == "Nele"
    assert "Nele" in client.get("/account/").text
    used = send(client, act="code", code=code_in(email))
    assert is_refused(used)


def test_the_link_leads_on_as_well_and_asks_for_no_password(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    client = opened(app)
    send(client, act="register", **NELE)
    jobs.run_due()
    (link,) = re.findall(rf"{HOST}(/account/\S+)", post_office.sent[0].body)
    page = client.get(link).text
    assert 'type="password"' not in page and 'type="password"' in browser(app).get(link).text
    sent = {"token": link.partition("token=")[2], "csrf_token": csrf_of(page)}
    made = client.post("/account/confirm", data=sent, headers={"Origin": HOST})
    assert made.status_code == 303
    assert fetched(app).get_json()["user"]["name"] == "Nele"


def test_somebody_elses_browser_needs_the_password_for_the_link(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    send(opened(app), act="register", **NELE)
    jobs.run_due()
    (link,) = re.findall(rf"{HOST}(/account/\S+)", post_office.sent[0].body)
    other = browser(app)
    sent = {"token": link.partition("token=")[2], "csrf_token": csrf_of(other.get(link).text)}
    refused = other.post("/account/confirm", data=sent, headers={"Origin": HOST})
    assert refused.status_code == 422 and by_email("nele@example.org") is None
    assert fetched(app).status_code == 202


@pytest.mark.parametrize("act", ["code", "reset"])
@pytest.mark.engines
def test_a_code_is_of_one_browser_and_few_tries(
    app: Flask, cast: Cast, post_office: MemoryMailer, act: str
) -> None:
    client, fields = opened(app), {"password": "a long enough one", "act": act}
    if act == "code":
        send(client, **{**NELE, "act": "register"})
    else:
        send(client, act="forgot", email="rita@example.org")
    jobs.run_due()
    code = code_in(post_office.sent[-1])
    elsewhere = send(browser(app), code=code, **fields)
    assert is_refused(elsewhere) and "isn’t the code" in elsewhere.text
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}"
    for each in ("", "0", wrong, "\u0661" * 8, "x" * 9):
        refused = send(client, code=each, **fields)
        assert is_refused(refused) and "isn’t the code" in refused.text
    late = send(client, code=code, **fields)  # the right one, after five tries
    assert is_refused(late) and fetched(app).status_code == 202


def test_a_password_is_forgotten_and_set_in_one_window(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    other = opened(app)
    sign_in(other)
    assert fetched(app).status_code == 200
    verifier = "77" * 32
    nonce = frames.nonce_of(verifier)
    client = opened(app, nonce)
    assert (
        "Reset your password"
        in client.get(f"/embed/sign-in?site=harbour&nonce={nonce}&act=forgot").text
    )
    send(client, nonce, act="forgot", email="rita@example.org")
    jobs.run_due()
    code = code_in(post_office.sent[-1])
    assert "The Harbour Post" in post_office.sent[-1].subject
    short = send(client, nonce, act="reset", code=code, password="short")
    assert is_refused(short) and code in short.text  # nothing is lost
    done = send(client, nonce, act="reset", code=code, password="quite another one")
    assert 'data-state="done"' in done.text
    assert fetched(app, verifier).get_json()["user"]["name"] == "Rita"
    assert client.get("/account/").status_code == 200 and other.get("/account/").status_code == 303
    jobs.run_due()
    assert "The Harbour Post" in post_office.sent[-1].subject


def test_nothing_tells_who_has_an_account(
    app: Flask, cast: Cast, post_office: MemoryMailer
) -> None:
    said: list[list[str]] = []
    for email in ("rita@example.org", "nobody@example.org"):
        client = opened(app)
        texts = [send(client, act="forgot", email=email).text]
        jobs.run_due()
        tried = {"act": "reset", "email": email, "password": "a long enough one"}
        texts += [send(client, code="1234 5678", **tried).text for _ in range(6)]
        said.append([re.sub(r'csrf_token" value="[^"]+"|' + email, "", each) for each in texts])
    assert said[0] == said[1]
    assert [each.to for each in post_office.sent] == ["rita@example.org"]


def test_sign_up_that_is_closed_is_closed_here_too(app: Flask, cast: Cast) -> None:
    sites.set_policy(cast.site, {"sign_up_open": False}, by=cast.olga)
    client = opened(app)
    assert is_refused(send(client, act="register", **NELE))
    assert by_email("nele@example.org") is None
