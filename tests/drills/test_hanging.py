"""Servers that take a connection and say nothing: nobody but whoever needs them waits for them."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.drills.figures import figure
from tests.live import ask, comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drills.conftest import Copied
    from tests.live import House

_ASK = """
import json, sys
from commentsvc.app import create_app
from commentsvc.core.db import unit_of_work
from commentsvc.core.jobs import enqueue
from commentsvc.notifications.webhooks import subscribe
from commentsvc.sites.queries import by_key
emails, webhooks, work, port = json.loads(sys.argv[1])
with create_app().app_context():
    site = by_key("harbour")
    with unit_of_work():
        for number in range(emails):
            enqueue("send_reset", user_id=1, asked=f"asked-{number}")
    for number in range(webhooks):
        subscribe(site, f"http://127.0.0.1:{port}/{number}", events=["comment.published"], by=None)
    with unit_of_work():
        for number in range(work):
            enqueue("rekey_threads", site_id=site.id)
"""


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        taken: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    taken.append(listening.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        for each in taken:
            each.close()


def states(home: House) -> dict[tuple[str, str], int]:
    with sqlite3.connect(Path(home.environ["DATA_DIR"]) / "comments.db") as database:
        rows = database.execute("SELECT name, state, count(*) FROM job GROUP BY name, state")
        return {(name, state): count for name, state, count in rows}


@pytest.mark.parametrize(
    ("emails", "webhooks"), [(8, 4), pytest.param(400, 20, marks=pytest.mark.drill)]
)
def test_hanging_servers_hold_up_their_own_jobs_alone(
    copied: Copied, emails: int, webhooks: int
) -> None:
    with silent() as port:
        environ = {
            "MAIL_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_FROM": "comments@example.org",
            "WEBHOOK_PRIVATE": "yes",
        }
        with copied(**environ) as home:
            server = home.start("run")
            assert comment(server.port, "Before the silence.").status == 201
            asked = json.dumps([emails, webhooks, 10, port])
            done = home.command("-c", _ASK, asked)
            assert done.returncode == 0, done.stderr
            began = time.monotonic()
            while states(home).get(("rekey_threads", "done"), 0) < 10:
                # in one line, they would come after eight times twenty seconds
                assert time.monotonic() - began < 60, states(home)
                time.sleep(0.1)
            took = time.monotonic() - began
            assert ("send_reset", "done") not in states(home)
            assert comment(server.port, "Among the silence.").status == 201
            assert ask(server.port, "GET", "/readyz").status == 200
            began = time.monotonic()
            server.stop(seconds=15)
            figure("silent servers", "emails, webhooks", f"{emails}, {webhooks}")
            figure("silent servers", "seconds until other work is done", took)
            figure("silent servers", "seconds until SIGTERM has ended it", time.monotonic() - began)
