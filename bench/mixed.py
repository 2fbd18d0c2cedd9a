"""Two nodes, a worker, PostgreSQL and Redis under mixed load, and whether everything acknowledged
is stored exactly once: posts, likes, decisions, the log.

BENCH_MIXED_SECONDS sets the duration (default: ten minutes).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from commentsvc.accounts.commands import register
from commentsvc.accounts.keys import add_key
from commentsvc.app import create_app
from commentsvc.core.db import db
from commentsvc.core.jobs import Job
from commentsvc.moderation.audit import verify
from commentsvc.moderation.models import Decision
from commentsvc.server import upgrade
from commentsvc.sites.commands import add_site
from commentsvc.sites.queries import by_key
from commentsvc.threads.models import Comment, Reaction, Revision, Thread

from . import corpus, ours
from .mixing import Clients
from .reads import own_database
from .tools import ROOT, Figures, free_port, percentile, rss_mb, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

SECONDS = float(os.environ.get("BENCH_MIXED_SECONDS", "600"))
PATIENCE = 60  # seconds in which a worker must finish the remaining jobs
_POLICY = {"slow_seconds": 0, "undo_seconds": 0, "hold_repeats": False, "flood_count": 1000}


def run(figures: Figures) -> None:
    """Run the load, then check the results once."""
    if not (os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL")):
        print("mixed needs PostgreSQL and Redis: make bench BENCH=mixed", file=sys.stderr)
        return
    with ours.data("mixed") as folder, ExitStack() as open_ones:
        url = own_database("mixed")
        app, key = _house(folder, url)
        environ = {
            "DATABASE_URL": url,
            # long timeouts, so that a busy machine does not make each node count separately
            "REDIS_URL": f"{os.environ['TEST_REDIS_URL']}/60?socket_timeout=5&socket_connect_timeout=5",
        }
        nodes = [open_ones.enter_context(_node(folder / each, environ)) for each in ("one", "two")]
        worker = open_ones.enter_context(_worker(folder / "worker", environ))
        clients = Clients([port for port, _ in nodes], key)
        memory = _under_load(clients, [*(child for _, child in nodes), worker])
        _told(figures, clients, memory)
        _counted(figures, app, clients)
        with app.app_context():
            db.engine.dispose()
        open_ones.close()
        own_database("mixed")


def _house(folder: Path, url: str) -> tuple[Flask, str]:
    given = ours.settings(folder, url)
    app = create_app(given)
    upgrade(app, given)
    with app.app_context():
        owner = register(email=corpus.OWNER, password=corpus.PASSWORD, name="Olga", is_admin=True)
        site = add_site(name="Bench", key=corpus.KEY, origins=[corpus.ORIGIN], owner=owner,
                        policy=_POLICY)  # fmt: skip
        key = add_key(label="bench", scopes=["moderate", "read"], site_id=site.id, user=owner,
                      quota="1000000/minute")  # fmt: skip
    return app, key


def _environ(folder: Path, more: dict[str, str]) -> dict[str, str]:
    folder.mkdir()
    given = ours.settings(folder)
    own = {"DATA_DIR": str(folder), "SECRET_KEY": given.secret_key, "LIMITS": given.limits}
    return {**own, "LOG_LEVEL": "WARNING", **more}


@contextmanager
def _node(folder: Path, more: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port, environ = free_port(), _environ(folder, more)
    command = [sys.executable, "-m", "commentsvc", "run", "--no-worker", "--port", str(port)]
    with running(command, port, "/readyz", environ=environ, pinned=False) as child:
        yield port, child


@contextmanager
def _worker(folder: Path, more: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "commentsvc", "worker"]
    environ = {**os.environ, **_environ(folder, more)}
    child = subprocess.Popen(command, env=environ, cwd=ROOT, start_new_session=True)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(20)


def _under_load(clients: Clients, children: list[subprocess.Popen[bytes]]) -> list[float]:
    """Run the clients for a while, and until each kind of request has had an answer. Returns the
    memory of all processes over time."""
    memory, stop = [], threading.Event()

    def until_told(work: Callable[[threading.Event], None]) -> None:
        try:
            work(stop)
        except BaseException as error:
            clients.errors.append(repr(error))

    going = [
        threading.Thread(target=until_told, args=(each,), daemon=True) for each in clients.all()
    ]
    for each in going:
        each.start()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or (clients.wanting() and time.monotonic() < end + PATIENCE):
        time.sleep(min(1.0, SECONDS / 10))
        memory.append(sum(rss_mb(child.pid) for child in children))
    stop.set()
    for each in going:
        each.join()
    return memory


def _told(figures: Figures, clients: Clients, memory: list[float]) -> None:
    """The clients' observations during the run."""
    for what, seconds in clients.seconds.items():
        figures.add("mixed", what, len(seconds) / SECONDS, "1/s")
        figures.add("mixed", "… median", percentile(seconds, 0.5) * 1000, "ms")
    times = percentile(clients.seconds["posts"], 0.99) / percentile(clients.seconds["posts"], 0.5)
    figures.add("mixed", "p99 of posts over their median", times, "x", wanted="<= 4", ok=times <= 4)
    errors = len(clients.errors)
    figures.add("mixed", "errors", errors, "", wanted="0", ok=errors == 0)
    for each in clients.errors[:5]:
        print(each, file=sys.stderr)
    part = max(1, len(memory) // 4)
    early, late = (percentile(each, 0.5) for each in (memory[part : 2 * part], memory[-part:]))
    figures.add("mixed", "memory of all processes", late, "MB")
    figures.add("mixed", "… last quarter over the second", late / early, "x", wanted="<= 1.1",
                ok=late / early <= 1.1)  # fmt: skip


def _counted(figures: Figures, app: Flask, clients: Clients) -> None:
    """The tables' contents, compared with what was acknowledged."""
    with app.app_context():
        site = by_key(corpus.KEY)
        rows = (
            ("lost or duplicated posts", _posts_amiss(clients)),
            ("lost or duplicated likes", _likes_amiss(clients)),
            ("lost or duplicated decisions", _decisions_amiss(clients)),
            ("threads with a wrong count", _threads_amiss()),
            ("broken rows of the log", int(verify(site.id)[1] is not None)),
            ("jobs that are not done", _jobs_left()),
        )
        for what, found in rows:
            figures.add("mixed", what, found, "", wanted="0", ok=found == 0)
        db.session.remove()


def _posts_amiss(clients: Clients) -> int:
    found = set(db.session.scalars(select(Comment.public_id)))
    texts = select(func.count() - func.count(Revision.text.distinct()))
    return len(found ^ clients.posted) + int(db.session.scalar(texts.select_from(Revision)) or 0)


def _likes_amiss(clients: Clients) -> int:
    query = select(Comment.public_id, Reaction.user_id).join(Reaction)
    stored: dict[str, int] = {}
    for comment, _user in db.session.execute(query):
        stored[comment] = stored.get(comment, 0) + 1
    counts = dict(db.session.execute(select(Comment.public_id, Comment.like_count)).all())
    return sum(
        not counts.get(each, 0) == stored.get(each, 0) == clients.liked[each] for each in counts
    )


def _decisions_amiss(clients: Clients) -> int:
    """Each acknowledged decision must be the only one by a person on its comment,
    with its status."""
    query = select(Comment.public_id, Comment.status, Decision.action).join(Decision)
    query = query.where(Decision.by_id.is_not(None))
    stored = sorted(tuple(row) for row in db.session.execute(query))
    statuses = {"reject": "rejected", "approve": "published"}
    wanted = sorted((comment, statuses[action], action) for comment, action in clients.decided)
    return len(set(stored) ^ set(wanted)) + abs(len(stored) - len(wanted))


def _threads_amiss() -> int:
    published = select(func.count()).where(
        Comment.thread_id == Thread.id, Comment.status == "published"
    )
    wrong = Thread.comment_count != published.correlate(Thread).scalar_subquery()
    return int(db.session.scalar(select(func.count()).select_from(Thread).where(wrong)) or 0)


def _jobs_left() -> int:
    """Unfinished jobs, after waiting up to `PATIENCE`."""
    left = (
        select(func.count()).select_from(Job).where(Job.state.in_(("waiting", "running", "parked")))
    )
    end = time.monotonic() + PATIENCE
    while True:
        found = int(db.session.scalar(left) or 0)
        db.session.rollback()
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.2)
