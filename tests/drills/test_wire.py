"""What arrives on the wire: requests cut off, spelled oddly, or packed into others are one or none."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from tests.live import HREF, KEY, House, Process, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

POST = b"POST /api/v1/comments HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"
END = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def body() -> bytes:
    return json.dumps({"site": KEY, "href": HREF, "text": "By wire.", "name": "Ann"}).encode()


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def says(server: Process, *sent: bytes, cut: bool = False) -> list[int]:
    """The statuses of all responses until the server closes the connection, or this end if `cut`."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as line:
        line.sendall(b"".join(sent))
        if cut:
            line.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while more := line.recv(65536):
                got += more
        except ConnectionError:
            pass
    return [int(each[:3]) for each in got.split(b"HTTP/1.1 ")[1:]]


def count(server: Process) -> int:
    answer = ask(server.port, "GET", f"/api/v1/threads?site={KEY}&href={HREF}")
    return int(answer.json["comment_count"]) if answer.status == 200 else 0


@pytest.fixture
def server(home: House) -> Iterator[Process]:
    running = home.start("run")
    yield running
    running.stop()


def test_it_works(server: Process, body: bytes) -> None:
    """Whole requests are answered; of what is cut off, nothing is kept."""
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    cut = {
        "no last chunk": CHUNKED + b"\r\n" + chunk(body),
        "within a chunk": CHUNKED + b"\r\n" + chunk(body) + b"9\r\nab",
        "no chunk at all": CHUNKED + b"\r\n",
        "a chunk without a size": CHUNKED + b"\r\n" + chunk(body) + b"zz\r\n",
        "a size beyond all numbers": CHUNKED + b"\r\n" + chunk(body) + b"f" * 17 + b"\r\n",
        "without the last line": CHUNKED + b"\r\n" + chunk(body) + b"0\r\n",
        "shorter than declared": POST + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body,
    }
    for name, sent in cut.items():
        assert says(server, sent, cut=True) in ([], [400]), name
    assert count(server) == 0
    two = chunk(body[:9]) + chunk(body[9:])
    assert says(server, CHUNKED, b"\r\n", chunk(body), LAST, END) == [201, 200]
    assert says(server, CHUNKED, b"\r\n", two, LAST, END) == [201, 200]
    assert says(server, POST, length, body, END, END) == [201, 200]
    assert count(server) == 3
    lengths = {
        "both ways": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "unknown coding": b"Transfer-Encoding: xchunked\r\n",
        "coding before the last": b"Transfer-Encoding: chunked, identity\r\n",
        "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n",
        "a list of lengths": b"Content-Length: 2, 2\r\n",
        "a sign": b"Content-Length: +2\r\n",
        "a blank before the colon": b"Content-Length : 2\r\n",
        "a folded line": b"X-A: b\r\n Content-Length: 2\r\n",
        "a bare carriage return": b"X-A: b\rContent-Length: 2\r\n",
    }
    for name, headers in lengths.items():
        assert says(server, POST, headers, b"\r\n{}", END) == [400], name
    assert count(server) == 3
