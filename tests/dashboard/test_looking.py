"""Who has a card open is seen by the others of the same site, for half a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.moderation.desk import looking
from tests.dashboard.conftest import Staff
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

SignIn = Callable[[str | None], Staff]


def others(who: Staff, shown: str, at: str = "") -> Any:
    return who.get(f"/dashboard/live?shown={shown}:1&at={at}").get_json()["looking"]


def test_it_works(cast: Cast, mona: Staff, olga: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    one = post(cast.site, "You idiot.").comment.public_id
    two = post(cast.site, "You idiot, again.").comment.public_id
    assert others(mona, one, at=one) == {}  # nobody is told of oneself
    assert others(olga, one) == {one: "Mona is looking at this"}
    assert others(olga, two) == {}
    assert others(mona, one, at=two) == {}
    assert others(olga, one) == {}  # mona went on
    later = looking.time.time() + looking.SECONDS + 1
    monkeypatch.setattr(looking.time, "time", lambda: later)
    assert others(olga, two) == {}


def test_another_site_learns_nothing_and_says_nothing(cast: Cast, sign_in: SignIn) -> None:
    mona, stranger = sign_in("mona"), sign_in("max")
    one = post(cast.site, "You idiot.").comment.public_id
    others(mona, one, at=one)
    assert others(stranger, one, at=one) == {}
    assert others(sign_in("olga"), one) == {one: "Mona is looking at this"}


@pytest.mark.engines
def test_two_nodes_know_through_redis(make_app: Callable[..., Flask], redis_url: str) -> None:
    """Without it each knows its own."""
    nodes = []
    for app in (make_app(), make_app()):
        looking.install(app, redis_url)
        nodes.append(looking.looking.of(app))
    nodes[0].note("mona", "x")
    if not redis_url:
        assert nodes[1].note("olga", "y") == {"olga": "y"}
        return
    assert nodes[1].note("olga", "y") == {"mona": "x", "olga": "y"}
    assert nodes[0].note("mona", None) == {"olga": "y"}


def test_while_redis_does_not_answer_each_node_knows_its_own() -> None:

    class Shared(dict[str, str]):
        down = False

    class Pipe:
        def __enter__(self) -> Pipe:
            if shared.down:
                raise ConnectionError
            return self

        def __exit__(self, *_: object) -> None: ...
        def hset(self, _key: str, name: str, value: str) -> None:
            shared[name] = value

        def hdel(self, _key: str, name: str) -> None:
            shared.pop(name, None)

        def expire(self, *_: object) -> None: ...
        def hgetall(self, _key: str) -> None: ...
        def execute(self) -> list[Any]:
            return [dict(shared)]

    class Client:
        def pipeline(self, transaction: bool) -> Pipe:
            return Pipe()

    shared = Shared()
    here, there = looking.Looking(Client()), looking.Looking(Client())
    here.note("mona", "x")
    assert there.note("olga", "y") == {"mona": "x", "olga": "y"}
    shared.down = True
    assert there.note("olga", "z") == {"olga": "z"}
    shared.down = False
    there.asked_again = 0.0
    assert there.note("olga", None) == {"mona": "x"}
