"""PostgreSQL ends its connections, as it does when it restarts: nobody is told less than a problem."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from scripts import services
from tests.drills.figures import figure
from tests.drills.test_faults import until
from tests.live import HREF, KEY, Answer, ask, comment, house

if TYPE_CHECKING:
    from collections.abc import Iterator

READS = (
    f"/embed/thread?site={KEY}&href={HREF}&after=x",
    f"/api/v1/me?site={KEY}&href={HREF}",
    f"/api/v1/threads?site={KEY}&href={HREF}",
    "/account/sign-in",
    f"/embed/new?thread=none&since={KEY}",
    "/",
)


@pytest.mark.parametrize("turns", [6, pytest.param(200, marks=pytest.mark.drill)])
def test_connections_that_end_are_a_problem_with_a_retry(tmp_path: Path, turns: int) -> None:
    with (
        TemporaryDirectory() as folder,
        _postgres(Path(folder)) as address,
        house(tmp_path, DATABASE_URL=address) as home,
    ):
        home.set_up()
        server = home.start("run")
        assert comment(server.port, "Before the restart.").status == 201
        stop, answers = threading.Event(), list[Answer]()

        def read(number: int) -> None:
            while not stop.is_set():
                path = READS[number % len(READS)]
                number += 1
                answers.append(ask(server.port, "GET", path, headers={"Accept": "text/html"}))

        readers = [threading.Thread(target=read, args=(number,)) for number in range(4)]
        for reader in readers:
            reader.start()
        _end_connections(address, turns)
        stop.set()
        for reader in readers:
            reader.join()
        odd = [each for each in answers if each.status >= 500 and each.status != 503]
        assert not odd, (odd[0].status, odd[0].headers, odd[0].body, server.text()[-3000:])
        for answer in answers:
            assert answer.status != 503 or int(answer.headers["retry-after"]) >= 1
        until(lambda: comment(server.port, "After it.", key="after").status == 201, 20)
        refused = sum(each.status == 503 for each in answers)
        figure("PostgreSQL ends connections", "reads, of them 503", f"{len(answers)}, {refused}")


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    folder.chmod(0o755)  # the server runs as somebody else where we are root
    with services.postgres(folder) as address:
        yield address


def _end_connections(address: str, turns: int) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for _ in range(turns):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND usename = 'commentsvc'"
            )
            threading.Event().wait(0.1)
