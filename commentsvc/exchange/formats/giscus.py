"""Giscus: GitHub Discussions, as returned by GitHub's GraphQL API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, opened
from ..importing.streams import json_parts
from ..records import AuthorRecord, CommentRecord, Item, Problem, Skipped, Status, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "giscus"
#: Containers of discussions in a response.
_WAYS = {"*", "data", "repository", "search", "discussions", "nodes", "edges"}
_LIKES = ("THUMBS_UP", "HEART")
_MOST_LINES = 400  # of a discussion's own text that are searched for its page


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """The comments of discussions, and their replies: one response, several in sequence (`gh api
    graphql --paginate`), or a list of them (`--slurp`)."""
    more = False  # whether the last list of discussions is incomplete
    with opened(path, limits) as stream:
        for where, value in json_parts(stream, _is_around, many=True):
            if where[-1:] == ("errors",):
                yield Problem("shape", "answer", _error(value))
            elif where[-2:] == ("discussions", "pageInfo"):
                more = _goes_on({"pageInfo": value})
            elif _is_one(where) and isinstance(value, dict):
                yield from _discussion(value)
            elif _is_one(where) and value is not None:
                yield Problem("shape", "list", "contains something that is not a discussion")
    if more:
        yield Problem("incomplete", "discussions", "the last response says that there are more")


def _is_around(where: tuple[str, ...]) -> bool:
    """Whether a container is entered on the way to discussions, instead of read whole."""
    return not _is_one(where) and all(each in _WAYS for each in where)


def _is_one(where: tuple[str, ...]) -> bool:
    return where[-2:] == ("nodes", "*") or where[-1:] in (("node",), ("discussion",))


def _error(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else None
    said = values.line(first.get("message")) if isinstance(first, dict) else None
    return f"GitHub answered with an error: {said or 'unknown'}"


def _nodes(value: Any) -> list[Any]:
    """The entries of a GitHub list, from `nodes` or `edges`."""
    if not isinstance(value, dict):
        return []
    nodes, edges = value.get("nodes"), value.get("edges")
    if isinstance(nodes, list):
        return nodes
    found = edges if isinstance(edges, list) else []
    return [each.get("node") for each in found if isinstance(each, dict)]


def _goes_on(found: Any) -> bool:
    info = found.get("pageInfo") if isinstance(found, dict) else None
    return isinstance(info, dict) and values.truth(info.get("hasNextPage"))


def _is_part(found: Any) -> bool:
    """Whether a list holds fewer entries than there are."""
    total = values.count(found.get("totalCount")) if isinstance(found, dict) else 0
    return _goes_on(found) or total > len(_nodes(found))


def _discussion(value: dict[str, Any]) -> Iterator[Item]:
    name = values.identifier(value.get("number")) or values.identifier(value.get("id"))
    if name is None:
        yield Problem("shape", "discussion", "a discussion without a number was left out")
        return
    yield ThreadRecord(
        NAME,
        name,
        _page(value),
        values.line(value.get("title")),
        closed=values.truth(value.get("locked")),
        created_at=values.when(value.get("createdAt")),
    )
    if _is_part(value.get("comments")):
        yield Problem("incomplete", name, "the file does not contain all of its comments")
    for each in _nodes(value.get("comments")):
        yield from _comment(each, name, None)


def _comment(value: Any, thread: str, parent: str | None) -> Iterator[Item]:
    name = values.identifier(value.get("id")) if isinstance(value, dict) else None
    if name is None:
        yield Problem("shape", thread, "a comment without an ID was left out")
        return
    status, reason = _status(value)
    text = markup.from_mixed(values.text(value.get("body"))) or markup.from_html(
        values.text(value.get("bodyHTML"))
    )
    yield CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=thread,
        parent_source_id=parent,
        author=_author(value.get("author")),
        text="" if status == "withdrawn" else text,
        created_at=values.when(value.get("createdAt")),
        status=status,
        reason=reason,
        likes=_likes(value),
        edited_at=values.when(value.get("lastEditedAt")),
    )
    replies = value.get("replies")
    if _is_part(replies):
        yield Problem("incomplete", name, "the file does not contain all of its replies")
    if parent is None:
        for each in _nodes(replies):
            yield from _comment(each, thread, name)
    elif _nodes(replies):  # GitHub has one level of replies
        yield Skipped("other_kinds", len(_nodes(replies)))


def _status(value: dict[str, Any]) -> tuple[Status, str | None]:
    if value.get("deletedAt"):
        return "withdrawn", "deleted"
    if values.truth(value.get("isMinimized")):
        spam = str(value.get("minimizedReason")).lower() in ("spam", "abuse")
        return "rejected", "spam" if spam else "hidden"
    return "published", None


def _author(value: Any) -> AuthorRecord:
    """The account with its GitHub name; None if the account is gone."""
    given = value if isinstance(value, dict) else {}
    login = values.name(given.get("login"))
    return AuthorRecord(
        name=login, source_id=login and login.lower(), url=values.web(given.get("url"))
    )


def _likes(value: dict[str, Any]) -> int:
    """Upvotes, or equivalent reactions; one person may have given both, so the larger count."""
    groups = value.get("reactionGroups")
    given = 0
    for each in groups if isinstance(groups, list) else ():
        if isinstance(each, dict) and each.get("content") in _LIKES:
            counted = each.get("users") or each.get("reactors")
            given += values.count(counted.get("totalCount")) if isinstance(counted, dict) else 0
    return max(values.count(value.get("upvoteCount")), given)


def _page(value: dict[str, Any]) -> str | None:
    """The page: giscus writes its address into the last line of the discussion, or its path
    into the title."""
    lines = values.text(value.get("body")).split("\n")[-_MOST_LINES:]
    for line in reversed(lines):
        if found := values.web(line.strip().strip("<>")):
            return found
    title = values.line(value.get("title")) or ""
    if found := values.web(title):
        return found
    if title == "index":
        return "/"
    is_path = "/" in title or title.endswith((".html", ".htm"))
    return values.page(f"/{title.lstrip('/')}") if is_path and " " not in title else None
