"""Writing: posts by 1, 8 and 32 writers with scoring, rules and durable idempotency; likes."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from scripts import services
from scripts.need import postgres_bin

from . import corpus, isso, ours
from .tools import (
    ROUNDS,
    Figures,
    Load,
    ask,
    best_of,
    free_port,
    get,
    load,
    on_server_core,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WRITERS = (1, 8, 32)

#: A new text and key for every request: repeated ones would get the first one's response.
_POST = """
math.randomseed(%(seed)d)
local n = 0
local words = {"ferry", "harbour", "bridge", "market", "evening", "garden", "winter", "council"}
local function text()
  local said = {}
  for i = 1, 34 do said[i] = words[math.random(#words)] end
  return table.concat(said, " ")
end
request = function()
  n = n + 1
  local unique = %(seed)d .. "-" .. n
  local body = string.format([[%(body)s]], text() .. " " .. unique)
  return wrk.format("POST", "%(path)s", {["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "key-" .. unique}, body)
end
"""


def run(figures: Figures) -> None:
    """Posts and likes on SQLite with synchronous=FULL, compared with a bare insert,
    PostgreSQL and Isso."""
    with ours.data("writes") as folder, ExitStack() as open_ones:
        ours.filled(folder, (100,))
        bare = open_ones.enter_context(_bare(folder))
        port, _ = open_ones.enter_context(ours.server(folder))
        postgres = open_ones.enter_context(_postgres(folder / "postgres"))
        eight = _posts(figures, folder, port, bare, postgres)
        likes = _likes(figures, port)
        _isso(figures, folder, eight, likes)


@contextmanager
def _bare(folder: Path) -> Iterator[int]:
    """A bare route that inserts a row; yields its port."""
    (folder / "page.html").write_text("x")
    port = free_port()
    given = [str(port), str(folder / "page.html"), str(folder / "bare.db")]
    with running([sys.executable, "-m", "bench.bare", *given], port, "/bytes"):
        yield port


@contextmanager
def _postgres(folder: Path) -> Iterator[tuple[int, str]]:
    """The same on a durable PostgreSQL, on the server's one core: port and database. The port is 0
    if PostgreSQL is missing."""
    if postgres_bin() is None:
        yield 0, ""
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as place, ExitStack() as open_ones:
        Path(place).chmod(0o755)
        with on_server_core():  # its child processes stay there
            url = open_ones.enter_context(services.postgres(Path(place), durable=True))
        folder.mkdir()
        ours.filled(folder, (100,), url)
        port, _ = open_ones.enter_context(ours.server(folder, DATABASE_URL=url))
        yield port, url


def _posts(
    figures: Figures, folder: Path, port: int, bare_port: int, postgres: tuple[int, str]
) -> Load:
    """Measure all, alternating. Returns the load with 8 writers on SQLite."""
    seed = iter(range(1, 1000))

    def ours_with(at: int, connections: int) -> Load:
        body = json.dumps(
            {"site": corpus.KEY, "href": corpus.href("posts"), "text": "%s", "name": "Ann"}
        )
        script = _POST % {"seed": next(seed), "path": "/api/v1/comments", "body": body}
        return load(f"http://127.0.0.1:{at}/", connections=connections, script=script)

    ports = [port, postgres[0]] if postgres[0] else [port]
    each = [partial(ours_with, at, writers) for at in ports for writers in WRITERS]
    insert, *found = best_of(
        ROUNDS, lambda: load(f"http://127.0.0.1:{bare_port}/insert", connections=8), *each
    )
    figures.add("post", "bare durable insert, 8 writers", insert.rate, "1/s")
    _told(figures, "post", found[:3])
    share = found[1].rate / insert.rate
    figures.add("post", "… 8 writers, as a share of the bare insert", share, "",
                wanted=">= 0.2", ok=share >= 0.2)  # fmt: skip
    _whole(figures, "post", found[:3], f"sqlite:///{folder / 'comments.db'}")
    if postgres[0]:
        area = "post, PostgreSQL"
        _told(figures, area, found[3:])
        share = found[4].rate / found[1].rate
        figures.add(area, "… 8 writers, over SQLite", share, "x", wanted=">= 0.8", ok=share >= 0.8)
        _whole(figures, area, found[3:], postgres[1])
    return found[1]


def _told(figures: Figures, area: str, found: Sequence[Load]) -> None:
    """Rates, and how much longer the slowest wait than a single writer."""
    alone = found[0].p50_ms
    for writers, each, most in zip(WRITERS, found, (None, 6, 20), strict=True):
        figures.add(
            area, f"ours, {writers} {'writer' if writers == 1 else 'writers'}", each.rate, "1/s"
        )
        figures.add(area, "… p99", each.p99_ms, "ms")
        if most is not None:
            figures.add(area, "… p99 over one writer's median", each.p99_ms / alone, "x",
                        wanted=f"<= {most}", ok=each.p99_ms <= most * alone)  # fmt: skip


def _whole(figures: Figures, area: str, found: Sequence[Load], url: str) -> None:
    errors = sum(each.errors for each in found)
    figures.add(area, "… errors", errors, "", wanted="0", ok=errors == 0)
    lost = _lost(url)
    figures.add(area, "… repeated or broken rows", lost, "", wanted="0", ok=lost == 0)


def _lost(url: str) -> int:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        count = connection.exec_driver_sql(
            "SELECT (SELECT count(*) - count(DISTINCT text) FROM revision WHERE comment_id > 100)"
            " + (SELECT count(*) FROM comment WHERE revision_id IS NULL)"
            " + (SELECT abs(comment_count - (SELECT count(*) FROM comment WHERE thread_id = thread.id"
            "     AND status = 'published')) FROM thread WHERE href LIKE '%%/posts')"
        ).scalar()
    engine.dispose()
    return int(count or 0)


def _isso(figures: Figures, folder: Path, mine: Load, likes: Load) -> None:
    """Isso's posts, then its votes: each from another network, because it accepts one
    vote per network."""
    if not isso.install():
        return
    seeds = iter(range(5000, 6000))
    with isso.server(folder / "isso") as port:
        url = f"http://127.0.0.1:{port}/"
        body = json.dumps({"text": "%s", "author": "Ann", "title": "An article"})

        def post() -> Load:
            script = _POST % {"seed": next(seeds), "path": "/new?uri=/posts", "body": body}
            return load(url, connections=8, script=script)

        def vote() -> Load:
            script = _VOTE % {"seed": next(seeds), "comments": sum(isso.SIZES)}
            return load(url, connections=8, script=script)

        theirs, votes = best_of(ROUNDS, post, vote)
    for area, what, other, own, least in (
        ("post", "Isso, 8 writers", theirs, mine, 2),
        ("like", "Isso, votes, 8 at once", votes, likes, 1),
    ):
        times = own.rate / other.rate
        figures.add(area, what, other.rate, "1/s")
        figures.add(area, "… errors", other.errors)
        figures.add(area, "… ours over Isso", times, "x", wanted=f">= {least}", ok=times >= least)


_VOTE = """
math.randomseed(%(seed)d)
request = function()
  local from = math.random(1, 223) .. "." .. math.random(0, 255) .. "." .. math.random(0, 255) .. ".1"
  return wrk.format("POST", "/id/" .. math.random(%(comments)d) .. "/like",
    {["Content-Type"] = "application/json", ["X-Forwarded-For"] = from}, "{}")
end
"""


def _likes(figures: Figures, port: int) -> Load:
    """One guest adds and removes likes, each a durable change of the thread."""
    _, _, page = get(port, f"/api/v1/threads?site={corpus.KEY}&href={corpus.href(100)}")
    thread = json.loads(page)["id"]
    _, _, page = get(port, f"/api/v1/threads/{thread}/comments?limit=20")
    ids = [each["id"] for each in json.loads(page)["items"]]
    token = _guest(port)
    script = f"""
local ids = {{{", ".join(f'"{each}"' for each in ids)}}}
local n = 0
request = function()
  n = n + 1
  local method = (math.floor(n / #ids) %% 2 == 0) and "PUT" or "DELETE"
  return wrk.format(method, "/api/v1/comments/" .. ids[n %% #ids + 1] .. "/like",
    {{["Authorization"] = "Guest {token}"}})
end
""".replace("%%", "%")
    (found,) = best_of(
        ROUNDS, lambda: load(f"http://127.0.0.1:{port}/", connections=8, script=script)
    )
    figures.add("like", "likes added and removed, 8 at once", found.rate, "1/s")
    figures.add("like", "… p99", found.p99_ms, "ms")
    figures.add("like", "… errors", found.errors, "", wanted="0", ok=found.errors == 0)
    return found


def _guest(port: int) -> str:
    body = {"site": corpus.KEY, "href": corpus.href("likes"), "text": "Hello there.", "name": "Ann"}
    return str(ask(port, "POST", "/api/v1/comments", body)[1]["edit_token"])
