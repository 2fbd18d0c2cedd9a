"""Remark42: its backup (JSON lines, often gzipped) and the trees and lists that its API returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, open_end, opened
from ..importing.streams import Cut, is_lines, json_lines, json_parts
from ..records import AuthorRecord, Break, CommentRecord, Item, Problem, Skipped, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "remark42"


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments from a backup or a saved API response."""
    if is_lines(path, limits):
        return _read_backup(path, limits)
    return _read_answer(path, limits)


def _read_backup(path: Path, limits: Limits) -> Iterator[Item]:
    seen: set[str] = set()
    with opened(path, limits) as stream:
        for number, value in json_lines(stream):
            if isinstance(value, Problem):
                yield Break(value)
            elif not isinstance(value, dict):
                yield Problem("shape", f"line {number}", "is not an object")
            elif "locator" in value or "text" in value:
                yield from _comment(value, seen)
            else:
                yield from _meta(value)
        yield from open_end(stream)


def _meta(value: dict[str, Any]) -> Iterator[Item]:
    """The first line: pages closed for comments. Blocked users are only counted."""
    for post in _list(value.get("posts")):
        url = values.page(post.get("url"))
        if url and values.truth(post.get("read_only")):
            yield ThreadRecord(NAME, _page_name(url), url, closed=True)
    blocked = sum(
        isinstance(user.get("blocked"), dict) and values.truth(user["blocked"].get("status"))
        for user in _list(value.get("users"))
    )
    if blocked:
        yield Skipped("blocked_users", blocked)


def _list(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _read_answer(path: Path, limits: Limits) -> Iterator[Item]:
    seen: set[str] = set()
    with opened(path, limits) as stream:
        parts = json_parts(stream, lambda at: at in ((), ("comments",)), many=True, cut=True)
        for where, value in parts:
            if where not in (("comments", "*"), ("*",)):
                continue  # the page's info, counters
            if not isinstance(value, dict):
                yield Problem("shape", "comments", "contains something that is not a comment")
                continue
            waiting = [value]
            while waiting:
                node = waiting.pop()
                comment = node.get("comment", node)
                if isinstance(comment, dict) and not isinstance(comment, Cut):
                    yield from _comment(comment, seen)
                waiting += reversed(_list(node.get("replies")))


def _page_name(url: str) -> str:
    return values.identifier(url) or url[:200]


def _comment(value: dict[str, Any], seen: set[str]) -> Iterator[Item]:
    name = values.identifier(value.get("id"))
    locator = value.get("locator")
    url = values.page(locator.get("url")) if isinstance(locator, dict) else None
    if name is None or url is None:
        yield Problem("shape", name or "comment", "a comment without an ID or address was left out")
        return
    page = _page_name(url)
    title = values.line(value.get("title"))
    if page not in seen:
        seen.add(page)
        yield ThreadRecord(NAME, page, url, title)
    deleted = values.truth(value.get("delete"))
    edit = value.get("edit")
    likes, dislikes = _votes(value)
    yield CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=page,
        parent_source_id=values.identifier(value.get("pid")),
        author=_author(value.get("user")),
        text="" if deleted else _text(value),
        created_at=values.when(value.get("time")),
        status="withdrawn" if deleted else "published",
        reason="deleted" if deleted else None,
        likes=likes,
        reactions=values.dislikes(dislikes),
        edited_at=values.when(edit.get("time")) if isinstance(edit, dict) else None,
    )


def _text(value: dict[str, Any]) -> str:
    """`orig` is the Markdown that was typed; old backups have only the rendered HTML."""
    typed = markup.from_markdown(values.text(value.get("orig")))
    return typed or markup.from_html(values.text(value.get("text")))


def _votes(value: dict[str, Any]) -> tuple[int, int]:
    """Likes and dislikes. Without the single votes, only their difference is known."""
    votes = value.get("votes")
    if isinstance(votes, dict) and votes:
        given = list(votes.values())
        return sum(each is True for each in given), sum(each is False for each in given)
    score = value.get("score")
    below = -score if isinstance(score, int | float) else 0
    return values.count(score), values.count(below)


def _author(value: Any) -> AuthorRecord:
    user = value if isinstance(value, dict) else {}
    return AuthorRecord(
        name=values.name(user.get("name")),
        email=values.email(user.get("email")),
        source_id=values.identifier(user.get("id")),
    )
