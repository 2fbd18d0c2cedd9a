"""PostgreSQL ends its connections, as it does when it restarts, or is killed: nobody is told less than a
problem, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from scripts import services
from tests.drills.figures import figure
from tests.drills.test_faults import until
from tests.live import HREF, KEY, Answer, House, ask, comment, house

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

READS = (
    f"/embed/thread?site={KEY}&href={HREF}&after=x",
    f"/api/v1/me?site={KEY}&href={HREF}",
    f"/api/v1/threads?site={KEY}&href={HREF}",
    "/account/sign-in",
    f"/embed/new?thread=none&since={KEY}",
    "/",
)


WRITERS = 3  # at each of the two processes
PATIENCE = 12.0  # seconds after which a request counts as one that hangs
WHOLE = {
    "without a text": "SELECT count(*) FROM comment WHERE revision_id IS NULL",
    "counted wrong": "SELECT count(*) FROM thread WHERE comment_count <> (SELECT count(*) FROM comment"
    " WHERE thread_id = thread.id AND status = 'published')",
}


class Database:
    """A PostgreSQL server that keeps what it has acknowledged, and that can be killed."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._cluster = services.new_cluster(folder)
        # Enough against a kill: only a power cut would take what the system has not put on the disk.
        self._cluster.command.extend(("-c", "synchronous_commit=on"))
        self._stack = stack
        self.address = self._cluster.address
        self.start()

    def start(self) -> None:
        self._server: subprocess.Popen[bytes] = self._stack.enter_context(self._cluster.running())

    def kill(self) -> None:
        self._server.kill()
        self._server.wait()

    def kill_connections(self) -> None:
        """As the kernel does when memory is short: the server ends all the others too, and recovers."""
        for (pid,) in self.asked("SELECT pid FROM pg_stat_activity WHERE usename = 'commentsvc'"):
            with suppress(ProcessLookupError):  # the server was faster
                os.kill(pid, signal.SIGKILL)

    def end_connections(self) -> None:
        self.asked(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND usename = 'commentsvc'"
        )

    def asked(self, sql: str) -> list[Any]:
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Database]]:
    """An installation on a PostgreSQL of its own, nothing of ours running yet."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)  # the server runs as somebody else where we are root
        database = Database(Path(folder), stack)
        with house(tmp_path_factory.mktemp("house"), DATABASE_URL=database.address) as home:
            home.set_up(hold_repeats=False, flood_count=1000)
            yield home, database


@pytest.fixture
def home(installed: tuple[House, Database]) -> Iterator[House]:
    """The same; what a test has started is stopped after it."""
    yield installed[0]
    installed[0].stop()


@pytest.fixture
def database(installed: tuple[House, Database]) -> Database:
    return installed[1]


@pytest.mark.parametrize("turns", [2, pytest.param(200, marks=pytest.mark.drill)])
def test_connections_that_end_are_a_problem_with_a_retry(
    home: House, database: Database, turns: int
) -> None:
    server = home.start("run")
    assert comment(server.port, f"Before the restart, {turns}.").status == 201
    stop, answers = threading.Event(), list[Answer]()

    def read(number: int) -> None:
        while not stop.is_set():
            path = READS[number % len(READS)]
            number += 1
            answers.append(ask(server.port, "GET", path, headers={"Accept": "text/html"}))

    readers = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(turns):
        database.end_connections()
        time.sleep(0.1)
    stop.set()
    for reader in readers:
        reader.join()
    odd = [each for each in answers if each.status >= 500 and each.status != 503]
    assert not odd, (odd[0].status, odd[0].headers, odd[0].body, server.text()[-3000:])
    for answer in answers:
        assert answer.status != 503 or int(answer.headers["retry-after"]) >= 1
    until(lambda: comment(server.port, "After it.", key=f"after-{turns}").status == 201, 20)
    refused = sum(each.status == 503 for each in answers)
    figure("PostgreSQL ends connections", "reads, of them 503", f"{len(answers)}, {refused}")


class Writer(threading.Thread):
    """Posts at one process, and asks again with the same key until it is acknowledged."""

    def __init__(self, port: int, name: str, stop: threading.Event) -> None:
        super().__init__()
        self.port, self.label, self.stop = port, name, stop
        self.told: dict[str, str] = {}  # text -> id
        self.refused = 0
        self.odd: list[str] = []
        self.slowest = 0.0

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            text = f"Comment {number} of {self.label} on the new bridge."
            while not self._posted(text):
                time.sleep(0.05)

    def _posted(self, text: str) -> bool:
        began = time.monotonic()
        try:
            answer = comment(self.port, text, key=f"key of {text}", timeout=60)
        except OSError as error:
            self.odd.append(f"{text}: {error!r}")
            return True
        self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status == 201:
            self.told[text] = answer.json["id"]
        elif answer.status == 503 and int(answer.headers["retry-after"]) >= 1:
            self.refused += 1
        elif answer.status != 409:  # the first try with this key is still under way
            self.odd.append(f"{text}: {answer.status} {answer.body[:200]!r}")
        return answer.status not in (409, 503)


@pytest.mark.parametrize("turns", [1, pytest.param(5, marks=pytest.mark.drill)])
def test_kills_lose_nothing(home: House, database: Database, turns: int) -> None:
    """While two processes post, its connections are killed, which makes it recover by itself; then all
    of it, which comes back. What cannot be written is told at once, and nobody restarts us."""
    servers = [home.start("run"), home.start("run")]
    stop = threading.Event()
    writers = [
        Writer(server.port, f"{turns}-{at}-{number}", stop)
        for at, server in enumerate(servers)
        for number in range(WRITERS)
    ]
    try:
        for each in writers:
            each.start()
        for _ in range(turns):
            _written_by_all(writers)
            database.kill_connections()
            _written_by_all(writers)
            database.kill()
            _refused_by_all(writers)
            database.start()
        _written_by_all(writers)
    finally:
        stop.set()
        for each in writers:
            each.join()
    _judge(turns, writers, database, "\n".join(server.text()[-3000:] for server in servers))
    figure("PostgreSQL killed", "times, connections and server", turns)


def _judge(turns: int, writers: list[Writer], database: Database, logs: str) -> None:
    told = {text: name for each in writers for text, name in each.told.items()}
    slowest = max(each.slowest for each in writers)
    figure("PostgreSQL killed", "comments acknowledged", len(told))
    figure("PostgreSQL killed", "requests answered 503", sum(each.refused for each in writers))
    figure("PostgreSQL killed", "slowest answer, seconds", slowest)
    assert [line for each in writers for line in each.odd] == [], logs
    stored = database.asked(
        "SELECT text, comment.public_id FROM revision JOIN comment ON comment.id = comment_id"
        f" WHERE text LIKE 'Comment % of {turns}-% on the new bridge.'"
    )
    assert sorted(stored) == sorted(told.items())
    broken = {promise: database.asked(sql)[0][0] for promise, sql in WHOLE.items()}
    assert broken == dict.fromkeys(WHOLE, 0)
    assert slowest < PATIENCE


def _written_by_all(writers: list[Writer]) -> None:
    """Each has been acknowledged a new comment since: without a restart of ours."""
    before = [len(each.told) for each in writers]
    _until_all(writers, lambda: [len(each.told) for each in writers], before)


def _refused_by_all(writers: list[Writer]) -> None:
    before = [each.refused for each in writers]
    _until_all(writers, lambda: [each.refused for each in writers], before)


def _until_all(writers: list[Writer], now: Callable[[], list[int]], before: list[int]) -> None:
    def grown() -> bool:
        assert [line for each in writers for line in each.odd] == []
        return all(new > old for new, old in zip(now(), before, strict=True))

    until(grown, 30)
