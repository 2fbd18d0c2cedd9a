"""Isso: its SQLite file (0.9 and later), and the generic JSON that its importer reads."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_plus

from ...core.errors import Invalid
from ..importing import markup, values
from ..importing.mending import decoded
from ..importing.source import DEFAULT_LIMITS, Limits, check_size, opened
from ..importing.streams import Cut, json_parts
from ..records import AuthorRecord, Broken, CommentRecord, Item, Problem, Status, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "isso"
MAGIC = b"SQLite format 3\0"
_MODES: dict[Any, tuple[Status, str | None]] = {
    1: ("published", None),
    2: ("pending", None),
    4: ("withdrawn", "deleted"),  # deleted, but has replies, so its place stays
}
_MAX_STEPS = 2_000_000  # thousands of SQLite steps; no query of an export takes more


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments from an Isso database, or from its generic JSON."""
    with path.open("rb") as file:
        is_database = file.read(len(MAGIC)) == MAGIC
    return _read_database(path, limits) if is_database else _read_generic(path, limits)


def _read_database(path: Path, limits: Limits) -> Iterator[Item]:
    check_size(path, limits)
    mended = limits.mended[path] = Counter()
    with _whole_pages(path) as (found, is_cut):
        # Without "immutable", SQLite would write next to the file; with it, it would ignore a log.
        log = Path(f"{found}-wal")
        immutable = "" if log.exists() and log.stat().st_size else "&immutable=1"
        db = sqlite3.connect(f"file:{quote(str(found.absolute()))}?mode=ro{immutable}", uri=True)
        db.text_factory = partial(decoded, counts=mended)
        try:
            if is_cut:  # otherwise SQLite refuses a file shorter than its header says
                db.execute("PRAGMA writable_schema = ON")
            _guard(db)
            yield from _threads(db)
            yield from _comments(db)
        except (sqlite3.Error, OverflowError) as error:
            raise Broken("not_sqlite", "", f"the database is damaged ({error})") from error
        finally:
            db.close()
    if is_cut:
        raise Broken(
            "cut_off", "", "the database is shorter than its header says, so it was cut off"
        )


@contextmanager
def _whole_pages(path: Path) -> Iterator[tuple[Path, bool]]:
    """The database, and whether it was cut off. If so, it is a copy with only the complete pages,
    because SQLite reads the missing half of a page as zeros."""
    with path.open("rb") as file:
        start = file.read(100)
    page = int.from_bytes(start[16:18], "big")
    page = 65536 if page == 1 else page
    known = start[24:28] == start[92:96]  # whether the number of pages is valid
    size, whole = path.stat().st_size, page * int.from_bytes(start[28:32], "big")
    if not page or not known or size >= whole:
        yield path, False
        return
    with tempfile.NamedTemporaryFile(prefix="commentsvc-import-") as copy:
        with path.open("rb") as file:
            shutil.copyfileobj(file, copy)
        copy.truncate(size // page * page)
        copy.flush()
        yield Path(copy.name), True


def _guard(db: sqlite3.Connection) -> None:
    """Treat the file as hostile: no triggers, no views, no functions, bounded work and rows."""
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 32 * 1024 * 1024)
    steps = iter(range(_MAX_STEPS))
    db.set_progress_handler(lambda: next(steps, None) is None, 1000)
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"threads", "comments"} <= tables:
        raise Invalid("invalid.file.not_isso")


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}


def _threads(db: sqlite3.Connection) -> Iterator[Item]:
    for number, uri, title in db.execute("SELECT id, uri, title FROM threads ORDER BY id"):
        name = values.identifier(number)
        if name is not None:
            yield ThreadRecord(NAME, name, values.page(uri), values.line(title))


def _comments(db: sqlite3.Connection) -> Iterator[Item]:
    wanted = (
        "id", "tid", "parent", "created", "modified", "mode", "text", "author", "email", "website",
        "likes", "dislikes",
    )  # fmt: skip
    there = _columns(db, "comments")
    columns = ", ".join(name if name in there else f"NULL AS {name}" for name in wanted)
    for row in db.execute(f"SELECT {columns} FROM comments ORDER BY id"):
        # a text may be stored as a blob, which SQLite does not decode
        cells = [db.text_factory(cell) if isinstance(cell, bytes) else cell for cell in row]
        found = dict(zip(wanted, cells, strict=True))
        name, thread = values.identifier(found["id"]), values.identifier(found["tid"])
        if name is None or thread is None:
            yield Problem(
                "shape", f"comment {name}", "a comment without a conversation was left out"
            )
            continue
        status, reason = _MODES.get(found["mode"], ("pending", None))
        yield CommentRecord(
            source=NAME,
            source_id=name,
            thread_source_id=thread,
            parent_source_id=values.identifier(found["parent"]),
            author=_author(found),
            text="" if status == "withdrawn" else markup.from_mixed(values.text(found["text"])),
            created_at=values.when(found["created"]),
            status=status,
            reason=reason,
            likes=values.count(found["likes"]),
            reactions=values.dislikes(found["dislikes"]),
            edited_at=values.when(found["modified"]),
        )


def _author(found: dict[str, Any]) -> AuthorRecord:
    return AuthorRecord(
        name=values.name(found.get("author")),
        email=values.email(found.get("email")),
        url=values.web(found.get("website")),
    )


def _read_generic(path: Path, limits: Limits) -> Iterator[Item]:
    with opened(path, limits) as stream:
        for where, value in json_parts(stream, lambda path: path == (), cut=True):
            if where != ("*",) or not isinstance(value, dict):
                yield Problem("shape", "/".join(where), "expected a list of conversations")
            else:
                yield from _generic_thread(value)


def _generic_thread(value: dict[str, Any]) -> Iterator[Item]:
    url, comments = values.page(value.get("id")), value.get("comments")
    if url is None or not isinstance(comments, list):
        yield Problem(
            "shape", str(url), "a conversation without an address or comments was left out"
        )
        return
    title = value.get("title")
    yield ThreadRecord(
        NAME, url, url, values.line(unquote_plus(title) if isinstance(title, str) else None)
    )
    seen: set[str] = set()
    for number, item in enumerate(comments):
        if isinstance(item, Cut):
            continue
        if not isinstance(item, dict):
            yield Problem("shape", f"{url} comment {number}", "is not an object")
            continue
        # IDs are numbers within the thread; many programs that write this format leave them at 0
        given = values.identifier(item.get("id"))
        own = f"{url}#{given if given and given not in seen else f'n{number}'}"
        seen.add(given or "")
        parent = values.identifier(item.get("parent"))
        yield CommentRecord(
            source=NAME,
            source_id=own,
            thread_source_id=url,
            parent_source_id=f"{url}#{parent}" if parent not in (None, "0") else None,
            author=_author(item),
            text=markup.from_mixed(values.text(item.get("text"))),
            created_at=values.when(item.get("created")),
        )
