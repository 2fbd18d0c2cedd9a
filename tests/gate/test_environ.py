"""A request as the application sees it: what granian says, and nothing that only looks like a proxy's."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from commentsvc.gate.environ import answer_of, environ_of


class Headers:
    def __init__(self, items: list[tuple[str, str]]) -> None:
        self._items = items

    def items(self) -> list[tuple[str, str]]:
        return self._items


@dataclass
class Scope:
    headers: Headers = field(default_factory=lambda: Headers([]))
    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    http_version: str = "1.1"
    scheme: str = "http"
    client: str = "192.0.2.7:4711"
    server: str = "127.0.0.1:5000"


def environ(*headers: tuple[str, str], **scope: str):
    return environ_of(Scope(headers=Headers(list(headers)), **scope))


def test_it_works() -> None:
    found = environ(("host", "a.example"), ("content-type", "text/plain"), path="/ä b")
    assert found["REMOTE_ADDR"] == "192.0.2.7" and found["SERVER_PORT"] == "5000"
    assert found["HTTP_HOST"] == "a.example" and found["CONTENT_TYPE"] == "text/plain"
    assert found["PATH_INFO"].encode("latin-1").decode() == "/ä b"


@pytest.mark.parametrize(
    "name",
    ["x_forwarded_for", "x-forwarded_for", "_x-forwarded-for", "content_length", "content_type"],
)
def test_a_name_with_an_underscore_is_dropped(name: str) -> None:
    found = environ(("x-forwarded-for", "192.0.2.1"), (name, "198.51.100.9"))
    assert "198.51.100.9" not in found.values()
    assert found["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def test_repeated_headers_are_joined_in_order() -> None:
    found = environ(
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-for", "2.2.2.2"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
    )
    assert found["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"
    assert found["HTTP_COOKIE"] == "a=1; b=2"


def test_a_client_by_ipv6() -> None:
    assert environ(client="[2001:db8::1]:99")["REMOTE_ADDR"] == "2001:db8::1"


def test_an_answer_is_taken_whole_and_closed() -> None:
    closed = []

    class Parts:
        def __iter__(self):
            return iter([b"b", b"c"])

        def close(self) -> None:
            closed.append(True)

    def app(environ, start):
        start("201 Created", [("A", "b")])(b"a")
        return Parts()

    assert answer_of(app, {}) == (201, [("A", "b")], b"abc") and closed == [True]


def test_a_body_that_is_not_there_is_empty() -> None:
    assert environ(method="POST")["wsgi.input"].read() == b""
