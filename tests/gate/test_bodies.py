"""Bodies are read without a thread: up to a limit, until a deadline, so many of one source at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from commentsvc.gate import bodies
from commentsvc.gate.bodies import CutOff, TooLarge, TooSlow, Uploads, declared
from commentsvc.gate.door import MOST_ADDRESS, Door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flask import Flask


async def sent(*chunks: bytes, then: asyncio.Event | None = None) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if then is not None:
        await then.wait()


def test_it_works() -> None:
    async def run() -> bytes:
        body = await Uploads().read(sent(b"ab", b"c"), 3, 10, "a")
        return body.read()

    assert asyncio.run(run()) == b"abc"


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({}, 0),
        ({"CONTENT_LENGTH": "12"}, 12),
        ({"CONTENT_LENGTH": ""}, 0),
        ({"CONTENT_LENGTH": "-1"}, None),
        ({"CONTENT_LENGTH": "9" * 40}, None),
        ({"CONTENT_LENGTH": "0", "HTTP_TRANSFER_ENCODING": "chunked"}, None),
    ],
)
def test_what_is_declared(given: dict[str, str], size: int | None) -> None:
    assert declared(given) == size


@pytest.mark.parametrize(
    ("size", "chunks", "error"),
    [
        (11, (), TooLarge),  # not a byte is read
        (None, (b"123456", b"7890x"), TooLarge),
        (5, (b"1234567",), CutOff),
        (5, (b"12",), CutOff),
        (None, (b"12", b"", b""), CutOff),  # in chunks, without the last one
    ],
)
def test_what_is_refused(
    size: int | None, chunks: tuple[bytes, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        asyncio.run(Uploads().read(sent(*chunks), size, 10, "a"))


def test_one_that_stops_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.05)

    async def run() -> None:
        await Uploads().read(sent(b"a", then=asyncio.Event()), 9, 10, "a")

    with pytest.raises(TooSlow):
        asyncio.run(run())


def test_one_that_keeps_coming_is_let_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(bodies, "BYTES_A_SECOND", 10)

    async def steadily() -> AsyncIterator[bytes]:
        for _ in range(10):
            await asyncio.sleep(0.05)
            yield b"1234567890"

    async def run() -> bytes:
        return (await Uploads().read(steadily(), 100, 100, "a")).read()

    assert len(asyncio.run(run())) == 100


def test_the_oldest_of_a_source_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens many loses their own first; others go on, and so does a whole body of theirs."""
    monkeypatch.setattr(bodies, "MOST_OF_ONE", 2)

    async def run() -> list[str]:
        uploads, end = Uploads(), asyncio.Event()
        other = asyncio.create_task(uploads.read(sent(b"a", then=end), 1, 9, "other"))
        theirs = []
        for _ in range(3):
            theirs.append(asyncio.create_task(uploads.read(sent(b"a", then=end), 1, 9, "many")))
            await asyncio.sleep(0.01)
        assert (await uploads.read(sent(b"ab"), 2, 9, "many")).read() == b"ab"
        end.set()
        done = await asyncio.gather(other, *theirs, return_exceptions=True)
        return [type(each).__name__ for each in done]

    kept = "SpooledTemporaryFile"
    assert asyncio.run(run()) == [kept, "TooSlow", "TooSlow", kept]


def test_all_are_let_go_at_the_end() -> None:
    async def run() -> list[object]:
        uploads = Uploads()
        tasks = [
            asyncio.create_task(uploads.read(sent(b"a", then=asyncio.Event()), 9, 10, str(number)))
            for number in range(5)
        ]
        await asyncio.sleep(0.01)
        uploads.give_up()
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert all(isinstance(each, TooSlow) for each in asyncio.run(run()))


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("POST", "/api/v1/comments", 64 * 1024),
        ("POST", "/account/sign-in", 64 * 1024),
        ("GET", "/api/v1/me", 64 * 1024),
        ("POST", "/no/such/address", 64 * 1024),
        ("POST", "/v1alpha1/comments:analyze", 1024 * 1024),
        ("POST", "/v1alpha1/comments:suggestscore", 1024 * 1024),
        # of nobody who is not signed in
        ("POST", "/dashboard/sites/harbour/import", 64 * 1024),
        ("POST", "/dashboard/sites/harbour/policy", 64 * 1024),
    ],
)
def test_as_much_is_read_as_may_be_sent(app: Flask, method: str, path: str, most: int) -> None:
    door = Door(app, 2)
    environ = app.test_request_context(path, method=method).request.environ
    assert asyncio.run(door._allowed(environ)) == most


@pytest.mark.parametrize(("letters", "status"), [(MOST_ADDRESS + 1, 414), (6000, 200)])
def test_an_address_that_is_too_long_is_refused_before_it_is_read(
    app: Flask, letters: int, status: int
) -> None:
    """The scripts of pages with many links ask in addresses of up to 6,000 letters."""
    door = Door(app, 2)
    context = app.test_request_context("/healthz", query_string="a" * (letters - len("/healthz")))
    answer = asyncio.run(door._in_turn(context.request.environ, None))
    assert answer[0] == status
