"""Twikoo: the JSON from "Export comments", from its API, and from `mongoexport`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..importing import markup, values
from ..importing.mongo import documents, plain
from ..importing.source import DEFAULT_LIMITS, Limits
from ..records import AuthorRecord, CommentRecord, Item, Problem, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "twikoo"
_OURS = {"_id", "comment", "nick"}  # what every comment has


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments with their pages. Their texts are HTML, sanitized by Twikoo."""
    pages: set[str] = set()
    for value in documents(path, ("data",), limits):
        if isinstance(value, Problem):
            yield value
        elif _OURS & value.keys():
            yield from _comment(value, pages)


def _comment(value: dict[str, Any], pages: set[str]) -> Iterator[Item]:
    name = values.identifier(plain(value.get("_id")) or value.get("id"))
    path = values.page(value.get("url")) or values.web(value.get("href"))
    if name is None or path is None:
        yield Problem("shape", name or "comment", "a comment without an ID or page was left out")
        return
    page = values.identifier(path) or path[:200]
    if page not in pages:
        pages.add(page)
        # `url` is usually a path; `href` is the address where it was written
        yield ThreadRecord(NAME, page, path if values.web(path) else _whole(value, path))
    # `rid` is the top-level comment, `pid` the parent
    parent = values.identifier(plain(value.get("pid"))) or values.identifier(
        plain(value.get("rid"))
    )
    created, updated = _when(value, "created"), _when(value, "updated")
    spam = values.truth(value.get("isSpam"))
    yield CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=page,
        parent_source_id=parent or None,
        author=AuthorRecord(
            name=values.name(value.get("nick")),
            email=values.email(value.get("mail")),
            url=values.web(value.get("link")),
        ),
        text=markup.from_html(values.text(value.get("comment"))),
        created_at=created,
        status="rejected" if spam else "published",
        reason="spam" if spam else None,
        likes=_likes(value),
        pinned=values.truth(value.get("top")),
        edited_at=updated if created and updated and updated > created else None,
    )


def _whole(value: dict[str, Any], path: str) -> str:
    """The page's full address, if `href` has the same path."""
    href = values.web(value.get("href"))
    whole = href.partition("#")[0].partition("?")[0] if href else ""
    return whole if path.startswith("/") and whole.endswith(path) else path


def _when(value: dict[str, Any], name: str) -> Any:
    return values.when(plain(value.get(name)))


def _likes(value: dict[str, Any]) -> int:
    for name in ("like", "ups"):  # browser IDs of those who liked it
        if isinstance(found := value.get(name), list):
            return len(found)
    return values.count(plain(value.get("like")))
