"""Comments in the shapes of Facebook's Graph API, for programs written for it."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from ...threads.text import plain
from ..records import CommentRecord, Record, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

NAME = "facebook"


def object_id(thread: str) -> str:
    """A page's ID as the first half of its comments' IDs: only letters, digits and hyphens."""
    if re.fullmatch(r"[0-9A-Za-z-]{1,64}", thread):
        return thread
    return str(int(hashlib.sha256(thread.encode()).hexdigest()[:15], 16))


def comment_id(thread: str, comment: str) -> str:
    """`<object>_<comment>`, as Graph writes it; an ID of that form is kept."""
    page = object_id(thread)
    return comment if comment.startswith(f"{page}_") else f"{page}_{comment}"


def time(moment: datetime | None) -> str | None:
    """`2021-08-03T09:44:47+0000`, the only form old clients parse."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000") if moment else None


def comment(record: CommentRecord) -> dict[str, Any]:
    """One comment as in Graph's responses: plain text, and the page's ID before its own."""
    author = record.author
    found: dict[str, Any] = {
        "id": comment_id(record.thread_source_id, record.source_id),
        "from": {"id": author.source_id or "0", "name": author.name or ""},
        "message": plain(record.text) if record.status == "published" else "",
        "created_time": time(record.created_at),
        "like_count": record.likes,
        "user_likes": False,
        "can_remove": False,
    }
    if record.parent_source_id:
        found["parent"] = {"id": comment_id(record.thread_source_id, record.parent_source_id)}
    return found


def write(records: Iterable[Record], out: BinaryIO) -> None:
    """A response to `/comments?ids=…&filter=stream`: address -> its public comments, oldest first.

    Withdrawn comments keep their place with an empty message; pending and rejected ones are not
    written, because Graph only showed public ones.
    """
    out.write(b"{")
    thread, many = None, 0
    for record in records:
        if isinstance(record, ThreadRecord) and (record.url or not thread):
            out.write(_end(many) + b"," if thread else b"")
            out.write(_begin(record))
            thread, many = record, 0
        elif isinstance(record, CommentRecord) and thread and _public(record):
            out.write((b",\n" if many else b"\n") + orjson.dumps(comment(record)))
            many += 1
    out.write((_end(many) if thread else b"") + b"}\n")


def _public(record: CommentRecord) -> bool:
    return record.status in ("published", "withdrawn")


def _begin(thread: ThreadRecord) -> bytes:
    url = thread.url or thread.source_id
    og = {"id": object_id(thread.source_id), "title": thread.title or "", "url": url}
    head = f"\n{_json(url)}: " + '{"id": ' + _json(url) + ', "og_object": ' + _json(og)
    return (head + ', "comments": {"data": [').encode()


def _end(many: int) -> bytes:
    summary = {"order": "chronological", "total_count": many}
    return f'], "summary": {_json(summary)}}}}}'.encode()


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
