"""Many who write at once share commits: beside another process, on a disk that fills up, behind one who
takes long. What was acknowledged is there, once, and nothing is there that was refused."""

from __future__ import annotations

import json
import resource
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.drills.figures import figure, percentile
from tests.drills.test_kill import HREF, Ledger, _graph, client, somebody_listens, whole
from tests.live import House, thread_page

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = 12


class Crowd:
    """Clients that post until they are stopped."""

    def __init__(self, port: int) -> None:
        self.ledger, self.port, self.stop = Ledger(), port, threading.Event()
        self.left: list[list[str]] = [[] for _ in range(CLIENTS)]
        self.threads = [
            threading.Thread(target=client, args=(self.ledger, port, str(each), self.stop, mine))
            for each, mine in enumerate(self.left)
        ]
        for each in self.threads:
            each.start()

    def until_answered(self, more: int) -> None:
        wanted, end = len(self.ledger.acknowledged) + more, time.monotonic() + 60
        while len(self.ledger.acknowledged) < wanted:
            assert time.monotonic() < end, self.ledger.last
            time.sleep(0.01)

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()

    def end(self) -> None:
        self.stop.set()
        for each in self.threads:
            each.join()
        for text in [text for mine in self.left for text in mine]:
            assert self.ledger.post(self.port, text), (text, self.ledger.last)


@pytest.fixture
def database(home: House) -> Iterator[Path]:
    """The file, which is sound at the end and holds what was acknowledged."""
    path = Path(home.environ["DATA_DIR"]) / "comments.db"
    somebody_listens(path)
    yield path
    assert whole(path) == {}


def all_there(ledger: Ledger, database: Path) -> None:
    connection = sqlite3.connect(database)
    stored = dict(
        connection.execute(
            "SELECT text, comment.public_id FROM revision JOIN comment ON comment.id = comment_id"
            " WHERE source IS NULL"
        )
    )
    connection.close()
    assert ledger.odd == [] and stored == ledger.acknowledged
    assert set(stored) == set(ledger.wanted)


@pytest.mark.parametrize("comments", [60, pytest.param(6000, marks=pytest.mark.drill)])
def test_two_processes_write_one_file(
    home: House, database: Path, tmp_path: Path, comments: int
) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(_graph(comments)))
    server = home.start("run")
    with Crowd(server.port) as crowd:
        imported = home.command("import", "facebook", str(saved), "--page", HREF)
        crowd.until_answered(5)
        crowd.end()
    assert imported.returncode == 0, imported.stderr
    server.stop()
    all_there(crowd.ledger, database)
    connection = sqlite3.connect(database)
    (count,) = connection.execute(
        "SELECT count(*) FROM comment WHERE source IS NOT NULL"
    ).fetchone()
    connection.close()
    assert count == comments
    figure("two processes", "posted, imported", f"{len(crowd.ledger.acknowledged)}, {count}")


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.drill)])
def test_a_disk_that_fills_up_under_a_crowd(home: House, database: Path, times: int) -> None:
    """Again and again in the middle of groups, with a limit that is reached a little later."""
    server = home.start("run")
    with Crowd(server.port) as crowd:
        limit = resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE)
        for number in range(times):
            crowd.until_answered(20)
            sizes = [each.stat().st_size for each in database.parent.glob("comments.db*")]
            most = 4096 if number % 2 == 0 else max(sizes) + 8192
            resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE, (most, limit[1]))
            time.sleep(0.3)
            assert "<html" in thread_page(server.port)  # reading goes on
            resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE, limit)
        crowd.until_answered(20)
        crowd.end()
    server.stop()
    all_there(crowd.ledger, database)
    figure("disk fills under a crowd", "times, comments", f"{times}, {len(crowd.ledger.wanted)}")


@pytest.mark.parametrize("seconds", [0.5, pytest.param(3, marks=pytest.mark.drill)])
def test_behind_one_who_takes_long(home: House, database: Path, seconds: float) -> None:
    """Everybody is answered once that one is done, and readers do not notice."""
    server = home.start("run")
    with Crowd(server.port) as crowd:
        crowd.until_answered(20)
        other = sqlite3.connect(database, isolation_level=None, timeout=30)
        other.execute("BEGIN IMMEDIATE")
        began, reads = time.monotonic(), []
        while time.monotonic() < began + seconds:
            asked = time.monotonic()
            assert "<html" in thread_page(server.port)
            reads.append(time.monotonic() - asked)
        other.execute("COMMIT")
        other.close()
        crowd.until_answered(20)
        crowd.end()
    server.stop()
    all_there(crowd.ledger, database)
    assert max(reads) < max(seconds, 2)
    figure("behind one who takes long", "reads p99, ms", percentile(reads, 0.99) * 1000)
