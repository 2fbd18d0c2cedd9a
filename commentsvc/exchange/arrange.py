"""Records of any order put into the order they are taken in: threads, then parents before replies.

Everything that needs a look at the whole file happens here, once for all formats: missing parents,
circles, the same comment twice, impossible dates, counts. Records wait in a temporary SQLite file,
so that memory stays small, and nothing is handed on before the file has been read to its end.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from ..core.errors import Unavailable
from . import values
from .codec import as_json, from_json
from .records import (
    AuthorRecord,
    Break,
    Broken,
    CommentRecord,
    Item,
    Problem,
    Record,
    SiteRecord,
    Skipped,
    ThreadRecord,
)

MAX_PROBLEMS = 500  # told one by one; all are counted

_TABLES = """
CREATE TABLE thread (id TEXT PRIMARY KEY, seq INTEGER, at REAL, body TEXT) WITHOUT ROWID;
CREATE TABLE comment (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, thread TEXT, parent TEXT, at REAL,
  body TEXT, parent_seq INTEGER, depth INTEGER);
CREATE TABLE head (seq INTEGER PRIMARY KEY, body TEXT);
"""


class Reading:
    """One foreign file, read: iterate it for the records in order, as often as needed.

    `counts` (threads, comments, each status, replies, …), `problems` (the first 500), `kinds` (all
    of them, counted) and `broken` (why the file could not be read to its end) are known from the
    start. Use it in a `with` block; the store is removed at its end.
    """

    def __init__(self, items: Iterable[Item], *, now: datetime | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.broken: str | None = None
        self._latest = now + timedelta(days=1) if now else values.LATEST
        self._folder = tempfile.TemporaryDirectory(prefix="commentsvc-import-")
        self._db = sqlite3.connect(Path(self._folder.name, "records.sqlite"), isolation_level=None)
        try:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_TABLES)
            self._load(items)
            self._arrange()
            self._count()
        except sqlite3.OperationalError as error:
            self.close()
            raise Unavailable(f"There is no room to sort the file: {error}.") from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the store; the reading can then no longer be iterated."""
        self._db.close()
        self._folder.cleanup()

    def __iter__(self) -> Iterator[Record]:
        for (body,) in self._db.execute("SELECT body FROM head ORDER BY seq"):
            yield from_json(orjson.loads(body))
        for name, body in self._db.execute("SELECT id, body FROM thread ORDER BY seq"):
            yield from_json(orjson.loads(body))
            yield from self._comments(name)

    def _comments(self, thread: str) -> Iterator[CommentRecord]:
        rows = self._db.execute(
            "SELECT c.body, c.at, p.id FROM comment c LEFT JOIN comment p ON p.seq = c.parent_seq"
            " WHERE c.thread = ? ORDER BY c.depth, c.seq",
            (thread,),
        )
        for body, at, parent in rows:
            found = orjson.loads(body)
            found["parent_source_id"] = parent
            found["created_at"] = at
            record = from_json(found)
            assert isinstance(record, CommentRecord)
            yield record

    # --- reading the items in -------------------------------------------------------------------

    def _load(self, items: Iterable[Item]) -> None:
        self._db.execute("BEGIN")
        try:
            for seq, item in enumerate(items):
                self._take(seq, item)
        except Broken as error:
            self._break(error.problem)
        self._db.execute("COMMIT")

    def _take(self, seq: int, item: Item) -> None:
        if isinstance(item, CommentRecord):
            self._take_comment(seq, item)
        elif isinstance(item, ThreadRecord):
            self._take_thread(seq, item)
        elif isinstance(item, SiteRecord | AuthorRecord):
            row = (seq, _dumps(as_json(item)))
            self._db.execute("INSERT INTO head (seq, body) VALUES (?, ?)", row)
        elif isinstance(item, Skipped):
            self.counts[item.what] += item.count
        elif isinstance(item, Break):
            self._break(item.problem)
        else:
            self._problem(item)

    def _take_thread(self, seq: int, item: ThreadRecord) -> None:
        """Keep a thread; what a second mention knows beyond the first is added to it."""
        known = self._db.execute(
            "SELECT body FROM thread WHERE id = ?", (item.source_id,)
        ).fetchone()
        if known:
            # defaults are not written, so that "closed" and "private" stay once they are said
            both = _dumps(as_json(item) | orjson.loads(known[0]))
            self._db.execute(
                "UPDATE thread SET body = ?, at = coalesce(at, ?) WHERE id = ?",
                (both, _epoch(item.created_at), item.source_id),
            )
            return
        row = (item.source_id, seq, _epoch(item.created_at), _dumps(as_json(item)))
        self._db.execute("INSERT INTO thread VALUES (?, ?, ?, ?)", row)

    def _take_comment(self, seq: int, item: CommentRecord) -> None:
        at = item.created_at
        if at and at > self._latest:
            self._problem(Problem("date", item.source_id, f"{at:%Y-%m-%d} is in the future"))
            at = None
        known = self._db.execute(
            "SELECT seq, body FROM comment WHERE id = ?", (item.source_id,)
        ).fetchone()
        if known:
            self._again(known, item)
            return
        if item.status == "published" and not item.text.strip():
            # a place without words: it stays where replies hang on it, as a withdrawn one does
            item = replace(item, status="withdrawn", reason="no_text")
            self._problem(Problem("no_text", item.source_id, "has no text; only its place is kept"))
        body = _dumps(as_json(item))
        self._db.execute(
            "INSERT INTO comment (seq, id, thread, parent, at, body) VALUES (?, ?, ?, ?, ?, ?)",
            (seq, item.source_id, item.thread_source_id, item.parent_source_id, _epoch(at), body),
        )

    def _again(self, known: tuple[int, str], item: CommentRecord) -> None:
        """The same comment once more, as paged and repeated saves hold it: the fuller one stays."""
        self.counts["duplicates"] += 1
        seq, body = known
        before = orjson.loads(body)
        if item.likes > before.get("likes", 0):
            before["likes"] = item.likes
        self._db.execute(
            "UPDATE comment SET body = ?, parent = coalesce(parent, ?) WHERE seq = ?",
            (_dumps(before), item.parent_source_id, seq),
        )

    def _problem(self, problem: Problem) -> None:
        self.kinds[problem.kind] += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def _break(self, problem: Problem) -> None:
        self._problem(problem)
        where = f" at {problem.where}" if problem.where else ""
        self.broken = self.broken or f"The file cannot be read{where}: {problem.what}."

    # --- once everything is there ---------------------------------------------------------------

    def _arrange(self) -> None:
        run = self._db.execute
        run("BEGIN")
        run("CREATE INDEX comment_thread ON comment (thread, seq)")
        run(
            "UPDATE comment SET parent_seq = (SELECT p.seq FROM comment p"
            " WHERE p.id = comment.parent AND p.thread = comment.thread AND p.seq != comment.seq)"
            " WHERE parent IS NOT NULL"
        )
        for name, parent in self._db.execute(
            "SELECT id, parent FROM comment WHERE parent IS NOT NULL AND parent_seq IS NULL"
        ):
            self.counts["orphan_replies"] += 1
            what = f"answers {parent}, which is not in the file; it becomes a comment of its own"
            self._problem(Problem("parent_missing", name, what))
        run("CREATE INDEX comment_parent ON comment (parent_seq)")
        self._set_depths()
        self._add_threads()
        self._set_dates()
        run("CREATE INDEX comment_order ON comment (thread, depth, seq)")
        run("COMMIT")

    def _set_depths(self) -> None:
        """Depth of each comment, from the top down; what is never reached stands in a circle."""
        walk = (
            "WITH RECURSIVE down (seq, depth) AS (SELECT seq, 0 FROM comment WHERE {start}"
            " UNION ALL SELECT c.seq, down.depth + 1 FROM comment c"
            " JOIN down ON c.parent_seq = down.seq)"
            " INSERT INTO reached SELECT seq, depth FROM down"
        )
        update = (
            "UPDATE comment SET depth = reached.depth FROM reached WHERE reached.seq = comment.seq"
        )
        run = self._db.execute
        run("CREATE TEMP TABLE reached (seq INTEGER PRIMARY KEY, depth INTEGER)")
        run(walk.format(start="parent_seq IS NULL"))
        run(update)
        last = -1
        while row := run(
            "SELECT seq, id FROM comment WHERE depth IS NULL AND seq > ? ORDER BY seq LIMIT 1",
            (last,),
        ).fetchone():
            last, name = row
            self._problem(Problem("parent_circle", name, "answers itself in a circle; cut here"))
            run("UPDATE comment SET parent_seq = NULL WHERE seq = ?", (last,))
            run("DELETE FROM reached")
            run(walk.format(start=f"seq = {int(last)}"))
            run(update)

    def _add_threads(self) -> None:
        """A thread for comments whose thread the file does not describe; its address is unknown."""
        self.counts["threads"] = self._db.execute("SELECT count(*) FROM thread").fetchone()[0]
        unknown = "FROM comment c LEFT JOIN thread t ON t.id = c.thread WHERE t.id IS NULL"
        many = self._db.execute(f"SELECT count(*) {unknown}").fetchone()[0]
        self.counts["comments_without_thread"] = many
        self.counts["threads_with_comments"] = self._db.execute(
            "SELECT count(*) FROM thread t WHERE EXISTS"
            " (SELECT 1 FROM comment c WHERE c.thread = t.id)"
        ).fetchone()[0]
        self._db.execute(
            "INSERT INTO thread SELECT c.thread, min(c.seq), NULL, json_object('kind', 'thread',"
            " 'source', json_extract(c.body, '$.source'), 'source_id', c.thread)"
            f" {unknown} GROUP BY c.thread"
        )

    def _set_dates(self) -> None:
        """Give a comment without a possible date that of its parent, neighbour, thread or file."""
        choices = (
            "SELECT p.at FROM comment p WHERE p.seq = :parent",
            "SELECT at FROM comment WHERE thread = :thread AND seq < :seq AND at IS NOT NULL"
            " ORDER BY seq DESC LIMIT 1",
            "SELECT at FROM comment WHERE thread = :thread AND seq > :seq AND at IS NOT NULL"
            " ORDER BY seq LIMIT 1",
            "SELECT at FROM thread WHERE id = :thread",
            "SELECT at FROM comment WHERE seq < :seq AND at IS NOT NULL ORDER BY seq DESC LIMIT 1",
        )
        (anywhere,) = self._db.execute(
            "SELECT coalesce((SELECT min(at) FROM comment), (SELECT max(at) FROM thread))"
        ).fetchone()
        # sorted by no index, so SQLite holds the list apart from the rows that change meanwhile
        rows = self._db.execute(
            "SELECT seq, id, thread, parent_seq FROM comment WHERE at IS NULL ORDER BY +depth, +seq"
        )
        for seq, name, thread, parent in rows:
            if anywhere is None:
                self._problem(Problem("date", name, "has no date, nor has the whole file"))
                continue
            given = {"seq": seq, "thread": thread, "parent": parent}
            found = (self._db.execute(choice, given).fetchone() for choice in choices)
            at = next((row[0] for row in found if row and row[0] is not None), anywhere)
            self._db.execute("UPDATE comment SET at = ? WHERE seq = ?", (at, seq))
            what = "has no possible date; it takes that of its neighbour"
            self._problem(Problem("date", name, what))

    def _count(self) -> None:
        one = self._db.execute(
            "SELECT count(*), coalesce(sum(parent_seq IS NOT NULL), 0), coalesce(max(depth), 0)"
            " FROM comment"
        ).fetchone()
        names = ("comments", "replies", "max_depth")
        self.counts.update(dict(zip(names, one, strict=True)))
        asked = (
            "SELECT json_extract(body, '$.status'), json_extract(body, '$.reason'), count(*)"
            " FROM comment GROUP BY 1, 2"
        )
        for status, reason, many in self._db.execute(asked):
            self.counts[status or "published"] += many
            if reason:
                self.counts[reason] += many
        self.counts["authors"] = self._db.execute(
            "SELECT count(DISTINCT coalesce(json_extract(body, '$.author.source_id'),"
            " json_extract(body, '$.author.email'), json_extract(body, '$.author.name')))"
            " FROM comment"
        ).fetchone()[0]


def _dumps(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _epoch(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
