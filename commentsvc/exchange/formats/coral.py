"""Coral (Talk 5 and later): its collections of comments, stories and users, as written by
`mongoexport`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..importing import markup, values
from ..importing.mongo import documents, plain
from ..importing.source import DEFAULT_LIMITS, Limits
from ..records import AuthorRecord, Broken, CommentRecord, Item, Problem, Status, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

NAME = "coral"
_LISTS = ("comments", "stories", "users")
_STATUS: dict[Any, tuple[Status, str | None]] = {
    "NONE": ("published", None),  # not reviewed
    "APPROVED": ("published", None),
    "ACCEPTED": ("published", None),  # in early versions
    "PREMOD": ("pending", None),
    "SYSTEM_WITHHELD": ("pending", None),
    "REJECTED": ("rejected", "hidden"),
}
_ANONYMOUS = AuthorRecord(None)


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments with their stories and users, which may be anywhere in the file, so it is read
    twice. The collections may follow one another, or be members of one object."""
    stories: dict[str, ThreadRecord] = {}
    users: dict[str, AuthorRecord] = {}
    with suppress(Broken):  # reported the second time, after the comments
        for value in documents(path, _LISTS, limits):
            if not isinstance(value, Problem) and not _is_comment(value):
                _know(value, stories, users)
    told: set[str] = set()
    for value in documents(path, _LISTS, limits):
        if isinstance(value, Problem):
            yield value
        elif _is_comment(value):
            yield from _comment(value, stories, users, told)


def _is_comment(value: dict[str, Any]) -> bool:
    return "storyID" in value and "revisions" in value


def _know(
    value: dict[str, Any], stories: dict[str, ThreadRecord], users: dict[str, AuthorRecord]
) -> None:
    name = values.identifier(value.get("id"))
    if name is None:
        return
    if "username" in value or "profiles" in value:
        users[name] = AuthorRecord(
            name=values.name(value.get("username")),
            email=values.email(value.get("email")),
            source_id=name,
            created_at=_when(value.get("createdAt")),
        )
    elif "url" in value:
        about = value.get("metadata")
        title = about.get("title") if isinstance(about, dict) else None
        stories[name] = ThreadRecord(
            NAME,
            name,
            values.page(value.get("url")),
            values.line(title),
            closed=_when(value.get("closedAt")) is not None,
            created_at=_when(value.get("createdAt")),
        )


def _comment(
    value: dict[str, Any],
    stories: dict[str, ThreadRecord],
    users: dict[str, AuthorRecord],
    told: set[str],
) -> Iterator[Item]:
    name, story = values.identifier(value.get("id")), values.identifier(value.get("storyID"))
    if name is None or story is None:
        yield Problem("shape", name or "comment", "a comment without an ID or story was left out")
        return
    if story not in told:
        told.add(story)
        yield stories.get(story) or ThreadRecord(NAME, story, None)
    who = values.identifier(value.get("authorID"))
    if who and who not in users:
        yield Problem("author_missing", name, "its author’s name is not in the file")
    status, reason = _STATUS.get(value.get("status"), ("pending", None))
    if value.get("status") not in _STATUS:
        yield Problem("status", name, f"has the status {values.line(value.get('status')) or '—'}")
    if _when(value.get("deletedAt")) is not None:
        status, reason = "withdrawn", "deleted"
    texts = [each for each in _list(value.get("revisions")) if isinstance(each, dict)]
    last = texts[-1] if texts else {}
    body = markup.from_html(values.text(last.get("body")), breaks=True)
    counted = value.get("actionCounts")
    likes = counted.get("REACTION") if isinstance(counted, dict) else 0
    yield CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=story,
        parent_source_id=values.identifier(value.get("parentID")),
        author=users.get(who or "", _ANONYMOUS if who is None else AuthorRecord(None, None, who)),
        text="" if status == "withdrawn" else body,
        created_at=_when(value.get("createdAt")),
        status=status,
        reason=reason,
        likes=values.count(plain(likes)),
        edited_at=_when(last.get("createdAt")) if len(texts) > 1 else None,
        featured=any(_is_featured(each) for each in _list(value.get("tags"))),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_featured(tag: Any) -> bool:
    return isinstance(tag, dict) and tag.get("type") == "FEATURED"


def _when(value: Any) -> datetime | None:
    return values.when(plain(value))
