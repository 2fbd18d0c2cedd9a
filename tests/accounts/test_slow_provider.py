"""Published keys of a server that is slow or away: whoever sends a token keeps no thread from others."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.vouching import keys
from commentsvc.accounts.ways.site_token import WrongToken, member_of
from commentsvc.core.errors import Unavailable
from tests.accounts.test_published_keys import ED, MINE, id_token, member, place, provider
from tests.provider import token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.provider import Provider

__all__ = ["provider"]


@pytest.fixture
def slow(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The provider begins to answer when this is set."""
    monkeypatch.setattr(keys, "_SECONDS", 60.0)
    yield provider.held
    provider.held.set()


def in_background(app: Flask, work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        with app.app_context(), suppress(WrongToken):
            work()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def waits(provider: Provider, asked: int = 1) -> None:
    until = time.monotonic() + 30
    while len(provider.asked) < asked and time.monotonic() < until:
        time.sleep(0.01)
    assert len(provider.asked) == asked


@pytest.mark.parametrize("by", ["keys", "issuer"])
def test_one_at_most_waits_for_a_slow_provider(
    app: Flask, provider: Provider, slow: threading.Event, by: str
) -> None:
    given = id_token(provider) if by == "issuer" else token(ED, "EdDSA")
    here = place(provider, keys_url=f"{provider.url}/keys", issuer=provider.url, client_id="paper")
    elsewhere = place(provider, keys_url=f"{provider.url}/more", site_id=2)
    slow.clear()
    first = in_background(app, lambda: member_of(given, here))
    waits(provider)
    for _ in range(3):
        for each in (given, token(MINE, "EdDSA", kid="nobody's")):
            with pytest.raises(Unavailable) as refused:
                member_of(each, here)
            assert refused.value.retry_after
            assert not isinstance(refused.value, keys.KeysMissing)
    with pytest.raises(Unavailable):
        member_of(token(ED, "EdDSA"), elsewhere)
    assert first.is_alive() and len(provider.asked) == 1
    slow.set()
    first.join(30)
    assert member_of(given, here)


def test_keys_that_are_known_are_used_while_one_waits(
    app: Flask, provider: Provider, slow: threading.Event
) -> None:
    assert member(provider, token(ED, "EdDSA"))
    for kept in keys._kept.values():
        kept.tried -= keys.PAUSE
    slow.clear()
    first = in_background(app, lambda: member(provider, token(MINE, "EdDSA", kid="nobody's")))
    waits(provider, 2)
    for kept in keys._kept.values():
        kept.found -= keys.FRESH
    assert member(provider, token(ED, "EdDSA"))
    assert first.is_alive() and len(provider.asked) == 2
    slow.set()
    first.join(30)


def test_a_provider_that_is_away_is_asked_once(provider: Provider) -> None:
    provider.status = 500
    for _ in range(3):
        with pytest.raises(keys.KeysMissing) as refused:
            member(provider, token(ED, "EdDSA"))
        assert 0 < (refused.value.retry_after or 0) <= keys.PAUSE
    assert len(provider.asked) == 1


def test_both_pages_of_a_provider_share_a_deadline(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = []

    def answered(url: str, *, deadline: float, **_: Any) -> Any:
        left.append(deadline)
        moment[0] += 1.5
        return real(url, deadline=30.0, **_)

    moment, real = [1000.0], keys.call
    monkeypatch.setattr(keys, "call", answered)
    monkeypatch.setattr(keys.time, "monotonic", lambda: moment[0])
    assert keys.count_of_issuer(provider.url) == 3
    assert left == [2.0, 0.5]
