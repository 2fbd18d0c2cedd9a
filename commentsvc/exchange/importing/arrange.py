"""Records in any order, sorted for import: threads, then parents before replies.

Everything that needs the whole file happens here, once for all formats: missing parents, circles,
duplicate comments, impossible dates, counts. Records are stored in a temporary SQLite file to save
memory, and none are handed on before the whole file is read.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ...core.errors import Invalid, Unavailable
from ..codec import as_json, from_json
from ..records import (
    OWN,
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
from . import ordering, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

MAX_PROBLEMS = 500  # listed individually; all are counted


class Reading:
    """A foreign file that has been read: iterate it for the records in order, as often as needed.

    `counts` (threads, comments, each status, replies, …), `problems` (the first 500), `kinds` (all
    of them, counted), `broken` (why the file could not be read to its end) and `nothing` (the
    refusal, if nothing in it was understood) are known from the start. Use it in a `with` block,
    which removes the store at its end.
    """

    def __init__(self, items: Iterable[Item], *, now: datetime | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.broken: str | None = None
        self.nothing: Invalid | None = None
        self._latest = now + timedelta(days=1) if now else values.LATEST
        self._future: dict[int, str] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="commentsvc-import-")
        self._db = sqlite3.connect(Path(self._folder.name, "records.sqlite"), isolation_level=None)
        try:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(ordering.TABLES)
            self._load(items)
            self._arrange()
            self._count()
        except sqlite3.OperationalError as error:
            self.close()
            raise Unavailable("unavailable.no_room", error=str(error)) from error
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
        """Remove the store; afterwards the reading can no longer be iterated."""
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

    # --- loading the items ----------------------------------------------------------------------

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
        """Store a thread; a second mention adds only what the first lacks."""
        known = self._db.execute(
            "SELECT body FROM thread WHERE id = ?", (item.source_id,)
        ).fetchone()
        if known:
            # defaults are not written, so "closed" and "private" stay once set
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
            self._future[seq] = f"is dated {at:%Y-%m-%d}, in the future"
            at = None
        known = self._db.execute(
            "SELECT seq, body FROM comment WHERE id = ?", (item.source_id,)
        ).fetchone()
        if known and _is_the_same(orjson.loads(known[1]), item):
            self._again(known, item)
            return
        if known:
            return self._take_comment(seq, replace(item, source_id=own_id(item)))
        item = self._signed(item)
        if item.status == "published" and not item.text.strip():
            # a placeholder without text stays if it has replies, like a withdrawn comment
            item = replace(item, status="withdrawn", reason="no_text")
            self._problem(Problem("no_text", item.source_id, "has no text; kept as a placeholder"))
        body = _dumps(as_json(item))
        self._db.execute(
            "INSERT INTO comment (seq, id, thread, parent, at, body) VALUES (?, ?, ?, ?, ?, ?)",
            (seq, item.source_id, item.thread_source_id, item.parent_source_id, _epoch(at), body),
        )

    def _signed(self, item: CommentRecord) -> CommentRecord:
        """The comment under the name it was signed with. An account that uses several names, as
        shared ones do, becomes one person per name."""
        account, name = item.author.source_id, item.author.name
        if item.source == OWN or not account or not name:
            return item
        self._db.execute("INSERT OR IGNORE INTO signed VALUES (?, ?)", (account, name))
        (first,) = self._db.execute("SELECT name FROM signed WHERE id = ?", (account,)).fetchone()
        if first == name:
            return item
        return replace(item, author=replace(item.author, source_id=f"{account}/{name}"))

    def _again(self, known: tuple[int, str], item: CommentRecord) -> None:
        """Merge a duplicate, as in paged and repeated exports: the fuller version stays."""
        self.counts["duplicates"] += 1
        seq, body = known
        before = orjson.loads(body)
        if item.likes > before.get("likes", 0):
            before["likes"] = item.likes
        for kind, people in item.reactions.items():
            told = before.setdefault("reactions", {})
            told[kind] = max(people, told.get(kind, 0))
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
        self.broken = self.broken or f"The file can’t be read{where}: {problem.what}."

    def _arrange(self) -> None:
        self._db.execute("BEGIN")
        self.counts["orphan_replies"] = ordering.find_parents(self._db, self._problem)
        ordering.set_depths(self._db, self._problem)
        self.counts.update(ordering.add_threads(self._db))
        ordering.set_dates(self._db, self._problem, self._future)
        self._db.execute("CREATE INDEX comment_order ON comment (thread, depth, seq)")
        self._db.execute("COMMIT")

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


def _is_the_same(before: dict[str, Any], item: CommentRecord) -> bool:
    """Whether two comments with one ID are the same: the same text, or the same person and time."""
    again = as_json(item)
    same = [
        before.get(key) == again.get(key)
        for key in ("text", "author", "created_at", "thread_source_id")
    ]
    return same[0] or all(same[1:])


def own_id(item: CommentRecord) -> str:
    """An ID for a comment whose own ID is taken by another: the same each time the file is read."""
    said = repr((item.author.name, item.author.email, item.created_at, item.text))
    return (
        f"{item.source_id[:160]}~{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:16]}"
    )


def _dumps(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _epoch(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
