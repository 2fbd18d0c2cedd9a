"""How the conversation is read: a fixed, small number of queries, whatever the size of the thread.

Rows come through plain SQL, because loading objects costs ten times as much (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import select, text, tuple_

from ..accounts.models import User
from ..core.db import db, from_micros, is_sqlite, micros
from ..core.errors import Invalid, NotFound
from ..core.paging import Page, decode_cursor, encode_cursor
from ..sites.models import Site
from ..sites.policy import Policy
from ..sites.queries import policy_of
from .commands import address_of, closed_since
from .models import Comment, Reaction, Thread

Sort = Literal["top", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("top", "newest", "oldest")

NESTED_REPLIES = 2  # replies shown at once below a reply
MAX_COUNTED = 200  # addresses in one request for counts
MAX_NEW = 100  # beyond this the button says "100+"

_BADGES = {"owner": ("staff",), "moderator": ("staff",), "trusted": ("trusted",)}


@dataclass(frozen=True)
class ThreadView:
    """A thread as anybody may see it; `id` is public, None while nobody has written."""

    id: str | None
    site_key: str
    href: str
    title: str | None
    closed: bool
    comment_count: int
    version: int


@dataclass(frozen=True)
class CommentView:
    """A comment as anybody may see it. Ids are public ones. `gap` is set where only the place is
    shown, for the sake of its replies: withdrawn, rejected, pending or deleted."""

    id: str
    thread_id: str
    parent_id: str | None
    depth: int
    revision: int
    author_id: str
    author_name: str
    author_kind: str
    badges: tuple[str, ...]
    html: str
    text: str
    status: str
    gap: str | None
    created_at: datetime
    edited_at: datetime | None
    like_count: int
    reply_count: int
    permalink: str
    featured: bool = False
    pinned: bool = False
    replies: list[CommentView] = field(default_factory=list)
    more_replies: str | None = None  # cursor of the replies that are not shown here
    sort_key: tuple[Any, ...] = ()


def thread_view(site: Site, href: str) -> ThreadView:
    """The thread of an article, also of one on which nobody has written yet. Raises `Invalid`."""
    address = address_of(site, href)
    thread = db.session.scalar(
        select(Thread).where(Thread.site_id == site.id, Thread.address == address.canonical)
    )
    while thread is not None and thread.merged_into_id is not None:
        thread = db.session.get(Thread, thread.merged_into_id)
    if thread is None:
        return ThreadView(None, site.key, address.href, None, False, 0, 0)
    return view_of(thread, site)


def view_of(thread: Thread, site: Site) -> ThreadView:
    """A thread's public face."""
    return ThreadView(
        id=thread.public_id,
        site_key=site.key,
        href=thread.href,
        title=thread.title,
        closed=closed_since(thread, policy_of(site)) is not None,
        comment_count=thread.comment_count,
        version=thread.version,
    )


# --- rows -----------------------------------------------------------------------------------------

_COLUMNS = """
    c.id AS row_id, c.parent_id AS parent_row, c.public_id AS id, t.public_id AS thread_id,
    t.href AS href, c.depth, c.status, c.created_at, c.edited_at, c.like_count, c.reply_count,
    c.rank, c.featured, c.pinned, r.id AS revision, r.html, r.text,
    u.public_id AS author_id, u.name AS author_name, u.kind AS author_kind, m.role,
    u.erased_at, p.public_id AS parent_id
"""
_JOINS = """
    JOIN thread t ON t.id = c.thread_id
    JOIN revision r ON r.id = c.revision_id
    JOIN "user" u ON u.id = c.author_id
    LEFT JOIN membership m ON m.site_id = c.site_id AND m.user_id = c.author_id
    LEFT JOIN comment p ON p.id = c.parent_id
"""
_ORDERS = {
    "top": ("c.rank DESC, c.id DESC", "(c.rank, c.id) < (:key, :id)"),
    "newest": ("c.created_at DESC, c.id DESC", "(c.created_at, c.id) < (:key, :id)"),
    "oldest": ("c.created_at, c.id", "(c.created_at, c.id) > (:key, :id)"),
}
# Some of the first replies of many comments, by an index, not by counting all replies there are.
_FIRST = """SELECT x.id FROM comment x WHERE x.parent_id = {parent} AND x.shown
            ORDER BY x.created_at, x.id LIMIT {limit}"""


def _page_sql(sort: str, *, parent: bool, after: bool) -> str:
    order, further = _ORDERS[sort]
    level = "c.parent_id = :parent" if parent else "c.parent_id IS NULL"
    return f"""SELECT {_COLUMNS} FROM comment c {_JOINS}
        WHERE c.thread_id = :thread AND {level} AND c.shown = :yes
        {"AND " + further if after else ""} ORDER BY {order} LIMIT :limit"""


def _inline_sql() -> str:
    """Two levels of first replies in one query. Parents come as a JSON list of row ids."""
    if is_sqlite():
        level1 = f"""SELECT c.id FROM json_each(:parents) b
            JOIN comment c ON c.id IN ({_FIRST.format(parent="b.value", limit=":first")})"""
        level2 = f"""SELECT c.id FROM l1
            JOIN comment c ON c.id IN ({_FIRST.format(parent="l1.id", limit=":second")})"""
    else:
        level1 = f"""SELECT c.id FROM json_array_elements_text(CAST(:parents AS json)) b(value)
            JOIN LATERAL ({_FIRST.format(parent="CAST(b.value AS bigint)", limit=":first")}) c
            ON true"""
        level2 = f"""SELECT c.id FROM l1
            JOIN LATERAL ({_FIRST.format(parent="l1.id", limit=":second")}) c ON true"""
    return f"""WITH l1 AS ({level1}), l2 AS ({level2}),
        k AS (SELECT id FROM l1 UNION ALL SELECT id FROM l2)
        SELECT {_COLUMNS} FROM k JOIN comment c ON c.id = k.id {_JOINS}
        ORDER BY c.created_at, c.id"""


def _view(row: Any) -> CommentView:
    erased = row.erased_at is not None
    gap = None if row.status == "published" else str(row.status)
    named = gap is None and not erased
    return CommentView(
        id=row.id,
        thread_id=row.thread_id,
        parent_id=row.parent_id,
        depth=row.depth,
        revision=row.revision,
        author_id=row.author_id if named else "",
        author_name=row.author_name if named else "",
        author_kind=("erased" if erased else row.author_kind) if gap is None else "",
        badges=_BADGES.get(row.role or "", ()) if named else (),
        html=row.html if gap is None else "",
        text=row.text if gap is None else "",
        status=row.status,
        gap=gap,
        created_at=from_micros(row.created_at),
        edited_at=from_micros(row.edited_at) if row.edited_at and gap is None else None,
        like_count=row.like_count if gap is None else 0,
        reply_count=row.reply_count,
        permalink=permalink(row.href, row.thread_id, row.id),
        featured=bool(row.featured),
        pinned=bool(row.pinned),
        sort_key=(row.rank, row.created_at, row.row_id),
    )


def permalink(href: str, thread_id: str, comment_id: str) -> str:
    """The article's address with the comment named, in the form Facebook's box used from 2016 on."""
    base, _, fragment = href.partition("#")
    joint = "&" if "?" in base else "?"
    link = f"{base}{joint}fb_comment_id={thread_id}_{comment_id}"
    return f"{link}#{fragment}" if fragment else link


def comment_of_permalink(value: str) -> str | None:
    """The comment id in `fb_comment_id`: `<thread>_<comment>` or `fbc_<thread>_<comment>[_<reply>]`."""
    parts = value.split("#", 1)[0].removeprefix("fbc_").split("_")
    return parts[-1] if len(parts) in (2, 3) and parts[-1].isalnum() else None


# --- pages ----------------------------------------------------------------------------------------


def first_page(
    thread_id: int,
    policy: Policy,
    *,
    sort: Sort | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Page[CommentView]:
    """Some top-level comments with their first replies inside: two queries."""
    sort = sort or policy.default_sort
    if sort not in SORTS:
        raise Invalid(f"Choose one of: {', '.join(SORTS)}.", field="sort")
    limit = max(1, min(limit or policy.page_size, 100))
    rows = _rows(thread_id, sort=sort, parent=None, limit=limit, after=after)
    cursor = _cursor(rows[limit - 1], sort) if len(rows) > limit else None
    return Page(_with_replies(rows[:limit], policy), cursor)


def replies(
    comment: Comment, policy: Policy, *, after: str | None = None, limit: int | None = None
) -> Page[CommentView]:
    """The next replies of one comment, the oldest first, with first replies of theirs inside."""
    limit = max(1, min(limit or policy.page_size, 100))
    rows = _rows(comment.thread_id, sort="oldest", parent=comment.id, limit=limit, after=after)
    cursor = _cursor(rows[limit - 1], "oldest") if len(rows) > limit else None
    return Page(_with_replies(rows[:limit], policy), cursor)


def _rows(
    thread_id: int, *, sort: Sort, parent: int | None, limit: int, after: str | None
) -> Sequence[Any]:
    values: dict[str, Any] = {"thread": thread_id, "yes": True, "limit": limit + 1}
    if parent is not None:
        values["parent"] = parent
    if after:
        kind = float if sort == "top" else int
        values["key"], values["id"] = decode_cursor(after, kind, int)
    sql = _page_sql(sort, parent=parent is not None, after=bool(after))
    return db.session.execute(text(sql), values).all()


def _cursor(row: Any, sort: Sort) -> str:
    return encode_cursor(row.rank if sort == "top" else row.created_at, row.row_id)


def _with_replies(rows: Sequence[Any], policy: Policy) -> list[CommentView]:
    parents = [row.row_id for row in rows if row.reply_count]
    if not parents or not policy.inline_replies:
        return [_linked(_view(row), ()) for row in rows]
    found = db.session.execute(
        text(_inline_sql()),
        {
            "parents": orjson.dumps(parents).decode(),
            "first": policy.inline_replies,
            "second": NESTED_REPLIES,
        },
    ).all()
    below: dict[int, list[Any]] = {}
    for row in found:
        below.setdefault(row.parent_row, []).append(row)

    def built(row: Any) -> CommentView:
        return _linked(_view(row), [(built(each), each) for each in below.get(row.row_id, ())])

    return [built(row) for row in rows]


def _linked(view: CommentView, children: Iterable[tuple[CommentView, Any]]) -> CommentView:
    pairs = list(children)
    hidden = view.reply_count - len(pairs)
    if hidden <= 0:
        cursor = None
    else:  # a cursor before all replies, or after the last one shown
        cursor = _cursor(pairs[-1][1], "oldest") if pairs else encode_cursor(0, 0)
    return replace(view, replies=[child for child, _ in pairs], more_replies=cursor)


@dataclass(frozen=True)
class Conversation:
    """One comment with the comments it answers, the first of them first, and its replies."""

    parents: list[CommentView]
    comment: CommentView
    more_above: bool  # the chain is longer than what is shown


MAX_PARENTS = 20


def one(comment: Comment, policy: Policy) -> Conversation:
    """A comment in its conversation. Raises `NotFound` for a place that nobody is shown."""
    if not comment.shown:
        raise NotFound("There is no such comment.")
    rows = db.session.execute(
        text(
            f"""WITH RECURSIVE up(id, parent_id, n) AS (
                SELECT id, parent_id, 0 FROM comment WHERE id = :comment
                UNION ALL
                SELECT x.id, x.parent_id, up.n + 1 FROM comment x JOIN up ON x.id = up.parent_id
                WHERE up.n < :most)
            SELECT {_COLUMNS} FROM up JOIN comment c ON c.id = up.id {_JOINS} ORDER BY up.n DESC"""
        ),
        {"comment": comment.id, "most": MAX_PARENTS},
    ).all()
    views = [_view(row) for row in rows]
    return Conversation(
        parents=views[:-1],
        comment=_with_replies(rows[-1:], policy)[0],
        more_above=views[0].depth > 0,
    )


def view(comment: Comment) -> CommentView:
    """One comment by itself, with what is in it whatever its status: for its author and for staff."""
    row = db.session.execute(
        text(f"SELECT {_COLUMNS} FROM comment c {_JOINS} WHERE c.id = :comment"),
        {"comment": comment.id},
    ).one()
    seen = _view(row)
    more = encode_cursor(0, 0) if seen.reply_count else None
    return replace(
        seen,
        html=row.html,
        text=row.text,
        author_id=row.author_id,
        author_name=row.author_name,
        author_kind=row.author_kind,
        badges=_BADGES.get(row.role or "", ()),
        gap=None,
        more_replies=more,
        edited_at=from_micros(row.edited_at) if row.edited_at else None,
        like_count=row.like_count,
    )


# --- what is new, how many, what is mine -----------------------------------------------------------


def newest_cursor(thread_id: int) -> str:
    """Where `changes_since` starts from when a page is made now."""
    row = db.session.execute(
        select(Comment.published_at, Comment.id)
        .where(Comment.thread_id == thread_id, Comment.status == "published")
        .order_by(Comment.published_at.desc(), Comment.id.desc())
        .limit(1)
    ).first()
    return encode_cursor(micros(row[0]), row[1]) if row and row[0] else encode_cursor(0, 0)


def changes_since(thread_id: int, cursor: str, *, viewer: User | None = None) -> int:
    """How many comments of others were published since the cursor, counted up to MAX_NEW."""
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
    """Published comments by address, as asked; 0 for what is no address. One query."""
    if len(hrefs) > MAX_COUNTED:
        raise Invalid(f"Ask for at most {MAX_COUNTED} addresses at once.", field="href")
    by_address: dict[str, list[str]] = {}
    found = dict.fromkeys(hrefs, 0)
    for href in found:
        try:
            by_address.setdefault(address_of(site, href).canonical, []).append(href)
        except Invalid:
            continue
    rows = db.session.execute(
        text(
            """SELECT a.address, coalesce(b.comment_count, a.comment_count) AS n
            FROM thread a LEFT JOIN thread b ON b.id = a.merged_into_id
            WHERE a.site_id = :site AND a.address IN (SELECT value FROM json_each(:addresses))"""
            if is_sqlite()
            else """SELECT a.address, coalesce(b.comment_count, a.comment_count) AS n
            FROM thread a LEFT JOIN thread b ON b.id = a.merged_into_id
            WHERE a.site_id = :site AND a.address IN
            (SELECT value FROM json_array_elements_text(CAST(:addresses AS json)))"""
        ),
        {"site": site.id, "addresses": orjson.dumps(list(by_address)).decode()},
    )
    for address, count in rows:
        for href in by_address[address]:
            found[href] = count
    return found


@dataclass(frozen=True)
class Own:
    """What belongs to one viewer of one thread."""

    comments: list[Comment]  # all own ones that are not withdrawn, the oldest first
    liked: list[str]


MAX_OWN = 200


def own(user: User, thread_id: int) -> Own:
    """The viewer's own comments of a thread, of every status, and what they like there."""
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
    liked = db.session.scalars(
        select(Comment.public_id)
        .join(Reaction, Reaction.comment_id == Comment.id)
        .where(Reaction.user_id == user.id, Comment.thread_id == thread_id)
        .limit(1000)
    ).all()
    return Own(list(reversed(comments)), list(liked))
