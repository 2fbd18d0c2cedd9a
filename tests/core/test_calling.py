"""Calls go to the address that was checked and to no private one, and end when their time is up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from commentsvc.core import calling
from commentsvc.core.calling import CallFailed, call
from tests.tables import every_row

Serve = Callable[[socket.socket], None]


@contextmanager
def server(serve: Serve) -> Iterator[int]:
    """A server on a free port that treats each connection with `serve`."""
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                serve(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def says(*parts: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        for each in parts:
            connection.sendall(each)

    return serve


def test_it_works() -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello")

    with server(serve) as port:
        found = call(
            f"http://127.0.0.1:{port}/a?b=c#d",
            method="POST",
            body=b"{}",
            headers={"X-Own": "1"},
            private=True,
        )
    assert (found.status, found.body, found.headers["x-a"]) == (200, b"hello", "b")
    assert asked[0].startswith(b"POST /a?b=c HTTP/1.1\r\n") and b"X-Own: 1" in asked[0]
    assert f"Host: 127.0.0.1:{port}".encode() in asked[0]


@every_row(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://127.1:{port}/",
        "http://0x7f000001:{port}/",
        "http://2130706433:{port}/",
        "http://0:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://[fd00::1]/",
        "http://[64:ff9b::7f00:1]/",
    ],
)
def test_private_addresses_are_never_called(url: str) -> None:
    asked: list[int] = []
    with (
        server(lambda connection: asked.append(1)) as port,
        pytest.raises(CallFailed, match="private") as refused,
    ):
        call(url.format(port=port))
    assert not asked and not refused.value.again


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "http://u:p@example.org/",
     "http://example.org:25/", "https://example.org:22/", "nonsense"],
)  # fmt: skip
def test_what_is_no_web_address_is_not_called(url: str) -> None:
    with pytest.raises(CallFailed) as refused:
        call(url)
    assert not refused.value.again


def test_the_name_is_asked_once_and_the_checked_address_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that says a public address first and a private one after gains nothing (rebinding)."""
    answers = [["93.184.216.34", "127.0.0.1"], ["127.0.0.1"]]

    def lying(host: str, port: int, **more: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (each, port)) for each in answers.pop(0)]

    called: list[str] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address[0])
        raise OSError("no")

    monkeypatch.setattr(calling.socket, "getaddrinfo", lying)
    monkeypatch.setattr(calling.socket, "create_connection", connect)
    with pytest.raises(CallFailed, match="private"):
        call("http://two-faced.example/")
    answers.insert(0, ["93.184.216.34"])
    with pytest.raises(CallFailed, match="didn’t answer"):
        call("http://two-faced.example/")
    assert called == ["93.184.216.34"]


def test_a_redirect_is_not_followed() -> None:
    with server(says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")) as port:
        assert call(f"http://127.0.0.1:{port}/", private=True).status == 302


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
    ],
)
def test_a_server_that_drips_is_cut_off(start: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(start)
        for _ in range(200):
            connection.sendall(b"a")
            time.sleep(0.05)

    with server(drip) as port:
        begun = time.monotonic()
        with pytest.raises(CallFailed, match="within"):
            call(f"http://127.0.0.1:{port}/", private=True, deadline=0.5)
        assert time.monotonic() - begun < 8  # it drips for ten


def test_a_slow_resolver_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        answered.wait(30)
        return []

    monkeypatch.setattr(calling.socket, "getaddrinfo", slow)
    begun = time.monotonic()
    with pytest.raises(CallFailed, match="within"):
        call("http://slow.example/", deadline=0.2)
    answered.set()
    assert time.monotonic() - begun < 15


def test_a_handshake_that_never_ends_is_cut_off() -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"\x16\x03\x03\x40\x00\x02")  # a record of 16 KiB is announced
        for _ in range(200):
            connection.sendall(b"\x00")
            time.sleep(0.05)

    with server(drip) as port:
        begun = time.monotonic()
        with pytest.raises(CallFailed):
            call(f"https://127.0.0.1:{port}/", private=True, deadline=0.5)
        assert time.monotonic() - begun < 8  # it drips for ten


def test_only_so_much_is_read() -> None:
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"a" * 500_000
    with server(says(endless)) as port:
        found = call(f"http://127.0.0.1:{port}/", private=True, most=1000)
    assert len(found.body) == 1000


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_answer_is_a_failure(said: bytes) -> None:
    with server(says(said)) as port, pytest.raises(CallFailed, match="didn’t answer") as failed:
        call(f"http://127.0.0.1:{port}/", private=True)
    assert failed.value.again


def test_tls_is_checked() -> None:
    """A server that does not speak TLS, or nobody at all, is no answer."""
    with server(says(b"HTTP/1.1 200 OK\r\n\r\n")) as port, pytest.raises(CallFailed):
        call(f"https://127.0.0.1:{port}/", private=True)
    with pytest.raises(CallFailed):
        call("http://127.0.0.1:1/", private=True)
    with pytest.raises(CallFailed, match="can’t be found"):
        call("http://name.invalid/")
