"""Headers of any length: their reading is bounded, and nothing of them is kept."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from commentsvc.gate.door import _Plain
from commentsvc.gate.environ import environ_of
from commentsvc.web.finished import matches
from commentsvc.web.network import client_address, trusted_networks
from tests import growth
from tests.factories import HREF, post

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

LONG, TIMES = 200_000, 12


def kept(do: object) -> int:
    """Bytes that are still there after doing something with each of several numbers."""
    assert callable(do)
    do(0)
    tracemalloc.start()
    try:
        for number in range(1, TIMES + 1):
            do(number)
        gc.collect(1)  # of what is new; the rest is what the process has imported
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["Accept-Language", "Accept-Encoding", "If-None-Match", "Cookie"])
def test_it_works(client: FlaskClient, cast: Cast, name: str) -> None:
    """The caches remember what a header says, not the header."""
    post(cast.site, "Here.")
    where = f"/embed/thread?site=harbour&href={HREF}"

    def ask(number: int) -> None:
        value = f"de, x{number}, " + "y" * LONG
        assert client.get(where, headers={name: value}).status_code == 200

    assert kept(ask) < LONG * 2


def test_names_of_headers() -> None:
    class Named(_Plain):
        def __init__(self, number: int) -> None:
            super().__init__("GET")
            self.headers = {f"x-{number}-{'y' * LONG}": "1"}

    assert kept(lambda number: environ_of(Named(number))) < LONG * 2


@pytest.mark.parametrize("part", [",", "x,", '"a", ', "1.2.3.4,"])
def test_lists_without_end(part: str) -> None:
    """Their length costs nothing: as far as it matters, it is read."""
    trusted = trusted_networks(("127.0.0.1",))

    def read(text: str) -> None:
        assert not matches(text, '"b"', "b")
        client_address({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": text}, trusted)

    few, many = part * 1000, part * 200_000
    assert growth.costs_at_most(4, lambda: read(many), lambda: read(few), more=0.001)


def test_a_star_is_any_answer_and_a_quoted_one_is_a_name() -> None:
    assert matches("*", '"b"', "b") and matches(" * ", '"b"', "b")
    assert not matches('"*"', '"b"', "b")
