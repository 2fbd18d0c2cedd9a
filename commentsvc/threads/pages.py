"""Pages of a conversation: a small, fixed number of queries, whatever the size of the thread.

rows.py defines the rows, and views.py turns them into views.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import select, text, tuple_

from ..core.db import db, execute, from_micros, is_sqlite, micros
from ..core.errors import Invalid, NotFound
from ..core.locale import named
from ..core.paging import Page, decode_cursor, encode_cursor
from ..sites.queries import policy_of
from . import branches
from .commands import address_of, where_it_went
from .models import Comment, Reaction, Thread
from .reactions import known_counts
from .rows import grown_sql, level_sql, new_sql, one_grown_sql, one_sql, step_of
from .rules import closing, pause_in
from .views import CommentView, ThreadView, unhidden, view_of_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..accounts.models import User
    from ..sites.models import Site
    from ..sites.policy import Policy

Sort = Literal["top", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("top", "newest", "oldest")

MAX_COUNTED = 200  # addresses in one request for counts
MAX_NEW = 100  # above this, the button says "100+"
_LAST_ROW = 2**31 - 1  # sorts after every row of the same time


def thread_view(site: Site, href: str, tags: tuple[str, ...] = ()) -> ThreadView:
    """The thread of an article, even if nobody has commented yet; `tags` are then those that the
    page gives itself. Raises `Invalid`."""
    address = address_of(site, href)
    thread = db.session.scalar(
        select(Thread).where(Thread.site_id == site.id, Thread.address == address.canonical)
    )
    if thread is None:
        policy = policy_of(site, address.canonical, tags)
        closed, slow = closing(None, policy), pause_in(None, policy)
        view = ThreadView(None, site.key, address.href, None, closed is not None, 0, 0, slow)
        opens_at = closed.opens_at if closed else None
        return replace(view, opens_at=opens_at, reactions=reactions_here(None, policy), tags=tags)
    return view_of(where_it_went(thread), site)


def view_of(thread: Thread, site: Site) -> ThreadView:
    """The public view of a thread."""
    policy = policy_of(site, thread.address, thread.tags)
    closed = closing(thread, policy)
    return ThreadView(
        id=thread.public_id,
        site_key=site.key,
        href=thread.href,
        title=thread.title,
        closed=closed is not None,
        opens_at=closed.opens_at if closed else None,
        comment_count=thread.comment_count,
        version=thread.version,
        slow_seconds=pause_in(thread, policy),
        reactions=reactions_here(thread, policy),
        tags=thread.tags,
    )


def reactions_here(thread: Thread | None, policy: Policy) -> dict[str, int] | None:
    """How many people gave each reaction to the page, in the site's order; None if it offers none."""
    kinds = policy.page_kinds
    counts = known_counts(thread.reactions) if thread is not None and kinds else {}
    return {kind: counts.get(kind, 0) for kind in kinds} if kinds else None


# --- pages ----------------------------------------------------------------------------------------


def first_page(
    thread_id: int,
    policy: Policy,
    *,
    sort: Sort | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Page[CommentView]:
    """A page of top-level comments with their first replies inside, in one query."""
    sort = sort or policy.default_sort
    if sort not in SORTS:
        raise Invalid("invalid.choose", names=named("default_sort", SORTS), field="sort")
    return _grown(thread_id, policy, sort=sort, limit=limit, after=after)


def with_named(page: Page[CommentView], comment: Comment, policy: Policy) -> Page[CommentView]:
    """A first page that also shows one comment and everything below it, in its place; at the end if
    its conversation is on a later page."""
    root = branches.among_others(comment.id, policy.inline_replies)
    items = {each.id: each for each in (*page.items, root)}  # a root that is there keeps its place
    return Page(list(items.values()), page.next)


def replies(
    comment: Comment, policy: Policy, *, after: str | None = None, limit: int | None = None
) -> Page[CommentView]:
    """The next replies to a comment, oldest first, with their first replies inside."""
    return _grown(comment.thread_id, policy, parent=comment.id, limit=limit, after=after)


def _grown(
    thread_id: int,
    policy: Policy,
    *,
    limit: int | None,
    after: str | None,
    sort: Sort = "oldest",
    parent: int | None = None,
) -> Page[CommentView]:
    limit = _limit(limit, policy)
    sql = grown_sql(
        sort, step_of(limit), parent=parent is not None, after=bool(after), sqlite=is_sqlite()
    )
    values = {**_level(thread_id, sort, parent, after), "limit": limit}
    found = execute(sql, {**values, **branches.bounds(policy.inline_replies)}).all()
    key, backwards = _KEYS[sort]
    rows = [row for row in found if row.parent_row == parent]
    rows.sort(key=key, reverse=backwards)
    cursor = _cursor(rows[-1], sort) if rows and rows[0].found > limit else None
    return Page(branches.with_first_replies(rows, found), cursor)


def unfolded(comment: Comment, *, after: str | None = None) -> tuple[Page[CommentView], int]:
    """The next replies to a comment with everything below them, and how many places remain: none
    if there are at most `branches.MOST_BELOW`."""
    step = step_of(branches.MOST_BELOW)
    sql = level_sql("oldest", step, parent=True, after=bool(after), sqlite=is_sqlite())
    found = execute(sql, _level(comment.thread_id, "oldest", comment.id, after)).all()
    rows = branches.whole_from(found)
    cursor = _cursor(rows[-1], "oldest") if len(found) > len(rows) else None
    left = branches.left_after(comment.id, rows[-1]) if cursor else 0
    if left == 1:
        rows, cursor, left = found, None, 0
    return Page(branches.with_branches(rows), cursor), left


def _limit(limit: int | None, policy: Policy) -> int:
    return max(1, min(limit or policy.page_size, 100))


def _level(thread_id: int, sort: Sort, parent: int | None, after: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {"thread": thread_id}
    if parent is not None:
        values["parent"] = parent
    if after:
        kind = float if sort == "top" else int
        values["key"], values["id"] = decode_cursor(after, kind, int)
    return values


#: The sort key of a level, and whether it is descending.
_KEYS: dict[Sort, tuple[Callable[[Any], Any], bool]] = {
    "top": (attrgetter("rank", "row_id"), True),
    "newest": (attrgetter("created_at", "row_id"), True),
    "oldest": (attrgetter("created_at", "row_id"), False),
}


def _cursor(row: Any, sort: Sort) -> str:
    return encode_cursor(row.rank if sort == "top" else row.created_at, row.row_id)


@dataclass(frozen=True)
class Conversation:
    """A comment with its ancestors, top-level first, and its replies."""

    parents: list[CommentView]
    comment: CommentView


def one(comment: Comment, policy: Policy) -> Conversation:
    """A comment in its conversation. Raises `NotFound` if its place is not shown."""
    if not comment.shown:
        raise NotFound("not_found.comment")
    parents = [view_of_row(row) for row in branches.path(comment.id)[:-1]]
    values = {"comment": comment.id, "limit": 1, **branches.bounds(policy.inline_replies)}
    found = execute(one_grown_sql(sqlite=is_sqlite()), values).all()
    own = [row for row in found if row.row_id == comment.id]
    return Conversation(parents, branches.with_first_replies(own, found)[0])


def view(comment: Comment) -> CommentView:
    """A comment by itself, with its content whatever its status: for its author and for staff."""
    row = execute(one_sql(sqlite=is_sqlite()), {"comment": comment.id}).one()
    return unhidden(row, branches.alone(row))


# --- new comments, counts, the viewer's own -------------------------------------------------------


def newest_cursor(thread_id: int) -> str:
    """The cursor from which `changes_since` starts for a page rendered now."""
    row = db.session.execute(
        select(Comment.published_at, Comment.id)
        .where(Comment.thread_id == thread_id, Comment.status == "published")
        .order_by(Comment.published_at.desc(), Comment.id.desc())
        .limit(1)
    ).first()
    return encode_cursor(micros(row[0]), row[1]) if row and row[0] else encode_cursor(0, 0)


def cursor_of(thread: Thread | None) -> str:
    """The cursor from which `changes_since` starts for a page of this row, without a query."""
    last = micros(thread.last_comment_at) if thread and thread.last_comment_at else 0
    return encode_cursor(last, _LAST_ROW if last else 0)


def new_since(
    thread_id: int, cursor: str | None, *, limit: int = MAX_NEW
) -> tuple[list[CommentView], str]:
    """The comments published since the cursor, oldest first, without replies inside, and the next
    cursor. Raises `Invalid`."""
    moment, row_id = decode_cursor(cursor, int, int) if cursor else (0, 0)
    values = {"thread": thread_id, "moment": moment, "id": row_id, "limit": limit}
    rows = execute(new_sql(sqlite=is_sqlite()), values).all()
    if rows:
        moment, row_id = rows[-1].published_at, rows[-1].row_id
    return [view_of_row(row) for row in rows], encode_cursor(moment, row_id)


def changes_since(thread_id: int, cursor: str, *, viewer: User | None = None) -> int:
    """How many comments by others were published since the cursor; at most MAX_NEW + 1."""
    moment, row_id = decode_cursor(cursor, int, int)
    query = select(Comment.id).where(
        Comment.thread_id == thread_id,
        Comment.status == "published",
        tuple_(Comment.published_at, Comment.id) > (from_micros(moment), row_id),
    )
    if viewer is not None:
        query = query.where(Comment.author_id != viewer.id)
    return len(db.session.scalars(query.limit(MAX_NEW + 1)).all())


def counts(site: Site, hrefs: Sequence[str]) -> dict[str, int]:
    """The number of published comments for each address; 0 for an invalid one. One query, plus
    one for each merged conversation. Raises `Invalid` for too many addresses."""
    if len(hrefs) > MAX_COUNTED:
        raise Invalid("invalid.too_many_addresses", n=MAX_COUNTED, field="href")
    by_address: dict[str, list[str]] = {}
    found = dict.fromkeys(hrefs, 0)
    for href in found:
        try:
            by_address.setdefault(address_of(site, href).canonical, []).append(href)
        except Invalid:
            continue
    listed = (
        "SELECT value FROM json_each(:addresses)"
        if is_sqlite()
        else "SELECT value FROM json_array_elements_text(CAST(:addresses AS json))"
    )
    rows = db.session.execute(
        text(
            f"""SELECT id, address, comment_count, merged_into_id FROM thread
            WHERE site_id = :site AND address IN ({listed})"""
        ),
        {"site": site.id, "addresses": orjson.dumps(list(by_address)).decode()},
    ).all()
    for row in rows:
        count = row.comment_count
        if row.merged_into_id is not None:
            count = where_it_went(db.session.get_one(Thread, row.id)).comment_count
        for href in by_address[row.address]:
            found[href] = count
    return found


@dataclass(frozen=True)
class Own:
    """A viewer's own comments and reactions in a thread."""

    comments: list[Comment]  # except withdrawn ones, oldest first
    liked: list[str]
    reacted: dict[str, str] = field(default_factory=dict)  # comment -> kind, except likes


MAX_OWN = 200


def own(user: User, thread_id: int) -> Own:
    """The viewer's own comments in a thread, except withdrawn ones, and their reactions there."""
    comments = db.session.scalars(
        select(Comment)
        .where(
            Comment.author_id == user.id,
            Comment.thread_id == thread_id,
            Comment.status != "withdrawn",
        )
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(MAX_OWN)
    ).all()
    chosen = db.session.execute(
        select(Comment.public_id, Reaction.kind)
        .join(Reaction, Reaction.comment_id == Comment.id)
        .where(Reaction.user_id == user.id, Comment.thread_id == thread_id)
        .limit(1000)
    ).all()
    return Own(
        list(reversed(comments)),
        [row.public_id for row in chosen if row.kind == "like"],
        {row.public_id: row.kind for row in chosen if row.kind != "like"},
    )
