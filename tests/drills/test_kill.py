"""kill -9 at any moment: what was acknowledged is there, once, and whole."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.drills.figures import figure
from tests.live import HREF, House, comment, free_port, house

if TYPE_CHECKING:
    from tests.drills.conftest import Copied

CLIENTS = 8


class Ledger:
    """What clients wanted and what they were told. They retry with the key until they hear."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.acknowledged: dict[str, str] = {}  # text -> id
        self.wanted: list[str] = []
        self.odd: list[str] = []
        self.last = ""

    def post(self, port: int, text: str) -> bool:
        """Send it; False when it is not known what became of it."""
        try:
            answer = comment(port, text, key=f"key of {text}", timeout=5)
        except OSError as error:
            self.last = repr(error)
            return False
        self.last = f"{answer.status} {answer.body[:200]!r}"
        with self.lock:
            if answer.status == 201:
                before = self.acknowledged.setdefault(text, answer.json["id"])
                if before != answer.json["id"]:
                    self.odd.append(f"{text}: {before} and {answer.json['id']}")
            elif answer.status not in (409, 503):
                self.odd.append(f"{text}: {answer.status} {answer.body[:200]!r}")
        return answer.status == 201


def client(ledger: Ledger, port: int, name: str, stop: threading.Event, left: list[str]) -> None:
    number = 0
    while not stop.is_set():
        if left:
            text = left.pop()
        else:
            text = f"Comment {number} of {name}, {random.random():.9f}."
            number += 1
            with ledger.lock:
                ledger.wanted.append(text)
        if not ledger.post(port, text):
            left.append(text)
            time.sleep(0.01)


def _until_one_is_answered(ledger: Ledger, before: int) -> None:
    until = time.monotonic() + 5
    while len(ledger.acknowledged) == before and time.monotonic() < until:
        time.sleep(0.002)


def whole(database: Path) -> dict[str, int]:
    """How many rows break a promise, by promise."""
    connection = sqlite3.connect(database)
    integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
    one = lambda sql: connection.execute(sql).fetchone()[0]  # noqa: E731
    found = {
        "not sound": int(integrity != "ok"),
        "references": len(connection.execute("PRAGMA foreign_key_check").fetchall()),
        "without a text": one(
            "SELECT count(*) FROM comment WHERE revision_id IS NULL"
            " OR revision_id NOT IN (SELECT id FROM revision)"
        ),
        "twice": one(
            "SELECT count(*) FROM (SELECT 1 FROM revision GROUP BY text HAVING count(*)>1)"
        ),
        "without its job": one(
            "SELECT count(*) FROM comment WHERE source IS NULL AND NOT EXISTS (SELECT 1 FROM job"
            " WHERE job.name = 'on_comment' AND json_extract(payload, '$.comment_id') = comment.id)"
        ),
        "counted wrong": one(
            "SELECT count(*) FROM thread WHERE comment_count <> (SELECT count(*) FROM comment"
            " WHERE thread_id = thread.id AND status = 'published')"
        ),
    }
    connection.close()
    return {promise: count for promise, count in found.items() if count}


def somebody_listens(database: Path) -> None:
    """A webhook that nobody has verified: every comment asks for a job, and nobody is called."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "INSERT INTO webhook (public_id, site_id, url, events, secret, verify_token, state,"
            " created_at) VALUES ('w', 1, 'https://example.org/', '[]', 's', 't', 'new', 0)"
        )


@pytest.mark.parametrize("kills", [1, pytest.param(100, marks=pytest.mark.drill)])
def test_kills_lose_nothing(home: House, kills: int) -> None:
    random.seed(20261122)
    port, ledger = free_port(), Ledger()
    left: list[list[str]] = [[] for _ in range(CLIENTS)]
    database = Path(home.environ["DATA_DIR"]) / "comments.db"
    somebody_listens(database)
    starts: list[float] = []
    for number in range(kills):
        began = time.monotonic()
        server = home.start("run", port=port)
        starts.append(time.monotonic() - began)
        stop = threading.Event()
        names = [f"{number}-{each}" for each in range(CLIENTS)]
        clients = [
            threading.Thread(target=client, args=(ledger, port, name, stop, mine))
            for name, mine in zip(names, left, strict=True)
        ]
        for each in clients:
            each.start()
        _until_one_is_answered(ledger, len(ledger.acknowledged))
        time.sleep(random.uniform(0, 0.4))
        os.killpg(server.child.pid, signal.SIGKILL)
        server.child.wait()
        stop.set()
        for each in clients:
            each.join()
        assert whole(database) == {}, f"after kill {number}"
    server = home.start("run", port=port)
    for text in [text for mine in left for text in mine]:
        assert ledger.post(port, text), (
            text,
            ledger.last,
            server.text()[-2000:],
        )  # what was never answered is posted at last
    server.stop()
    connection = sqlite3.connect(database)
    stored = dict(
        connection.execute(
            "SELECT text, comment.public_id FROM revision JOIN comment ON comment.id = comment_id"
        )
    )
    lost = [text for text, name in ledger.acknowledged.items() if stored.get(text) != name]
    figure("kill -9", "kills", kills)
    figure("kill -9", "comments acknowledged", len(ledger.acknowledged))
    figure("kill -9", "lost", len(lost))
    figure("kill -9", "seconds to ready, worst", max(starts))
    assert lost == [] and ledger.odd == [] and whole(database) == {}
    assert set(stored) == set(ledger.wanted)


@pytest.mark.parametrize("kills", [1, pytest.param(25, marks=pytest.mark.drill)])
def test_a_killed_upgrade_is_old_or_new(tmp_path: Path, kills: int) -> None:
    """Each time in the middle of making the tables; the next start finishes the work."""
    random.seed(1)
    ended = 0
    for number in range(kills):
        folder = tmp_path / str(number)
        folder.mkdir()
        with house(folder) as home:
            upgrade = home.start("upgrade")
            database = folder / "data" / "comments.db"
            until = time.monotonic() + 120
            while not database.exists() and upgrade.child.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.3))
            os.killpg(upgrade.child.pid, signal.SIGKILL)
            ended += upgrade.child.wait() == 0
            again = home.command("upgrade")
            assert again.returncode == 0, again.stderr
            assert "up to date" in home.command("upgrade").stdout
            assert whole(database) == {}
    figure("killed upgrade", "kills", kills)


@pytest.mark.parametrize(
    ("kills", "comments"), [(1, 400), pytest.param(20, 9000, marks=pytest.mark.drill)]
)
def test_a_killed_import_is_gone_on_with(
    home: House, copied: Copied, tmp_path: Path, kills: int, comments: int
) -> None:
    """A saved Graph answer of Facebook's, its import killed again and again: as if never killed."""
    random.seed(2)
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(_graph(comments)))
    asked = ("import", "facebook", str(saved), "--page", HREF)
    database = Path(home.environ["DATA_DIR"]) / "comments.db"
    ended = 0
    for _ in range(kills):
        before, process = _imported(database)[0], home.start(*asked)
        until = time.monotonic() + 60
        while _imported(database)[0] == before and process.child.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.05))
        with suppress(ProcessLookupError):  # it was faster
            os.killpg(process.child.pid, signal.SIGKILL)
        ended += process.child.wait() == 0
        assert whole(database) == {}
    last = home.command(*asked)
    assert last.returncode == 0, last.stderr
    found = _imported(database)
    (tmp_path / "other").mkdir()
    with copied(tmp_path / "other") as other:
        assert other.command(*asked).returncode == 0
        assert _imported(Path(other.environ["DATA_DIR"]) / "comments.db") == found
    assert found[0] == comments and whole(database) == {}
    figure("killed import", "kills", kills)
    figure("killed import", "of these after its end", ended)


def _graph(comments: int) -> dict[str, object]:
    """As Graph gave them: every third one answers the one before it."""
    rows: list[dict[str, object]] = []
    for n in range(comments):
        row: dict[str, object] = {
            "id": f"9000_{n}",
            "message": f"Comment number {n}.",
            "created_time": f"2014-05-{n % 28 + 1:02}T10:{n % 60:02}:00+0000",
            "from": {"id": str(n % 40), "name": f"Reader {n % 40}"},
            "like_count": n % 5,
        }
        if n % 3 == 2:
            row["parent"] = {"id": f"9000_{n - 1}"}
        rows.append(row)
    return {"data": rows}


def _imported(database: Path) -> tuple[int, ...]:
    connection = sqlite3.connect(database)
    try:
        return tuple(
            connection.execute(
                "SELECT (SELECT count(*) FROM comment), (SELECT count(*) FROM revision),"
                " (SELECT count(*) FROM user WHERE kind <> 'member'),"
                " (SELECT count(*) FROM comment WHERE parent_id IS NOT NULL),"
                " (SELECT sum(like_count) FROM comment), (SELECT sum(reply_count) FROM comment),"
                " (SELECT sum(comment_count) FROM thread)"
            ).fetchone()
        )
    finally:
        connection.close()
