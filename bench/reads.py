"""Reading: first pages from the cache, not modified, and recomputed; counts; the
dashboard's queue."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from werkzeug.test import create_environ, run_wsgi_app

from commentsvc.core.db import db
from commentsvc.web.cache import answers

from . import corpus, isso, ours
from .tools import ROUNDS, Figures, best_of, free_port, get, load, need, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

_THEIR_SECONDS = 5  # an Isso request may take a second
_LISTED = "/api/v1/threads/{}/comments?limit=20&include=html"


def frame(size: int | str) -> str:
    """The page inside the frame, as the loader requests it."""
    return f"/embed/thread?site={corpus.KEY}&href={corpus.href(size)}"


def run(figures: Figures) -> None:
    """All reading benchmarks, on SQLite; uncached pages also on PostgreSQL."""
    with ours.data("reads") as folder:
        app = ours.filled(folder)
        _computed(app, figures, "SQLite", 1.5)
        with ours.server(folder) as (port, _):
            status, headers, body = get(port, frame(10_000))
            assert status == 200
            figures.add("read", "bytes of the first page, not compressed", len(body) / 1000, "KB")
            _cached(figures, folder, port, body, headers["etag"])
            _against_isso(figures, folder, port)
    if os.environ.get("TEST_DATABASE_URL"):
        with ours.data("reads-postgres") as folder:
            app = ours.filled(folder, (100, 10_000, 100_000), own_database())
            _computed(app, figures, "PostgreSQL", 2.5)


def _cached(figures: Figures, folder: Path, port: int, body: bytes, etag: str) -> None:
    file = folder / "page.html"
    file.write_bytes(body)
    with _bare(file, folder) as bare, _nginx(file, folder) as nginx:
        url = f"http://127.0.0.1:{port}{frame(10_000)}"
        calls: list[Any] = [
            lambda: load(f"http://127.0.0.1:{bare}/bytes"),
            lambda: load(url),
            lambda: load(url, headers={"If-None-Match": etag}),
            lambda: load(url, headers={"Accept-Encoding": "br"}),
        ]
        if nginx:
            calls.append(lambda: load(f"http://127.0.0.1:{nginx}/page.html"))
        plain, cached, unchanged, packed, *file_served = best_of(ROUNDS, *calls)
    figures.add("read", "bare route, the same bytes", plain.rate, "1/s")
    figures.add("read", "cached first page", cached.rate, "1/s")
    share = cached.rate / plain.rate
    figures.add(
        "read", "… as a share of the bare route", share, "", wanted=">= 0.8", ok=share >= 0.8
    )
    share = unchanged.rate / cached.rate
    # a 304 has no body, and wrk does not count it as an error
    figures.add("read", "… answered 304, over the 200", share, "", wanted=">= 1.2", ok=share >= 1.2)
    figures.add("read", "… as brotli, over the bare route", packed.rate / plain.rate)
    if file_served:
        share = cached.rate / file_served[0].rate
        figures.add(
            "read", "… as a share of nginx with a file", share, "", wanted=">= 0.5", ok=share >= 0.5
        )
    figures.add("read", "… p99", cached.p99_ms, "ms")


def _against_isso(figures: Figures, folder: Path, port: int) -> None:
    if not isso.install():
        return
    with isso.server(folder / "isso") as other:
        url = f"http://127.0.0.1:{port}{frame(100)}"
        theirs, mine = best_of(
            ROUNDS,
            lambda: load(
                f"http://127.0.0.1:{other}/?uri=/100", connections=4, seconds=_THEIR_SECONDS
            ),
            lambda: load(url),
        )
        times = mine.rate / theirs.rate
        figures.add("read", "Isso, thread of 100 as its widget reads", theirs.rate, "1/s")
        figures.add("read", "… ours over Isso", times, "x", wanted=">= 1000", ok=times >= 1000)
        _counts(figures, port, other)


def _counts(figures: Figures, port: int, other: int) -> None:
    names = [*corpus.SIZES, *range(46)]
    query = "&".join(f"href={corpus.href(name)}" for name in names)
    asked = f"http://127.0.0.1:{port}/api/v1/counts?site={corpus.KEY}&{query}"
    listed = ",".join(f'\\"/{name}\\"' for name in names)
    script = (
        f'wrk.method = "POST"\nwrk.body = "[{listed}]"\n'
        'wrk.headers["Content-Type"] = "application/json"\n'
    )
    theirs, mine = best_of(
        ROUNDS,
        lambda: load(
            f"http://127.0.0.1:{other}/count", connections=4, seconds=_THEIR_SECONDS, script=script
        ),
        lambda: load(asked),
    )
    times = mine.rate / theirs.rate
    figures.add("counts", "50 addresses, Isso", theirs.rate, "1/s")
    figures.add("counts", "50 addresses, ours", mine.rate, "1/s")
    figures.add("counts", "… ours over Isso", times, "x", wanted=">= 10", ok=times >= 10)


def _computed(app: Flask, figures: Figures, engine: str, wanted: float) -> None:
    """The page for the first reader after a write: without the cache, in this process, CPU only."""
    cost: dict[int, float] = {}
    sizes = [size for size in corpus.SIZES if _thread(app, size)]
    for size in sizes:
        cost[size], queries = _anew(app, frame(size))
        figures.add("computed", f"{engine}, page of {size:,}: CPU", cost[size], "ms")
        if size == 10_000:
            figures.add(
                "computed", f"{engine}, … queries", queries, "", wanted="<= 4", ok=queries <= 4
            )
            listed, queries = _anew(app, _LISTED.format(_thread(app, size)))
            ok = listed <= wanted
            what = f"{engine}, the same comments as JSON: CPU"
            figures.add("computed", what, listed, "ms", wanted=f"<= {wanted}", ok=ok)
            figures.add(
                "computed", f"{engine}, … queries", queries, "", wanted="<= 4", ok=queries <= 4
            )
    ratio = cost[sizes[-1]] / cost[100]
    what = f"{engine}, page of 100,000 over page of 100"
    figures.add("computed", what, ratio, "x", wanted="<= 1.3", ok=ratio <= 1.3)


def _thread(app: Flask, size: int) -> str | None:
    """The public ID of the thread with that many comments, if this database has it."""
    with app.app_context():
        query = text("SELECT public_id FROM thread WHERE href = :href")
        found: str | None = db.session.execute(query, {"href": corpus.href(size)}).scalar()
        return found


def _anew(app: Flask, path: str) -> tuple[float, int]:
    """Median CPU milliseconds and number of queries without cached responses. Counting queries
    makes each cost more, so they are counted separately."""
    spent = sorted(_asked(app, path) for _ in range(60))
    with app.app_context():
        engine = db.engine
    statements: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    _asked(app, path)
    event.remove(engine, "before_cursor_execute", note)
    queries = len([each for each in statements if not each.startswith(("PRAGMA", "BEGIN"))])
    return spent[len(spent) // 2], queries


def _asked(app: Flask, path: str) -> float:
    """CPU milliseconds for a response, without the test client's."""
    with app.app_context():
        kept = answers()
    assert kept is not None
    kept.clear()
    environ = create_environ(path, base_url="http://127.0.0.1:5000")
    began = time.process_time()
    _, status, _ = run_wsgi_app(app, environ, buffered=True)
    spent = (time.process_time() - began) * 1000
    assert status.startswith("200"), status
    return spent


@contextmanager
def _bare(file: Path, folder: Path) -> Iterator[int]:
    import sys

    port = free_port()
    command = [sys.executable, "-m", "bench.bare", str(port), str(file), str(folder / "bare.db")]
    with running(command, port, "/bytes"):
        yield port


@contextmanager
def _nginx(file: Path, folder: Path) -> Iterator[int]:
    """nginx with one process and the file; 0 if nginx is missing."""
    if not need("nginx", "nginx-light"):
        yield 0
        return
    port = free_port()
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(
        f"{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        "events { worker_connections 512; }\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;"
        " types { text/html html; }\n"
        f" open_file_cache max=10; server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with running([program, "-c", config, "-p", folder], port, f"/{file.name}"):
        yield port


def own_database(name: str = "bench") -> str:
    """An empty database on the given server; returns its address."""
    import psycopg

    given = os.environ["TEST_DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return f"{given.rpartition('/')[0]}/{name}"
