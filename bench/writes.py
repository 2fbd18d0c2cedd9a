"""Writing: posts by 1, 8 and 32 writers with scoring, rules and idempotency on the disk; likes."""

from __future__ import annotations

import json
import sqlite3
import sys
from typing import TYPE_CHECKING

from . import corpus, isso, ours
from .tools import ROUNDS, SECONDS, Figures, Load, ask, best_of, free_port, get, load, running

if TYPE_CHECKING:
    from pathlib import Path

#: A new text and a new key for every request: a repeated one would be answered from the first.
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
    """Posts and likes on SQLite with synchronous=FULL, beside a bare insert and Isso."""
    with ours.data("writes") as folder:
        ours.filled(folder, (100,))
        (folder / "page.html").write_text("x")
        bare_port = free_port()
        bare = [
            sys.executable,
            "-m",
            "bench.bare",
            str(bare_port),
            str(folder / "page.html"),
            str(folder / "bare.db"),
        ]
        with (
            ours.server(folder) as (port, _),
            running(bare, bare_port, "/bytes"),
        ):
            _posts(figures, folder, port, bare_port)
            _likes(figures, port)


def _posts(figures: Figures, folder: Path, port: int, bare_port: int) -> None:
    seed = iter(range(1, 1000))

    def ours_with(connections: int) -> Load:
        body = json.dumps(
            {"site": corpus.KEY, "href": corpus.href("posts"), "text": "%s", "name": "Ann"}
        )
        script = _POST % {"seed": next(seed), "path": "/api/v1/comments", "body": body}
        return load(f"http://127.0.0.1:{port}/", connections=connections, script=script)

    def bare_with(connections: int) -> Load:
        return load(f"http://127.0.0.1:{bare_port}/insert", connections=connections)

    one, eight, many, insert = best_of(
        ROUNDS,
        lambda: ours_with(1),
        lambda: ours_with(8),
        lambda: ours_with(32),
        lambda: bare_with(8),
    )
    figures.add("post", "bare durable insert, 8 writers", insert.rate, "1/s")
    for writers, found in (("1 writer", one), ("8 writers", eight), ("32 writers", many)):
        figures.add("post", f"ours, {writers}", found.rate, "1/s")
        figures.add("post", "… p99", found.p99_ms, "ms",
                    wanted="<= 50" if found is eight else "",
                    ok=found.p99_ms <= 50 if found is eight else None)  # fmt: skip
    share = eight.rate / insert.rate
    figures.add(
        "post",
        "… 8 writers, as a share of the bare insert",
        share,
        "",
        wanted=">= 0.2",
        ok=share >= 0.2,
    )
    errors = one.errors + eight.errors + many.errors
    figures.add("post", "… errors", errors, "", wanted="0", ok=errors == 0)
    lost = _lost(folder)
    figures.add("post", "… repeated or broken rows", lost, "", wanted="0", ok=lost == 0)
    _isso(figures, folder, eight)


def _lost(folder: Path) -> int:
    connection = sqlite3.connect(folder / "comments.db")
    (count,) = connection.execute(
        "SELECT (SELECT count(*) - count(DISTINCT text) FROM revision WHERE comment_id > 100)"
        " + (SELECT count(*) FROM comment WHERE revision_id IS NULL)"
        " + (SELECT abs(comment_count - (SELECT count(*) FROM comment WHERE thread_id = thread.id"
        "     AND status = 'published')) FROM thread WHERE href LIKE '%/posts')"
    ).fetchone()
    return int(count)


def _isso(figures: Figures, folder: Path, mine: Load) -> None:
    if not isso.install():
        return
    with isso.server(folder / "isso") as port:
        body = json.dumps({"text": "%s", "author": "Ann", "title": "An article"})
        seeds = iter(range(5000, 6000))

        def post() -> Load:
            script = _POST % {"seed": next(seeds), "path": "/new?uri=/posts", "body": body}
            return load(f"http://127.0.0.1:{port}/", connections=8, script=script)

        (theirs,) = best_of(ROUNDS, post)
    times = mine.rate / theirs.rate
    figures.add("post", "Isso, 8 writers", theirs.rate, "1/s")
    figures.add("post", "… ours over Isso", times, "x", wanted=">= 2", ok=times >= 2)


def _likes(figures: Figures, port: int) -> None:
    """One guest likes and takes back, each a durable change of the thread."""
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
    found = load(f"http://127.0.0.1:{port}/", connections=8, script=script, seconds=SECONDS)
    figures.add("like", "likes and their withdrawal, 8 at once", found.rate, "1/s")
    figures.add("like", "… p99", found.p99_ms, "ms")
    figures.add("like", "… errors", found.errors, "", wanted="0", ok=found.errors == 0)


def _guest(port: int) -> str:
    body = {"site": corpus.KEY, "href": corpus.href("likes"), "text": "Hello there.", "name": "Ann"}
    return str(ask(port, "POST", "/api/v1/comments", body)[1]["edit_token"])
