"""A try that was refused is not a post; guesses at tokens are counted by network."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from limits.storage import memory
from sqlalchemy.exc import OperationalError

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.sites.commands import set_policy
from commentsvc.web.limits.counting import CalmStorage
from tests.people import make_cast
from tests.web.asking import api_key, bearer, body, browser
from tests.web.test_limits import Limited, limited, post, redis

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

__all__ = ["limited", "redis"]

HOUR = "post=2/hour;20/day"


def test_it_works(limited: Limited) -> None:
    app = limited(HOUR)
    make_cast()
    asked = browser(app)
    assert post(app, "One.") == 201
    for refused in (body(text=" "), body(text="x" * 5001), body(name=""), {"site": "harbour"}):
        assert asked.post("/api/v1/comments", json=refused).status_code == 422
    answer = asked.post("/api/v1/comments", data="{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.headers["RateLimit-Remaining"] == "1"  # as before the try
    assert post(app, "Two.") == 201
    assert post(app, "Three.") == 429


def test_who_waits_as_long_as_told_can_post(limited: Limited) -> None:
    app = limited(HOUR)
    with clock.frozen(clock.now()):
        cast = make_cast()
        set_policy(cast.site, {"slow_seconds": 2}, by=cast.olga)
        asked, rita = browser(app), bearer(cast.rita, cast.site)
        assert post(app, "One.", rita) == 201
        found = [asked.post("/api/v1/comments", json=body(), headers=rita) for _ in range(3)]
        assert {(each.status_code, each.json["code"]) for each in found} == {(429, "too_fast")}
        clock.move(timedelta(seconds=found[-1].json["retry_after"]))
        assert post(app, "Two.", rita) == 201


def test_refused_by_one_window_is_not_counted_by_the_other(
    limited: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(memory, "time", SimpleNamespace(time=lambda: now))
    app = limited("post=1/second;3/hour")
    make_cast()
    assert [post(app, f"Number {n}.") for n in range(8)] == [201] + 7 * [429]
    now += 1.1
    assert post(app, "Then.") == 201


def test_the_same_request_again_is_no_second_post(limited: Limited) -> None:
    app = limited("post=2/hour")
    make_cast()
    key = {"HTTP_IDEMPOTENCY_KEY": "k-1"}
    assert [post(app, "One.", **key) for _ in range(3)] == 3 * [201]
    assert [post(app, "Two."), post(app, "Three.")] == [201, 429]


def test_tries_without_end_are_refused_too(limited: Limited) -> None:
    app = limited(f"{HOUR};post_refused=3/hour")
    make_cast()
    assert [post(app, " ") for _ in range(5)] == [422, 422, 422, 429, 429]
    assert post(app, "One.") == 429
    assert post(app, "One.", REMOTE_ADDR="203.0.113.9") == 201


def test_what_fails_on_our_side_is_nobodys_try(
    limited: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever keeps asking while the database is away can post when it is back."""
    app = limited(f"{HOUR};post_refused=3/hour")
    make_cast()

    def away(*_args: object, **_more: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("the connection is closed"))

    with monkeypatch.context() as patched:
        patched.setattr(db.session, "commit", away)
        assert [post(app, "One.") for _ in range(5)] == 5 * [503]
    assert post(app, "One.") == 201


def test_editing_counts_likewise(limited: Limited) -> None:
    app = limited(HOUR)
    cast = make_cast()
    asked, rita = browser(app), bearer(cast.rita, cast.site)
    made = asked.post("/api/v1/comments", json=body(), headers=rita).get_json()
    address = f"/api/v1/comments/{made['id']}"
    for _ in range(4):
        assert asked.patch(address, json={"text": " "}, headers=rita).status_code == 422
    assert asked.patch(address, json={"text": "Better."}, headers=rita).status_code == 200
    assert asked.patch(address, json={"text": "Best."}, headers=rita).status_code == 429


@pytest.mark.parametrize("as_guest", [True, False])
def test_who_wrote_quickly_can_undo_it(limited: Limited, as_guest: bool) -> None:
    """Withdrawing has a limit of its own, wider than all that can be posted; it makes no room to post."""
    app = limited("post=2/hour;withdraw=4/hour")
    cast = make_cast()
    asked, who = browser(app), {} if as_guest else bearer(cast.rita, cast.site)
    made = asked.post("/api/v1/comments", json=body(), headers=who).get_json()
    who = {"Authorization": f"Guest {made['edit_token']}"} if as_guest else who
    assert [post(app, "Two.", who), post(app, "Three.", who)] == [201, 429]
    mine = f"/api/v1/comments/{made['id']}"
    found = [asked.delete(mine, headers=who).status_code for _ in range(5)]
    assert found == [200, 200, 200, 200, 429]
    assert post(app, "Three.", who) == 429


def test_all_nodes_give_it_back(
    limited: Limited, redis: tuple[str, Callable[[], subprocess.Popen[bytes]]]
) -> None:
    address, start = redis
    start()
    one, other = (limited(HOUR, redis_url=address) for _ in range(2))
    make_cast()
    assert [post(one, "a"), post(other, " "), post(one, " "), post(other, "b")] == [
        201,
        422,
        422,
        201,
    ]
    assert post(one, "c") == 429


# --- tokens ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guess",
    [
        lambda n: {"Authorization": f"Bearer guess{n}"},
        lambda n: {"Authorization": f"Guest guess{n}"},
        lambda n: {"Authorization": f"Basic guess{n}"},
        lambda n: {"X-Api-Key": f"guess{n}"},
    ],
)
def test_guesses_are_counted_by_network(
    limited: Limited, guess: Callable[[int], dict[str, str]]
) -> None:
    app = limited("bad_token=3/hour")
    cast = make_cast()
    asked, key = browser(app), api_key(cast.rita, "read")
    rita = bearer(cast.rita, cast.site)

    def me(headers: dict[str, str], address: str = "203.0.113.9") -> int:
        return asked.get(
            "/api/v1/me?site=harbour", headers=headers, environ_base={"REMOTE_ADDR": address}
        ).status_code

    assert me(rita) == 200
    assert [me(guess(n)) for n in range(5)] == [401, 401, 401, 429, 429]
    assert me(rita) == 200  # whoever guesses beside her
    assert me(key) == 429  # a new one looks like one more guess
    assert me(key, "198.51.100.7") == 200
    assert me({}) == 200


def test_what_is_not_in_force_any_more_is_counted_again(limited: Limited) -> None:
    app = limited("bad_token=2/hour")
    cast = make_cast()
    asked, rita = browser(app), bearer(cast.rita, cast.site)
    address = "/api/v1/me?site=harbour"
    assert asked.get(address, headers=rita).status_code == 200
    assert asked.post("/api/v1/sign-in/out", json={}, headers=rita).status_code == 204
    answers = [asked.get(address, headers=rita).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]  # the first was known a moment ago


def test_reading_waits_while_something_is_taken_out() -> None:
    storage = CalmStorage()
    storage.acquire_entry("key", 5, 60)
    with ThreadPoolExecutor(1) as elsewhere:
        with storage.locks["key"]:
            reading = elsewhere.submit(storage.get_moving_window, "key", 5, 60)
            with pytest.raises(TimeoutError):
                reading.result(timeout=0.1)
        assert reading.result(timeout=60)[1] == 1


def test_a_clock_set_back_shuts_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tries of the last minute count for a minute, not until it is as late again."""
    storage = CalmStorage()
    start = time.time()
    monkeypatch.setattr(time, "time", lambda: start)
    assert [storage.acquire_entry("reader", 2, 60) for _ in range(3)] == [True, True, False]
    monkeypatch.setattr(time, "time", lambda: start - 3600)
    assert not storage.acquire_entry("reader", 2, 60)
    assert storage.get_moving_window("reader", 2, 60) == (start - 3600, 2)
    monkeypatch.setattr(time, "time", lambda: start - 3539)
    assert storage.acquire_entry("reader", 2, 60)
