"""Public comments as Facebook's Graph API returned them: nodes, fields, edges and pages;
knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ...core.db import db
from ...core.errors import Invalid
from ...sites.queries import by_app_id, by_id
from ...threads import text as texts
from ...threads.addresses.whose import site_of
from ...threads.commands import find_thread, where_it_went
from ...threads.models import Comment, Thread
from ...threads.views import permalink
from ..formats.graph import comment_id, object_id, time
from . import pages
from .asked import Edge, Field, Fields, Refused, edge_of, names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from ...sites.models import Site
    from .pages import Link

MOST_IDS = 50
NESTED = 25  # replies included with a comment

PAGE_FIELDS = ("id", "og_object", "engagement", "share", "comments")
OBJECT_FIELDS = (
    "id", "title", "type", "description", "url", "updated_time", "engagement", "comments",
)  # fmt: skip
COMMENT_FIELDS = (
    "id", "from", "message", "created_time", "like_count", "user_likes", "can_remove",
    "can_comment", "can_like", "comment_count", "is_hidden", "permalink_url", "parent", "comments",
)  # fmt: skip
_COMMENT_DEFAULT = COMMENT_FIELDS[:7]


@dataclass(frozen=True)
class Told:
    """How responses are written: `link` builds the address of another page of an edge (`path`,
    changed parameters); `unix` writes times as numbers (date_format=U)."""

    link: Link
    unix: bool = False

    def time(self, moment: datetime | None) -> Any:
        if moment is None:
            return None
        return int(moment.timestamp()) if self.unix else time(moment)


# --- finding nodes --------------------------------------------------------------------------------


def site_of_page(href: str, app_id: str | None = None) -> Site | None:
    """The open site that this page belongs to, by its address, or else by its app ID."""
    return site_of(href) or by_app_id(app_id or "")


def thread_of_page(href: str, app_id: str | None = None) -> Thread | None:
    """The page's conversation, if anybody has opened it."""
    site = site_of_page(href, app_id)
    if site is None:
        return None
    try:
        return find_thread(site, href)
    except Invalid:
        return None


def node(public_id: str) -> Thread | Comment:
    """The object or public comment with this ID: `<object>_<comment>` or either half.
    Raises `Refused`."""
    name = public_id.rsplit("_", 1)[-1]
    if len(public_id) <= 100 and name.isalnum():
        comment = db.session.scalar(
            select(Comment).where(Comment.public_id == name, Comment.status == "published")
        )
        if comment is not None and by_id(comment.site_id).closed_at is None:
            return comment
        thread = db.session.scalar(select(Thread).where(Thread.public_id == public_id))
        if thread is not None and by_id(thread.site_id).closed_at is None:
            return where_it_went(thread)
    raise Refused(
        f"Unsupported get request. Object with ID '{public_id[:100]}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation",
        kind="GraphMethodException",
        subcode=33,
    )


# --- responses ------------------------------------------------------------------------------------


def tell_page(href: str, thread: Thread | None, fields: Fields, told: Told) -> dict[str, Any]:
    """The response for a page, given its address."""
    asked = names(fields, PAGE_FIELDS, "URL") or (Field("id"), Field("og_object"), Field("share"))
    found: dict[str, Any] = {}
    count = thread.comment_count if thread else 0
    for field in asked:
        if field.name == "engagement":
            found["engagement"] = _picked(_engagement(count), field)
        elif field.name == "share":
            found["share"] = {"comment_count": count, "share_count": 0}
        elif field.name == "og_object" and thread is not None:
            found["og_object"] = tell_object(thread, field.inner, told)
        elif field.name == "comments" and thread is not None:
            edge = edge_of(field.arguments, field.inner)
            found["comments"] = tell_edge(thread, edge, told, path=object_path(thread))
    return found | {"id": href}


def _engagement(count: int) -> dict[str, int]:
    """The page's counts. Shares and reactions were Facebook's own; the comment count
    includes replies."""
    return {
        "reaction_count": 0,
        "comment_count": count,
        "share_count": 0,
        "comment_plugin_count": count,
    }


def _picked(values: dict[str, int], field: Field) -> dict[str, int]:
    chosen = names(field.inner, tuple(values), "Engagement")
    return {each.name: values[each.name] for each in chosen} or values


def tell_object(thread: Thread, fields: Fields, told: Told) -> dict[str, Any]:
    """The page's object, whose ID is the first half of its comments' IDs."""
    asked = names(fields, OBJECT_FIELDS, "OpenGraphObject") or tuple(
        Field(name) for name in OBJECT_FIELDS[:6]
    )
    plain = {
        "id": object_id(thread.public_id),
        "title": thread.title or "",
        "type": "website",
        "description": "",
        "url": thread.href,
        "updated_time": told.time(thread.last_comment_at or thread.created_at),
    }
    found: dict[str, Any] = {}
    for field in asked:
        if field.name == "engagement":
            found["engagement"] = _picked(_engagement(thread.comment_count), field)
        elif field.name == "comments":
            edge = edge_of(field.arguments, field.inner)
            found["comments"] = tell_edge(thread, edge, told, path=object_path(thread))
        else:
            found[field.name] = plain[field.name]
    return found | {"id": plain["id"]}


def object_path(thread: Thread) -> str:
    """The path of this object's comments."""
    return f"{object_id(thread.public_id)}/comments"


def tell_comment(comment: Comment, fields: Fields, told: Told) -> dict[str, Any]:
    """The response for one public comment."""
    row = db.session.execute(pages.comments().where(Comment.id == comment.id)).one()
    return _tell_rows([row], fields, told)[0]


def tell_edge(
    above: Thread | Comment, edge: Edge, told: Told, *, path: str, asked: Mapping[str, str] = {}
) -> dict[str, Any]:
    """The public comments of a page, or the public replies to a comment. `asked` are the parameters
    that links to other pages repeat."""
    query = pages.below(above, edge)
    rows, earlier, later = pages.page(query, edge)
    found: dict[str, Any] = {"data": _tell_rows(rows, edge.fields, told, edge=edge)}
    if rows:
        found["paging"] = pages.paging(rows, earlier, later, told.link, path, asked)
    if edge.summary:
        total = db.session.scalar(select(func.count()).select_from(query.subquery()))
        found["summary"] = {"order": edge.order, "total_count": total, "can_comment": True}
    return found


# --- rows -----------------------------------------------------------------------------------------


def _tell_rows(
    rows: Sequence[Any], fields: Fields, told: Told, *, edge: Edge | None = None
) -> list[dict[str, Any]]:
    asked = names(fields, COMMENT_FIELDS, "Comment")
    stream = edge is not None and edge.filter == "stream"
    if not asked:
        asked = tuple(map(Field, (*_COMMENT_DEFAULT, "parent")))
        if not stream:  # as in old responses: replies are inside their comment
            asked += (Field("comments"),)
    nested = next((each for each in asked if each.name == "comments"), None)
    below = _below(rows, nested, told, full=bool(fields)) if nested else {}
    return [_tell_row(row, asked, told, below.get(row.id)) for row in rows]


def _tell_row(
    row: Any, asked: Iterable[Field], told: Told, below: dict[str, Any] | None
) -> dict[str, Any]:
    own_id = comment_id(row.thread, row.public_id)
    values: dict[str, Callable[[], Any]] = {
        "from": lambda: None if row.erased_at else {"id": row.author, "name": row.name},
        "message": lambda: texts.plain(row.text),
        "created_time": lambda: told.time(row.created_at),
        "like_count": lambda: row.like_count,
        "user_likes": lambda: False,
        "can_remove": lambda: False,
        "can_comment": lambda: False,
        "can_like": lambda: False,
        "comment_count": lambda: row.reply_count,
        "is_hidden": lambda: False,
        "permalink_url": lambda: permalink(row.href, row.public_id),
        "parent": lambda: {"id": comment_id(row.thread, row.parent)} if row.parent else None,
        "comments": lambda: below,
    }
    found = {"id": own_id}
    for each in asked:
        value = values[each.name]() if each.name in values else None
        if value is not None:
            found[each.name] = value
    return found


def _below(rows: Sequence[Any], field: Field, told: Told, *, full: bool) -> dict[int, Any]:
    """The first public replies to each of these comments: one query for all of them."""
    edge = edge_of(field.arguments, field.inner)
    if "limit" not in field.arguments:
        edge = replace(edge, limit=NESTED)
    ids = [row.id for row in rows if row.reply_count]
    found = pages.first_replies(ids, edge.limit + 1) if ids and edge.limit else {}
    return {row.id: _nested(row, found.get(row.id, []), edge, told, full=full) for row in rows}


def _nested(
    row: Any, replies: Sequence[Any], edge: Edge, told: Told, *, full: bool
) -> dict[str, Any] | None:
    if not replies and not full:
        return None
    shown = replies[: edge.limit]
    fields = edge.fields or tuple(map(Field, (*_COMMENT_DEFAULT, "parent", "comment_count")))
    found: dict[str, Any] = {"data": _tell_rows(shown, fields, told)}
    if shown:
        path = f"{comment_id(row.thread, row.public_id)}/comments"
        found["paging"] = pages.paging(shown, False, len(replies) > edge.limit, told.link, path, {})
    if edge.summary:
        found["summary"] = {"order": edge.order, "total_count": row.reply_count}
    return found
