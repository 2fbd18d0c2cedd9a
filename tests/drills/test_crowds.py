"""Many at once: clients that send a byte a second, one that sends all it can, many that read and write."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, suppress

import pytest

from tests.drills.figures import figure, percentile
from tests.live import House, Process, ask, comment, thread_page


def quiet_reads(server: Process, count: int) -> list[float]:
    taken = []
    for _ in range(count):
        began = time.monotonic()
        assert "<article" in thread_page(server.port)
        taken.append(time.monotonic() - began)
    return taken


SLOW_HEADERS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
SLOW_BODY = (
    b"POST /account/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\na"
)
SLOW_CHUNKS = (
    b"POST /api/v1/comments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
)


@pytest.mark.parametrize(
    ("headers", "bodies", "reads"),
    [(40, 24, 16), pytest.param(1000, 200, 40, marks=pytest.mark.drill)],
)
def test_slow_clients_hold_nobody_up(home: House, headers: int, bodies: int, reads: int) -> None:
    """Headers and bodies that drip or stop: others are served, the slow are let go, and SIGTERM ends it."""
    server = home.start("run")
    assert comment(server.port, "Here before the crowd.").status == 201
    before = quiet_reads(server, reads)
    begun = [SLOW_HEADERS] * headers + [SLOW_BODY, SLOW_CHUNKS] * (bodies // 2)
    with ExitStack() as closing:
        lines = [closing.enter_context(_line(server, each)) for each in begun]
        stop = threading.Event()
        dripping = threading.Thread(target=_drip, args=(lines[::2], stop))
        dripping.start()
        during = quiet_reads(server, reads)
        alive = [_seconds(server, "/healthz") for _ in range(reads // 2)]
        assert ask(server.port, "GET", "/readyz").status == 200
        assert comment(server.port, "Posted among the crowd.").status == 201
        # after ten seconds without whole headers, or with next to nothing of a body, a client is let go
        gone = sum(_is_closed(line) for line in lines)
        stop.set()
        dripping.join()
        assert gone == len(lines)
        lines += [closing.enter_context(_line(server, each)) for each in begun]
        began = time.monotonic()
        server.stop(seconds=15)
        ended = time.monotonic() - began
    figure("slow clients", "slow headers, slow bodies", f"{headers}, {bodies}")
    figure("slow clients", "reads p95 before, ms", percentile(before, 0.95) * 1000)
    figure("slow clients", "reads p95 meanwhile, ms", percentile(during, 0.95) * 1000)
    figure("slow clients", "/healthz worst meanwhile, ms", max(alive) * 1000)
    figure("slow clients", "seconds until SIGTERM has ended it", ended)
    assert percentile(during, 0.5) < max(0.1, 5 * percentile(before, 0.5))


def _line(server: Process, begun: bytes) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", server.port))
    line.sendall(begun)
    return line


def _drip(lines: list[socket.socket], stop: threading.Event) -> None:
    while not stop.wait(1):
        for line in lines:
            with suppress(OSError):  # let go by the server, as it should
                line.sendall(b"x")


def _seconds(server: Process, path: str) -> float:
    began = time.monotonic()
    assert ask(server.port, "GET", path).status == 200
    return time.monotonic() - began


def _is_closed(line: socket.socket) -> bool:
    line.settimeout(30)
    try:
        while line.recv(4096):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize("each", [3, pytest.param(40, marks=pytest.mark.drill)])
def test_a_repeated_post_is_one_comment(home: House, each: int) -> None:
    """32 writers send every post three times, in any order and at once."""
    import sqlite3
    from pathlib import Path

    server = home.start("run")
    answers: dict[str, set[str]] = {}
    odd: list[str] = []
    lock = threading.Lock()

    def write(number: int) -> None:
        for turn in range(each):
            text = f"Post {turn} of writer {number // 3}."
            for _ in range(20):
                answer = comment(server.port, text, key=text, name="Ann", timeout=60)
                if answer.status not in (409, 503):
                    break
                time.sleep(0.05)
            with lock:
                if answer.status == 201:
                    answers.setdefault(text, set()).add(answer.json["id"])
                else:
                    odd.append(f"{answer.status} {answer.body[:200]!r}")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(32)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    server.stop()
    database = sqlite3.connect(Path(home.environ["DATA_DIR"]) / "comments.db")
    (stored,) = database.execute("SELECT count(*) FROM comment").fetchone()
    figure("repeated posts", "sent, stored", f"{32 * each}, {stored}")
    assert odd == []
    assert stored == len(answers) == 11 * each
    assert all(len(ids) == 1 for ids in answers.values())


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.drill)])
def test_a_stop_finishes_what_is_in_hand(home: House, times: int) -> None:
    """SIGTERM while eight write: every answer that came says 201, and each such comment is there."""
    import sqlite3
    from pathlib import Path

    told: list[str] = []
    refused: list[int] = []
    for turn in range(times):
        server = home.start("run")
        stop = threading.Event()

        def write(name: str, port: int, stop: threading.Event) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    answer = comment(port, f"Comment {number} of {name}.", timeout=10)
                except OSError:
                    return
                if answer.status == 201:
                    told.append(answer.json["id"])
                else:
                    refused.append(answer.status)

        writers = [
            threading.Thread(target=write, args=(f"{turn}-{each}", server.port, stop))
            for each in range(8)
        ]
        for writer in writers:
            writer.start()
        time.sleep(0.7)
        began = time.monotonic()
        assert server.stop() == 0, server.text()[-2000:]
        figure("graceful stop", "seconds under load", time.monotonic() - began)
        stop.set()
        for writer in writers:
            writer.join()
    database = sqlite3.connect(Path(home.environ["DATA_DIR"]) / "comments.db")
    stored = {row[0] for row in database.execute("SELECT public_id FROM comment")}
    assert set(told) <= stored and told and set(refused) <= {503}
