"""CSV for spreadsheets: one comment per row, without formulas; it can be read back.

A cell that a spreadsheet could read as a formula gets a leading apostrophe, and so does such a
start directly after `;`, a tab or a line end inside a cell, where a spreadsheet with another locale
might begin a new cell. Reading removes exactly these apostrophes.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from ...core.errors import Invalid
from ...core.shown import one_line
from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, open_end, opened
from ..records import (
    OWN,
    STATUSES,
    AuthorRecord,
    Broken,
    CommentRecord,
    Item,
    Problem,
    Record,
    ThreadRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NAME = "csv"
COLUMNS = (
    "thread_id", "thread_url", "thread_title", "thread_closed", "source", "comment_id",
    "parent_id", "created_at", "edited_at", "status", "reason", "author_name", "author_email",
    "author_id", "author_url", "likes", "text",
)  # fmt: skip
_SEPARATORS = (",", ";", "\t")  # which spreadsheets in different languages write
_NEEDED = {"thread_url", "text"}
_NAMED = re.compile(r"[^\W\d][\w .:/-]{0,40}")  # the name of a column
_MOST_NAMED = 20
_FORMULA = r"(?=[\s'\ufeff\u200b]*[=+\-@＝＋－＠]|'*[\t\r\n])"
_INNER = r"(?='*(?:[=@＝＠]|[+\-＋－][\w(]))"
_ADD = re.compile(rf"\A{_FORMULA}|(?<=[;\t\r\n]){_INNER}")
_REMOVE = re.compile(rf"\A'{_FORMULA}|(?<=[;\t\r\n])'{_INNER}")


def neutral(cell: str) -> str:
    """`cell` without anything that a spreadsheet computes (OWASP, "CSV injection");
    `original` undoes it."""
    return _ADD.sub("'", cell)


def original(cell: str) -> str:
    """The input of `neutral`."""
    return _REMOVE.sub("", cell)


def line(cells: Iterable[str]) -> str:
    """A row of a file for spreadsheets, with its line end; none of its cells is computed."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(map(neutral, cells))
    return out.getvalue()


def write(records: Iterable[Record], out: BinaryIO) -> None:
    """One row per comment. Threads without comments, revisions and decisions are not included."""
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    text.write(line(COLUMNS))
    thread: ThreadRecord | None = None
    for record in records:
        if isinstance(record, ThreadRecord):
            thread = record
        elif isinstance(record, CommentRecord) and thread:
            text.write(line(_cells(thread, record)))
    text.detach()


def _cells(thread: ThreadRecord, record: CommentRecord) -> tuple[str, ...]:
    author = record.author
    return (
        thread.source_id,
        thread.url or "",
        thread.title or "",
        "yes" if thread.closed else "no",
        record.source,
        record.source_id,
        record.parent_source_id or "",
        record.created_at.isoformat() if record.created_at else "",
        record.edited_at.isoformat() if record.edited_at else "",
        record.status,
        record.reason or "",
        author.name or "",
        author.email or "",
        author.source_id or "",
        author.url or "",
        str(record.likes),
        record.text,
    )


def separator(head: str) -> str | None:
    """The separator of cells, from a first row that names the columns; None for any other row."""
    cells = head.replace('"', "").strip().removeprefix("\ufeff")
    for each in _SEPARATORS:
        if {name.strip() for name in cells.split(each)} >= _NEEDED:
            return each
    return None


def other_columns(head: str) -> list[str]:
    """The column names in a first row that lacks the required ones; empty for a row
    that has none."""
    cells = head.replace('"', "").strip().removeprefix("\ufeff")
    for each in _SEPARATORS:
        names = [name.strip() for name in cells.split(each)]
        if len(names) > 1 and all(_NAMED.fullmatch(name) for name in names):
            return names[:_MOST_NAMED]
    return []


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Rows with at least `thread_url` and `text`, from our own export or made by hand."""
    seen: set[str] = set()
    with opened(path, limits) as stream:
        text = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", errors="replace", newline="")
        first = text.readline()
        if first.startswith("sep="):  # Excel's own line
            first = text.readline()
        csv.field_size_limit(limits.entry)  # a long text is truncated instead of refused
        lines = _Lines(first, text)
        rows = csv.reader(lines, delimiter=separator(first) or ",")
        try:
            columns = [cell.strip() for cell in next(rows, [])]
            if not set(columns) >= _NEEDED:
                named = ", ".join(filter(None, columns[:_MOST_NAMED]))
                raise Invalid("invalid.file.columns", found=one_line(named)[:200] or "—")
            for row in rows:
                stream.entry_done()
                if lines.cut(row, columns):
                    what = "the file ends inside a row, so it was cut off"
                    raise Broken("cut_off", f"line {rows.line_num}", what)
                found = {
                    name: original(cell) for name, cell in zip(columns, row, strict=False) if cell
                }
                if found:
                    yield from _row(found, seen, rows.line_num)
        except csv.Error as error:
            raise Broken("not_csv", f"line {rows.line_num}", str(error)) from error
        yield from open_end(stream)


class _Lines:
    """The lines of a table, and whether its last row is complete."""

    def __init__(self, first: str, text: io.TextIOWrapper) -> None:
        self._first, self._text = first, text
        self._ends = first.removeprefix("\ufeff") == line(COLUMNS)  # as in our own exports
        self._over = self._open = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        found, self._first = self._first or self._text.readline(), ""
        if not found:
            self._over = True
            raise StopIteration
        self._open = not found.endswith(("\n", "\r"))
        return found

    def cut(self, row: list[str], columns: list[str]) -> bool:
        """Whether the file ends inside this row: inside a quoted cell that needs another line;
        before its last cell; or before the line end, if the file must have one."""
        return self._over or (self._open and (self._ends or len(row) < len(columns)))


def _row(found: dict[str, Any], seen: set[str], number: int) -> Iterator[Item]:
    url = values.page(found.get("thread_url"))
    thread = values.identifier(found.get("thread_id")) or values.identifier(url)
    if thread is None:
        yield Problem("shape", f"line {number}", "a row without an address was left out")
        return
    source = values.identifier(found.get("source")) or NAME
    if thread not in seen:
        seen.add(thread)
        closed = values.truth(found.get("thread_closed"))
        yield ThreadRecord(source, thread, url, values.line(found.get("thread_title")), closed)
    status = found.get("status", "published")
    if status not in STATUSES:
        what = f"an unknown status {values.line(status, 40)}; the comment is waiting for review"
        yield Problem("status", f"line {number}", what)
        status = "pending"
    text = values.text(found.get("text"))
    yield CommentRecord(
        source=source,
        source_id=values.identifier(found.get("comment_id")) or f"{thread}#{number}",
        thread_source_id=thread,
        parent_source_id=values.identifier(found.get("parent_id")),
        author=AuthorRecord(
            name=values.name(found.get("author_name")),
            email=values.email(found.get("author_email")),
            source_id=values.identifier(found.get("author_id")),
            url=values.web(found.get("author_url")),
        ),
        text=text if source == OWN else markup.from_markdown(text),
        created_at=values.when(found.get("created_at")),
        status=status,
        reason=values.identifier(found.get("reason")),
        likes=values.count(found.get("likes")),
        edited_at=values.when(found.get("edited_at")),
    )
