"""Commento and Commento++: the JSON of "Export data" (version 1)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, opened
from ..importing.streams import json_parts
from ..records import (
    AuthorRecord,
    Broken,
    CommentRecord,
    Item,
    Problem,
    Skipped,
    Status,
    ThreadRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "commento"
_ANONYMOUS = AuthorRecord(None)
_STATUS: dict[Any, tuple[Status, str | None]] = {
    "approved": ("published", None),
    "flagged": ("rejected", "spam"),
}


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments with their commenters. Those come later in the file, so it is read twice."""
    commenters: dict[str, AuthorRecord] = {}
    with suppress(Broken):  # reported the second time, after the comments
        for value in _rows(path, "commenters", limits):
            name = values.identifier(value.get("commenterHex"))
            if name:
                commenters[name] = _author(name, value)
    yield Skipped("commenters", len(commenters))
    pages: set[str] = set()
    for value in _rows(path, "comments", limits):
        yield from _comment(value, commenters, pages)


def _rows(path: Path, key: str, limits: Limits) -> Iterator[dict[str, Any]]:
    with opened(path, limits) as stream:
        for where, value in json_parts(stream, lambda path: path in ((), (key,))):
            if where == (key, "*") and isinstance(value, dict):
                yield value


def _author(name: str, value: dict[str, Any]) -> AuthorRecord:
    return AuthorRecord(
        name=values.name(value.get("name")),
        email=values.email(value.get("email")),
        source_id=name,
        url=values.web(value.get("link")),
        created_at=values.when(value.get("joinDate")),
    )


def _comment(
    value: dict[str, Any], commenters: dict[str, AuthorRecord], pages: set[str]
) -> Iterator[Item]:
    name = values.identifier(value.get("commentHex"))
    url = _url(value)
    if name is None or url is None:
        yield Problem("shape", name or "comment", "a comment without an ID or address was left out")
        return
    page = values.identifier(url) or url[:200]
    if page not in pages:
        pages.add(page)
        yield ThreadRecord(NAME, page, url)
    deleted = values.truth(value.get("deleted"))
    status, reason = _STATUS.get(value.get("state"), ("pending", None))
    if deleted:
        status, reason = "withdrawn", "deleted"
    elif status == "pending":
        yield Skipped("unapproved")
    typed = markup.from_markdown(values.text(value.get("markdown")))
    parent = values.identifier(value.get("parentHex"))
    who = values.identifier(value.get("commenterHex")) or ""
    if who not in ("", "anonymous") and who not in commenters:
        yield Problem("author_missing", name, "its author’s name is not in the file")
    yield CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=page,
        parent_source_id=None if parent in (None, "root") else parent,
        author=commenters.get(who, _ANONYMOUS),
        text="" if deleted else typed or markup.from_html(values.text(value.get("html"))),
        created_at=values.when(value.get("creationDate")),
        status=status,
        reason=reason,
        likes=values.count(value.get("score")),
    )


def _url(value: dict[str, Any]) -> str | None:
    """The address, which is stored in two halves: the host without its scheme, and the path."""
    path, host = values.page(value.get("url")), values.line(value.get("domain"))
    if path and path.startswith("/") and host and "/" not in host:
        return values.web(f"https://{host}{path}") or path
    return path
