"""A cluster loses a node, its primary database and Redis, and is upgraded node by node: readers see nothing,
writers wait a few seconds at most, and nothing acknowledged is lost."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.drills.cluster import Cluster, asked, cluster
from tests.drills.figures import figure, percentile
from tests.drills.test_faults import until
from tests.live import HREF, KEY, ask, comment

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.drill
READERS, WRITERS = 3, 3
_PATIENCE = 30.0  # seconds a writer waits at most, whatever dies; figures say how long it was
_PAGE = f"/embed/thread?site={KEY}&href={HREF}"


class Reader(threading.Thread):
    """Reads the page of the conversation, again and again, as a browser would."""

    def __init__(self, port: int, stop: threading.Event) -> None:
        super().__init__()
        self.port, self.stop = port, stop
        self.seconds: list[float] = []
        self.odd: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                answer = ask(self.port, "GET", _PAGE, headers={"Accept": "text/html"}, timeout=30)
                if answer.status != 200 or b"<article" not in answer.body:
                    self.odd.append(f"{answer.status} {answer.body[:200]!r}")
            except OSError as error:
                self.odd.append(repr(error))
            self.seconds.append(time.monotonic() - began)
            time.sleep(0.02)


class Writer(threading.Thread):
    """Posts, and asks again with the same key until it is acknowledged, as the box does."""

    def __init__(self, port: int, name: str, stop: threading.Event) -> None:
        super().__init__()
        self.port, self.label, self.stop = port, name, stop
        self.told: dict[str, str] = {}  # text -> id
        self.waited: list[float] = []
        self.refused = 0
        self.odd: list[str] = []

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            text, began = f"Comment {number} of {self.label} about clusters.", time.monotonic()
            while not self._posted(text):
                if time.monotonic() - began > 2 * _PATIENCE:
                    self.odd.append(f"{text}: not acknowledged")
                    break
                time.sleep(0.1)
            self.waited.append(time.monotonic() - began)
            time.sleep(0.03)

    def _posted(self, text: str) -> bool:
        try:
            answer = comment(self.port, text, key=f"key of {text}", timeout=30)
        except OSError:
            self.refused += 1
            return False
        if answer.status == 201:
            self.told[text] = answer.json["id"]
            return True
        self.refused += 1
        if answer.status not in (409, 502, 503, 504):
            self.odd.append(f"{text}: {answer.status} {answer.body[:200]!r}")
        return False


class Crowd:
    """Everybody who reads and writes through nginx."""

    def __init__(self, all_of: Cluster, name: str) -> None:
        self._stop, port = threading.Event(), all_of.port
        self.readers = [Reader(port, self._stop) for _ in range(READERS)]
        self.writers = [Writer(port, f"{name} {at}", self._stop) for at in range(WRITERS)]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        everybody: list[threading.Thread] = [*self.readers, *self.writers]
        for each in everybody:
            each.start()
        try:
            self.all_go_on()
            yield
            self.all_go_on()
        finally:
            self._stop.set()
            for each in everybody:
                each.join(3 * _PATIENCE)

    def all_go_on(self, times: int = 1) -> None:
        """Each has read or written something new since now, so many times."""
        before = (
            [len(each.seconds) for each in self.readers],
            [len(each.told) for each in self.writers],
        )

        def grown() -> bool:
            now = (
                [len(each.seconds) for each in self.readers],
                [len(each.told) for each in self.writers],
            )
            pairs = [*zip(now[0], before[0], strict=True), *zip(now[1], before[1], strict=True)]
            return all(new >= old + times for new, old in pairs)

        until(grown, 2 * _PATIENCE)

    def judge(self, drill: str) -> dict[str, str]:
        """Figures, and what was acknowledged."""
        reads = [one for each in self.readers for one in each.seconds]
        waited = [one for each in self.writers for one in each.waited]
        odd = [line for each in self.readers for line in each.odd]
        odd += [line for each in self.writers for line in each.odd]
        figure(drill, "pages read, of them not as they should be", f"{len(reads)}, {len(odd)}")
        figure(drill, "slowest page, seconds", max(reads))
        figure(drill, "comments acknowledged", sum(len(each.told) for each in self.writers))
        figure(drill, "tries refused", sum(each.refused for each in self.writers))
        figure(drill, "writers waited: median, seconds", percentile(waited, 0.5))
        figure(drill, "writers waited: longest, seconds", max(waited))
        assert odd == [], odd[:5]
        assert max(waited) < _PATIENCE
        return {text: name for each in self.writers for text, name in each.told.items()}


@pytest.fixture(scope="module")
def all_of() -> Iterator[Cluster]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else where we are root
        with cluster(Path(folder)) as made:
            assert comment(made.port, "The first one.").status == 201
            until(lambda: b"<article" in ask(made.port, "GET", _PAGE).body, 20)
            yield made


def test_it_works(all_of: Cluster) -> None:
    """One after the other; what all were told is there at the end, once, in the database that is left."""
    told: dict[str, str] = {}

    def drill(name: str) -> Crowd:
        return Crowd(all_of, name)

    crowd = drill("Rolling upgrade")
    with crowd.at_work():
        for number in range(2):
            all_of.restart(number)
            until(partial(_is_asked, all_of, number), _PATIENCE)
            crowd.all_go_on()
    told |= crowd.judge("Rolling upgrade")

    crowd = drill("A node dies")
    with crowd.at_work():
        all_of.lose(0)
        crowd.all_go_on(20)
        all_of.start(0)
    told |= crowd.judge("A node dies")

    crowd = drill("Redis dies")
    with crowd.at_work():
        all_of.redis.kill()
        crowd.all_go_on(40)
        all_of.redis.start()
    told |= crowd.judge("Redis dies")

    crowd = drill("The primary dies")
    with crowd.at_work():
        all_of.databases.lose_the_primary()
        time.sleep(2)  # until whoever watches the databases has noticed
        all_of.databases.promote()
        crowd.all_go_on(20)
    told |= crowd.judge("The primary dies")
    _check(all_of, told)


def _is_asked(all_of: Cluster, number: int) -> bool:
    """Whether comments reach this node since its restart: nginx leaves it out a little longer."""
    return '"route":"/api/v1/comments"' in all_of.nodes[number].text()


def _check(all_of: Cluster, told: dict[str, str]) -> None:
    address = all_of.databases.standby.address
    stored = asked(
        address,
        "SELECT text, comment.public_id FROM revision JOIN comment ON comment.id = comment_id"
        " WHERE text LIKE '% about clusters.'",
    )
    assert len(stored) == len({text for text, _ in stored}), "nothing is there twice"
    lost = set(told.items()) - set(stored)
    figure("Cluster", "comments acknowledged, of them lost", f"{len(told)}, {len(lost)}")
    assert not lost
    wrong = asked(
        address,
        "SELECT count(*) FROM thread WHERE comment_count <> (SELECT count(*) FROM comment"
        " WHERE thread_id = thread.id AND status = 'published')",
    )
    assert wrong[0][0] == 0
    late = "SELECT count(*) FROM job WHERE state = 'parked'"
    assert asked(address, late)[0][0] == 0
    until(lambda: asked(address, "SELECT count(*) FROM job WHERE state <> 'done' AND due_at <="
                        " (extract(epoch FROM now()) * 1000000)")[0][0] == 0, 60)  # fmt: skip
