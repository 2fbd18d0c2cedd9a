"""Reading conversations: threads, pages of comments, counts, changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint

from ..core.errors import Invalid, NotFound
from ..sites.queries import by_id, by_key, policy_of
from ..sites.sections.tags import tags_in
from ..threads import commands, pages
from ..threads.rules import change
from ..web.auth import require, require_hidden, viewer
from ..web.cache import finished
from ..web.headers import share_with
from . import shapes
from .operation import operation
from .schemas import requests, responses

if TYPE_CHECKING:
    from ..sites.models import Site
    from ..threads.models import Comment, Thread
    from ..threads.views import ThreadView

threads = Blueprint("api_threads", __name__)


@operation(
    threads,
    "GET",
    "/threads",
    limit="read",
    query=requests.ThreadQuery,
    answers={200: responses.Thread},
    problems=(404,),
    public=True,
)
def find_thread(query: dict[str, Any]) -> ThreadView:
    """Get the conversation on an article.

    This also works for an article without comments: `id` is then null, and the count is 0.
    """
    site = by_key(query["site"])
    row = commands.find_thread(site, query["href"])
    _public("thread", site, row)
    return (
        pages.view_of(row, site)
        if row
        else pages.thread_view(site, query["href"], tags_in(query.get("tags")))
    )


@operation(
    threads,
    "GET",
    "/threads/<id:thread_id>",
    limit="read",
    answers={200: responses.Thread},
    problems=(404,),
    public=True,
)
def get_thread(thread_id: str) -> ThreadView:
    """Get one conversation."""
    row, site = _thread(thread_id)
    _public("thread", site, row)
    return pages.view_of(row, site)


@operation(
    threads,
    "PATCH",
    "/threads/<id:thread_id>",
    limit="moderate",
    needs="staff",
    body=requests.ThreadChange,
    answers={200: responses.Thread},
    problems=(403, 404),
)
def change_thread(thread_id: str, body: dict[str, Any]) -> ThreadView:
    """Close or reopen a conversation, set when it closes, or set its tags.

    Readers can still see a closed conversation. `tags` replace its current ones.
    """
    row, site = _thread(thread_id)
    require_hidden("close_thread", site, "thread")
    if not body:
        raise Invalid("invalid.required", field="closed")
    change(row, **body, by=viewer().user)
    return pages.view_of(row, site)


@operation(
    threads,
    "GET",
    "/threads/<id:thread_id>/comments",
    limit="read",
    query=requests.PageQuery,
    answers={200: responses.CommentPage},
    problems=(404,),
    public=True,
)
def list_comments(thread_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """List comments with their first replies.

    `next` is the cursor of the next page. With `parent`, you get the replies to one comment, oldest
    first.
    """
    row, site = _thread(thread_id)
    policy = policy_of(site, row.address, row.tags)
    _public("comments", site, row)
    limit, after = query.get("limit"), query.get("after")
    if query.get("parent"):
        page = pages.replies(_above(row, query["parent"]), policy, after=after, limit=limit)
    else:
        sort = query.get("sort")
        page = pages.first_page(row.id, policy, sort=sort, limit=limit, after=after)
    locale, html = shapes.language(query, policy), query.get("include") == "html"
    items = [shapes.comment(view, html=html, locale=locale, policy=policy) for view in page.items]
    return {"items": items, "next": page.next}


@operation(
    threads,
    "GET",
    "/threads/<id:thread_id>/changes",
    limit="read",
    query=requests.ChangesQuery,
    answers={200: responses.Changes},
    problems=(404,),
    public=True,
)
def list_changes(thread_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Count what is new since a cursor.

    Without `since`, you get the current cursor. Ask again with `If-None-Match`. The response is
    304 as long as nothing has changed.
    """
    row, site = _thread(thread_id)
    _public("changes", site, row)
    since = query.get("since")
    return {
        "new": pages.changes_since(row.id, since) if since else 0,
        "cursor": pages.newest_cursor(row.id),
        "reactions": pages.reactions_here(row, policy_of(site, row.address, row.tags)),
    }


@operation(
    threads,
    "GET",
    "/counts",
    limit="read",
    query=requests.CountsQuery,
    answers={200: responses.Counts},
    problems=(404,),
    public=True,
)
def count_comments(query: dict[str, Any]) -> dict[str, Any]:
    """Count the comments on many articles at once.

    For an address that belongs to no article, the count is 0.
    """
    site = by_key(query["site"])
    _public("counts", site, None)
    return {"counts": pages.counts(site, query["href"])}


def _above(row: Thread, comment_id: str) -> Comment:
    comment = commands.comment_by_public_id(comment_id)
    if comment.thread_id != row.id or not comment.shown:
        raise NotFound("not_found.comment", field="parent")
    return comment


def _thread(thread_id: str) -> tuple[Thread, Site]:
    row = commands.by_public_id(thread_id)
    return row, by_id(row.site_id)


def _public(kind: str, site: Site, row: Thread | None) -> None:
    """Check that readers may read this, let pages of the site read it, and mark it as cacheable."""
    require("read", site)
    share_with(site)
    finished(kind, site=site, thread=row)
