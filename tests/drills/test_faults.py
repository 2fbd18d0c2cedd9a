"""Something the service stands on goes away for a while: the lock, the disk, Redis, the model."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts import services
from tests.answering import answering
from tests.drills.figures import figure, percentile
from tests.drills.test_kill import somebody_listens, whole
from tests.live import House, Process, ask, comment, thread_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.drills.conftest import Copied


def timed(call: Callable[[], object]) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def until(is_so: Callable[[], bool], seconds: float) -> float:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "this took too long"
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.mark.parametrize("seconds", [7, pytest.param(30, marks=pytest.mark.drill)])
def test_a_locked_database_is_read_and_told(home: House, seconds: float) -> None:
    server = home.start("run")
    assert comment(server.port, "Before the lock.").status == 201
    other = sqlite3.connect(Path(home.environ["DATA_DIR"]) / "comments.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    locked_at = time.monotonic()
    writes: list[tuple[int, float]] = []

    def write(number: int) -> None:
        began = time.monotonic()
        answer = comment(
            server.port, f"During the lock, {number}.", key=f"lock-{number}", timeout=60
        )
        writes.append((answer.status, time.monotonic() - began))
        if answer.status == 503:
            assert int(answer.headers["retry-after"]) >= 1

    writers = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for each in writers:
        each.start()
    reads = []
    while time.monotonic() - locked_at < seconds:
        reads.append(timed(lambda: thread_page(server.port)))
        page = ask(server.port, "GET", f"/readyz?{len(reads)}")
        assert page.status == 200
        reads.append(timed(lambda: ask(server.port, "GET", "/healthz")))
        time.sleep(0.2)
    other.execute("ROLLBACK")
    for each in writers:
        each.join()
    assert all(status in (201, 503) and took < 10 for status, took in writes), writes
    for number in range(12):
        answer = comment(server.port, f"During the lock, {number}.", key=f"lock-{number}")
        assert answer.status == 201
    texts = [row[0] for row in other.execute("SELECT text FROM revision")]
    assert sorted(texts) == sorted(set(texts)) and len(texts) == 13
    assert max(reads) < 4, "a reader waited for the writers"
    figure("database locked", "seconds", seconds)
    figure("database locked", "reads p99, ms", percentile(reads, 0.99) * 1000)


def test_a_full_disk_stops_writes_only(home: House) -> None:
    """The kernel refuses the server's files another byte, as a full disk would; then lets go."""
    server = home.start("run")
    assert comment(server.port, "While there was space.").status == 201
    limit = resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE, (4096, limit[1]))
    refused = 0
    for number in range(10):
        began = time.monotonic()
        answer = comment(server.port, f"No space for {number}.", key=f"full-{number}")
        if answer.status == 503:
            refused += 1
            assert int(answer.headers["retry-after"]) >= 1
            assert time.monotonic() - began < 10
        assert answer.status in (201, 503), answer.body
    assert refused, "nothing was refused: the drill did not bite"
    ready = ask(server.port, "GET", "/readyz")
    assert ready.status == 200 and ready.json["status"] == "degraded"
    assert ready.json["database"] == "full"
    assert "While there was space." in thread_page(server.port)
    resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE, limit)
    took = until(lambda: comment(server.port, "No space for 0.", key="full-0").status == 201, 10)
    for number in range(10):
        answer = comment(server.port, f"No space for {number}.", key=f"full-{number}")
        assert answer.status == 201
    assert ask(server.port, "GET", "/readyz").json["database"] == "ok"
    server.stop()
    database = sqlite3.connect(Path(home.environ["DATA_DIR"]) / "comments.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    texts = [row[0] for row in database.execute("SELECT text FROM revision")]
    assert len(texts) == len(set(texts)) == 11
    figure("disk full", "writes refused with 503", refused)
    figure("disk full", "seconds to recover", took)


def test_without_redis_limits_stay(tmp_path: Path, copied: Copied) -> None:
    with services.redis(tmp_path) as first:
        port = int(first.rsplit(":", 1)[1])
        with copied(REDIS_URL=f"{first}/0", LIMITS="post=8/minute") as made:
            server = made.start("run")
            assert comment(server.port, "With Redis.").status == 201
            _while_away(server, port, tmp_path)


def _while_away(server: Process, port: int, folder: Path) -> None:
    import redis

    redis.Redis(port=port).shutdown(nosave=True)
    answers, slow = [], []
    for number in range(12):
        began = time.monotonic()
        answers.append(comment(server.port, f"Without Redis, {number}.").status)
        slow.append(time.monotonic() - began)
    assert set(answers) == {201, 429}, answers  # nobody is turned away, and limits are not off
    assert answers.count(429) >= 1 and answers.count(201) <= 8
    assert max(slow) < 10
    assert "Without Redis, 0." in thread_page(server.port)
    figure("Redis away", "posts accepted, limited", f"{answers.count(201)}, {answers.count(429)}")
    figure("Redis away", "slowest post, ms", max(slow) * 1000)


def test_without_a_model_comments_wait_and_are_scored_later(home: House, tmp_path: Path) -> None:
    server = home.start("run", TOXICITY_BACKEND=f"embedded:{tmp_path / 'no-such-model'}")
    ready = ask(server.port, "GET", "/readyz")
    assert ready.status == 200 and ready.json["scorer"] != "ok"
    held = comment(server.port, "A friendly word about the bridge.")
    assert held.status == 201 and held.json["status"] == "pending" and held.json["reasons"]
    assert "friendly word" not in thread_page(server.port)
    server.stop()
    server = home.start("run")
    took = until(lambda: "friendly word" in thread_page(server.port), 75)
    figure("model missing", "seconds until scored and shown", took)


class _Hangs(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        time.sleep(20)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_hanging_model_holds_nobody_up(copied: Copied) -> None:
    remote = ThreadingHTTPServer(("127.0.0.1", 0), _Hangs)
    remote.daemon_threads = True
    address = f"http://127.0.0.1:{remote.server_address[1]}"
    waits = {"TOXICITY_BACKEND": f"remote:{address}", "TOXICITY_BUDGET_MS": "200"}
    with answering(remote), copied(**waits) as made:
        server = made.start("run")
        took = []
        for number in range(12):
            began = time.monotonic()
            answer = comment(server.port, f"A word about the bridge, {number}.")
            took.append(time.monotonic() - began)
            assert answer.status == 201 and answer.json["status"] == "pending"
        assert max(took) < 10  # it hangs for twenty seconds
        figure("model hangs", "post p50, ms", percentile(took, 0.5) * 1000)
        figure("model hangs", "post worst, ms", max(took) * 1000)


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.drill)])
def test_a_backup_while_people_write(home: House, tmp_path: Path, times: int) -> None:
    server = home.start("run")
    somebody_listens(Path(home.environ["DATA_DIR"]) / "comments.db")
    stop = threading.Event()
    posted = []

    def write(name: str) -> None:
        number = 0
        while not stop.is_set():
            answer = comment(server.port, f"Comment {number} of {name}.")
            posted.append(answer.status)
            number += 1
            time.sleep(0.1)  # a backup takes seconds

    writers = [threading.Thread(target=write, args=(str(each),)) for each in range(2)]
    for each in writers:
        each.start()
    try:
        files = [tmp_path / f"{number}.zip" for number in range(times)]
        for file in files:
            saved = home.command("backup", str(file))
            assert saved.returncode == 0, saved.stderr
    finally:
        stop.set()
        for each in writers:
            each.join()
    assert set(posted) == {201}, server.text()[-3000:]
    for number, file in enumerate(files):
        folder = tmp_path / f"restored-{number}"
        restored = home.command("restore", str(file), DATA_DIR=str(folder))
        assert restored.returncode == 0, restored.stderr
        assert whole(folder / "comments.db") == {}
    figure("backup while posting", "backups restored whole", times)
    figure("backup while posting", "posts meanwhile, none refused", len(posted))
