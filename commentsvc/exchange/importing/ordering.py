"""SQL that orders the records of one file, in the store filled by `arrange`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..records import Problem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

Tell = Callable[[Problem], None]

TABLES = """
CREATE TABLE thread (id TEXT PRIMARY KEY, seq INTEGER, at REAL, body TEXT) WITHOUT ROWID;
CREATE TABLE comment (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, thread TEXT, parent TEXT, at REAL,
  body TEXT, parent_seq INTEGER, depth INTEGER);
CREATE TABLE signed (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE head (seq INTEGER PRIMARY KEY, body TEXT);
"""


def find_parents(db: sqlite3.Connection, tell: Tell) -> int:
    """Link replies to their parents in the same thread. Returns how many have lost theirs."""
    db.execute("CREATE INDEX comment_thread ON comment (thread, seq)")
    db.execute(
        "UPDATE comment SET parent_seq = (SELECT p.seq FROM comment p"
        " WHERE p.id = comment.parent AND p.thread = comment.thread AND p.seq != comment.seq)"
        " WHERE parent IS NOT NULL"
    )
    db.execute("CREATE INDEX comment_parent ON comment (parent_seq)")
    many = 0
    for name, parent in db.execute(
        "SELECT id, parent FROM comment WHERE parent IS NOT NULL AND parent_seq IS NULL"
    ):
        many += 1
        what = f"replies to {parent}, which is not in the file; it becomes a top-level comment"
        tell(Problem("parent_missing", name, what))
    return many


def set_depths(db: sqlite3.Connection, tell: Tell) -> None:
    """Set the depth of each comment, from the top down; unreached comments form a circle."""
    walk = (
        "WITH RECURSIVE down (seq, depth) AS (SELECT seq, 0 FROM comment WHERE {start}"
        " UNION ALL SELECT c.seq, down.depth + 1 FROM comment c"
        " JOIN down ON c.parent_seq = down.seq)"
        " INSERT INTO reached SELECT seq, depth FROM down"
    )
    update = "UPDATE comment SET depth = reached.depth FROM reached WHERE reached.seq = comment.seq"
    run = db.execute
    run("CREATE TEMP TABLE reached (seq INTEGER PRIMARY KEY, depth INTEGER)")
    run(walk.format(start="parent_seq IS NULL"))
    run(update)
    last = -1
    while row := run(
        "SELECT seq, id FROM comment WHERE depth IS NULL AND seq > ? ORDER BY seq LIMIT 1",
        (last,),
    ).fetchone():
        last, name = row
        tell(
            Problem(
                "parent_circle",
                name,
                "is part of a circle of replies; it becomes a top-level comment",
            )
        )
        run("UPDATE comment SET parent_seq = NULL WHERE seq = ?", (last,))
        run("DELETE FROM reached")
        run(walk.format(start=f"seq = {int(last)}"))
        run(update)


def add_threads(db: sqlite3.Connection) -> dict[str, int]:
    """Add a thread for comments whose thread the file does not describe; its address is unknown."""
    (described,) = db.execute("SELECT count(*) FROM thread").fetchone()
    unknown = "FROM comment c LEFT JOIN thread t ON t.id = c.thread WHERE t.id IS NULL"
    (many,) = db.execute(f"SELECT count(*) {unknown}").fetchone()
    (used,) = db.execute(
        "SELECT count(*) FROM thread t WHERE EXISTS (SELECT 1 FROM comment c WHERE c.thread = t.id)"
    ).fetchone()
    db.execute(
        "INSERT INTO thread SELECT c.thread, min(c.seq), NULL, json_object('kind', 'thread',"
        " 'source', json_extract(c.body, '$.source'), 'source_id', c.thread)"
        f" {unknown} GROUP BY c.thread"
    )
    return {
        "threads": described,
        "threads_with_comments": used,
        "comments_without_thread": many,
    }


def set_dates(db: sqlite3.Connection, tell: Tell, why: Mapping[int, str]) -> None:
    """Give a comment without a possible date that of its parent, neighbor, thread or file. `why`
    gives the original date of some."""
    choices = (
        "SELECT p.at FROM comment p WHERE p.seq = :parent",
        "SELECT at FROM comment WHERE thread = :thread AND seq < :seq AND at IS NOT NULL"
        " ORDER BY seq DESC LIMIT 1",
        "SELECT at FROM comment WHERE thread = :thread AND seq > :seq AND at IS NOT NULL"
        " ORDER BY seq LIMIT 1",
        "SELECT at FROM thread WHERE id = :thread",
        "SELECT at FROM comment WHERE seq < :seq AND at IS NOT NULL ORDER BY seq DESC LIMIT 1",
    )
    (anywhere,) = db.execute(
        "SELECT coalesce((SELECT min(at) FROM comment), (SELECT max(at) FROM thread))"
    ).fetchone()
    # no index gives this order, so SQLite sorts into a copy, apart from the rows being updated
    rows = db.execute(
        "SELECT seq, id, thread, parent_seq FROM comment WHERE at IS NULL ORDER BY +depth, +seq"
    )
    for seq, name, thread, parent in rows:
        if anywhere is None:
            tell(Problem("date", name, "has no date, and neither does any comment in the file"))
            continue
        given = {"seq": seq, "thread": thread, "parent": parent}
        found = (db.execute(choice, given).fetchone() for choice in choices)
        at = next((row[0] for row in found if row and row[0] is not None), anywhere)
        db.execute("UPDATE comment SET at = ? WHERE seq = ?", (at, seq))
        what = why.get(seq, "has an impossible date")
        tell(Problem("date", name, f"{what}; it gets the date of a nearby comment"))
