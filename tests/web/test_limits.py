"""Too fast is answered 429 with the seconds to wait, whoever counts and whatever fails."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import jwt
import pytest
from flask import Flask

from commentsvc.settings import LIMITS, Settings, WrongSettings, named_limits, settings
from commentsvc.web.limits.counting import CalmStorage, SteadyStorage
from tests.conftest import empty_the_database
from tests.people import Cast, make_cast
from tests.web.asking import bearer, body, browser

if TYPE_CHECKING:
    from pathlib import Path

Limited = Callable[..., Flask]
JTIS = map(str, count(1))  # a token may be good once


@pytest.fixture
def limited(make_app: Callable[..., Flask]) -> Iterator[Limited]:
    """An app under limits of one's own: `limited("post=2/10 seconds")`."""
    plain = make_app()

    def make(limits: str = "", **more: object) -> Flask:
        given = replace(settings.of(plain), limits=limits, redis_url="")
        return make_app(settings=replace(given, **more))

    with plain.app_context():
        empty_the_database()
        yield make


def post(app: Flask, text: str, headers: dict[str, str] | None = None, **environ: str) -> int:
    answer = browser(app).post(
        "/api/v1/comments", json=body(text=text), headers=headers, environ_base=environ
    )
    return answer.status_code


def test_it_works(limited: Limited) -> None:
    app = limited()
    make_cast()
    assert [post(app, f"Number {n}.") for n in range(3)] == [201, 201, 429]


def test_the_answer_says_how_long_to_wait(limited: Limited) -> None:
    app = limited("post=1/10 seconds")
    make_cast()
    first = browser(app).post("/api/v1/comments", json=body())
    assert first.headers["RateLimit-Limit"] == "1" and first.headers["RateLimit-Remaining"] == "0"
    assert "Retry-After" not in first.headers
    answer = browser(app).post("/api/v1/comments", json=body(text="Again."))
    found = answer.get_json()
    assert answer.status_code == 429 and found["code"] == "too_many_requests"
    assert 1 <= found["retry_after"] <= 10
    assert answer.headers["Retry-After"] == str(found["retry_after"])
    assert str(found["retry_after"]) in found["detail"]


def test_waiting_helps(limited: Limited) -> None:
    app = limited("post=1/second")
    make_cast()
    assert post(app, "One.") == 201
    assert 429 in [post(app, f"Soon after, {n}.") for n in range(20)]
    time.sleep(1.1)
    assert post(app, "Three.") == 201


def test_addresses_are_counted_apart_and_a_64_is_one(limited: Limited) -> None:
    app = limited("post=1/minute")
    make_cast()

    def from_(address: str, text: str) -> int:
        return post(app, text, REMOTE_ADDR=address)

    assert from_("203.0.113.9", "a") == 201
    assert from_("203.0.113.9", "b") == 429
    assert from_("203.0.113.10", "c") == 201
    assert from_("2001:db8::1", "d") == 201
    assert from_("2001:db8::ffff:2", "e") == 429
    assert from_("2001:db8:0:1::1", "f") == 201


def test_a_claimed_address_changes_nothing(limited: Limited) -> None:
    app = limited("post=1/minute")
    make_cast()
    for n, header in enumerate(("X-Forwarded-For", "X-Real-Ip", "Forwarded", "CF-Connecting-IP")):
        status = post(app, f"n{n}", {header: f"198.51.100.{n}"}, REMOTE_ADDR="203.0.113.9")
        assert status == (201 if n == 0 else 429)


def test_behind_a_listed_proxy_clients_are_told_apart(limited: Limited) -> None:
    app = limited("post=1/minute", trusted_proxies=("10.0.0.0/8",))
    make_cast()
    for n in (1, 2):
        claim = {"X-Forwarded-For": f"1.1.1.1, 198.51.100.{n}"}
        assert post(app, f"a{n}", claim, REMOTE_ADDR="10.0.0.1") == 201
        assert post(app, f"b{n}", claim, REMOTE_ADDR="10.0.0.1") == 429


def test_members_are_counted_as_persons_and_guests_by_address(limited: Limited) -> None:
    app = limited("post=1/minute")
    cast: Cast = make_cast()
    rita, max_ = bearer(cast.rita, cast.site), bearer(cast.max, cast.site)
    assert post(app, "a", rita) == 201
    assert post(app, "b", rita, REMOTE_ADDR="203.0.113.77") == 429
    assert post(app, "c", max_) == 201
    first = browser(app).post("/api/v1/comments", json=body(text="d")).get_json()
    token = {"Authorization": f"Guest {first['edit_token']}"}
    assert post(app, "e", token) == 429  # a token made a moment ago is no new person


def test_one_mailbox_is_one_address_for_emails(limited: Limited) -> None:
    from flask_limiter import RateLimitExceeded

    from commentsvc.web.limits import count_email

    app = limited("email_address=2/minute")

    def refused(email: str) -> bool:
        with app.test_request_context():
            try:
                count_email(email)
            except RateLimitExceeded:
                return True
        return False

    assert [refused(f"victim{tag}@example.org") for tag in ("", "+a", "+b")] == [False, False, True]
    same = ("v.ictim@gmail.com", "vic.tim+x@googlemail.com", "Victim@Gmail.com")
    assert [refused(each) for each in same] == [False, False, True]
    assert not refused("v.ictim@example.org")  # dots count elsewhere


def test_the_account_is_counted_apart_from_the_address(limited: Limited) -> None:
    from commentsvc.web.limits import count_sign_in

    app = limited("sign_in_account=2/minute;sign_in_everywhere=3/minute")

    def attempt(email: str, address: str) -> bool:
        from flask_limiter import RateLimitExceeded

        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            try:
                count_sign_in(email)
                return True
            except RateLimitExceeded:
                return False

    assert attempt("rita@example.org", "203.0.113.1")
    assert attempt("RITA@example.org ", "203.0.113.200")  # the same /24
    assert not attempt("rita@example.org", "203.0.113.3")
    assert attempt("mona@example.org", "203.0.113.3")
    assert attempt("rita@example.org", "198.51.100.1")  # she herself is not locked out
    assert not attempt("rita@example.org", "192.0.2.1")  # until everybody together is too many


def test_readers_of_a_sites_own_login_share_an_address(limited: Limited) -> None:
    app = limited("sign_in=3/minute;site_token=2/minute")
    cast: Cast = make_cast()
    now = int(time.time())

    def sign_in(number: int, secret: str = cast.site.secrets[0]) -> int:
        user = {"id": str(number), "username": f"Reader {number}"}
        claims = {"aud": "harbour", "iat": now, "exp": now + 300, "user": user, "jti": next(JTIS)}
        sent = {"site": "harbour", "token": jwt.encode(claims, secret, algorithm="HS256")}
        return browser(app).post("/api/v1/sign-in/site", json=sent).status_code

    assert [sign_in(number) for number in range(12)] == [200] * 12
    assert [sign_in(0) for _ in range(2)] == [200, 429]  # one person is counted
    wrong = "another secret of enough length, 32"
    assert [sign_in(99, wrong) for _ in range(5)] == [401] * 3 + [429] * 2
    assert sign_in(5) == 200  # who guesses locks nobody else out


def test_limits_may_be_called_as_before() -> None:
    found = named_limits("letter=1/hour;letter_address=off")
    assert (found["email_network"], found["email_address"]) == ("1/hour", "off")
    assert "letter" not in found and found.keys() == LIMITS.keys()


def test_settings_override_by_name() -> None:
    found = named_limits("post=5/minute; 50/hour;read=off")
    assert found["post"] == "5/minute;50/hour" and found["read"] == "off"
    assert found["like"] == LIMITS["like"]


@pytest.mark.parametrize("wrong", ["psot=5/minute", "post=often", "5/minute", "post=5"])
def test_wrong_limits_are_told_at_start(wrong: str) -> None:
    with pytest.raises(WrongSettings, match="LIMITS"):
        Settings(limits=wrong).checked()


def test_off_is_off(limited: Limited) -> None:
    app = limited("post=off;guest_posts=off")
    make_cast()
    assert {post(app, f"Number {n}.") for n in range(12)} == {201}


# --- Redis ----------------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, Callable[[], subprocess.Popen[bytes]]]]:
    """An address, and a way to start the server there."""
    port = _free_port()
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [str(shutil.which("redis-server")), "--port", str(port), "--save", ""]
        server = subprocess.Popen(
            [*command, "--bind", "127.0.0.1", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
        )
        running.append(server)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return server
            time.sleep(0.05)
        raise AssertionError("redis-server does not start")

    yield f"redis://127.0.0.1:{port}/0", start
    for server in running:
        server.kill()
        server.wait()


def test_two_nodes_count_together(
    limited: Limited,
    redis: tuple[str, Callable[[], subprocess.Popen[bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("commentsvc.web.limits.counting._REDIS_PATIENCE", 10.0)
    address, start = redis
    start()
    one, other = (limited("post=2/minute", redis_url=address) for _ in range(2))
    make_cast()
    assert [post(one, "a"), post(other, "b"), post(one, "c"), post(other, "d")] == [
        201,
        201,
        429,
        429,
    ]


def test_without_redis_limits_are_local_and_never_off(
    limited: Limited,
    redis: tuple[str, Callable[[], subprocess.Popen[bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("commentsvc.web.limits.counting._REDIS_PAUSE", 0.3)
    monkeypatch.setattr("commentsvc.web.limits.counting._REDIS_PATIENCE", 10.0)
    address, start = redis
    app = limited("post=2/minute", redis_url=address)  # it is not even there yet
    make_cast()
    assert [post(app, f"a{n}") for n in range(3)] == [201, 201, 429]
    server = start()
    time.sleep(0.4)
    assert [post(app, f"b{n}") for n in range(3)] == [201, 201, 429]
    server.kill()
    server.wait()
    assert post(app, "c", REMOTE_ADDR="203.0.113.50") == 201
    assert post(app, "d", REMOTE_ADDR="203.0.113.50") == 201
    assert post(app, "e", REMOTE_ADDR="203.0.113.50") == 429


def test_a_redis_that_hangs_costs_a_moment_and_once(
    redis: tuple[str, Callable[[], subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import signal

    monkeypatch.setattr("commentsvc.web.limits.counting._REDIS_PAUSE", 600.0)
    address, start = redis
    server = start()
    storage = SteadyStorage(f"steady+{address}")
    asked: list[str] = []
    acquire = storage._redis.acquire_entry

    def ask(key: str, *more: object) -> bool:
        asked.append(key)
        return bool(acquire(key, *more))

    monkeypatch.setattr(storage._redis, "acquire_entry", ask)
    server.send_signal(signal.SIGSTOP)
    assert all(storage.acquire_entry(f"other{n}", 2, 60) for n in range(20))
    assert asked == ["other0"]  # nobody else waits
    server.send_signal(signal.SIGCONT)


def test_counting_starts_no_thread_for_each_request() -> None:
    before = threading.active_count()
    storage = CalmStorage()
    started = [storage.timer]
    for _ in range(50):
        storage.incr("who", 1)
        started.append(storage.timer)
        time.sleep(0.001)
    assert len(set(map(id, started))) == 1 and threading.active_count() <= before
    assert storage.get("who") == 50
