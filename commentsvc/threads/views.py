"""What readers see of threads and comments, built from rows (rows.py)."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ..core.db import from_micros, micros
from .reactions import known_counts
from .text.spoken import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ..accounts.models import User
    from .models import Comment, Revision, Thread

BADGES = {"owner": ("staff",), "moderator": ("staff",), "trusted": ("trusted",)}


@dataclass(frozen=True)
class ThreadView:
    """A thread as anyone may see it; `id` is public, and None while nobody has commented."""

    id: str | None
    site_key: str
    href: str
    title: str | None
    closed: bool
    comment_count: int
    version: int
    slow_seconds: int = 0  # between two comments of one person, in slow mode
    opens_at: datetime | None = None  # when it reopens by itself, in the site's time zone
    reactions: dict[str, int] | None = None  # to the page, of each kind; None if it takes none
    tags: tuple[str, ...] = ()


class CommentView(NamedTuple):
    """A comment as anyone may see it, with public ids. `gap` is the status of a comment whose place
    is shown only for its replies: withdrawn, rejected or pending.

    A page creates dozens of these for each reader, so they are tuples (docs/performance.md).
    """

    replies: list[CommentView]
    html: str
    text: str
    # from here on, `piece` for web/render.py: what a comment's markup depends on
    revision: int
    language: str | None  # of the text, as detected: text/spoken.py
    id: str
    thread_id: str
    parent_id: str | None
    depth: int
    author_id: str
    author_name: str
    author_kind: str
    badges: tuple[str, ...]
    status: str
    gap: str | None
    created_at: datetime
    edited_at: datetime | None
    like_count: int
    reply_count: int
    permalink: str
    featured: bool = False
    pinned: bool = False
    more_replies: str | None = None  # cursor of the replies not shown here
    more_count: int = 0  # how many places that link leads to, at any depth; 0: too many to count
    parent_name: str = ""  # author of the parent, if it may be shown
    reactions: tuple[tuple[str, int], ...] = ()  # other than likes: kind and count
    # about the author, from the site's own sign-in
    given: tuple[str, ...] = ()  # codes of badges
    url: str = ""
    picture: str = ""

    @property
    def piece(self) -> tuple[Any, ...]:
        """Everything shown of the comment except replies; the revision id stands for its text."""
        return self[3:]


def view_of_row(
    row: Any,
    replies: list[CommentView] | None = None,
    more_replies: str | None = None,
    more_count: int = 0,
) -> CommentView:
    """The public view of a row, with the replies shown inside it."""
    erased = row.erased_at is not None
    gap = None if row.status == "published" else str(row.status)
    named = gap is None and not erased
    # positional: keyword arguments would double the time
    return CommentView(
        replies if replies is not None else [],
        row.html if gap is None else "",
        row.text if gap is None else "",
        row.revision,
        row.language if gap is None else None,
        row.id,
        row.thread_id,
        row.parent_id,
        row.depth,
        row.author_id if named else "",
        row.author_name if named else "",
        ("erased" if erased else row.author_kind) if gap is None else "",
        BADGES.get(row.role or "", ()) if named else (),
        row.status,
        gap,
        from_micros(row.created_at),
        from_micros(row.edited_at) if row.edited_at and gap is None else None,
        row.like_count if gap is None else 0,
        row.reply_count,
        permalink(row.href, row.id),
        bool(row.featured),
        bool(row.pinned),
        more_replies,
        more_count,
        row.parent_name or "",
        _reactions(row) if row.reactions and gap is None else (),
        *(_vouched(row) if row.profile and named else ()),
    )


def view_of_new(
    comment: Comment,
    revision: Revision,
    thread: Thread,
    *,
    author: User,
    role: str | None,
    parent: Comment | None,
    answered: Any,
) -> CommentView:
    """A new comment as its author sees it, without a query. `role` is the author's on the site,
    `answered` the parent's author: a row with `name` and `erased_at`."""
    row = SimpleNamespace(
        id=comment.public_id,
        thread_id=thread.public_id,
        href=thread.href,
        parent_id=parent.public_id if parent is not None else None,
        parent_name=answered.name if answered is not None and not answered.erased_at else None,
        depth=comment.depth,
        revision=revision.id,
        html=revision.html,
        text=revision.text,
        language=detected(revision.language, comment.unscored),
        author_id=author.public_id,
        author_name=author.name,
        author_kind=author.kind,
        profile=author.profile,
        erased_at=author.erased_at,
        role=role,
        site_id=comment.site_id,
        status=comment.status,
        created_at=micros(comment.created_at),
        edited_at=None,
        like_count=0,
        reactions=None,
        reply_count=0,
        featured=False,
        pinned=False,
    )
    return unhidden(row, view_of_row(row))


def detected(language: str | None, unscored: str | None) -> str | None:
    """The language found for a text: `UNKNOWN` if a scorer looked and could not tell."""
    return UNKNOWN if language is None and unscored == "language" else language


def unhidden(row: Any, shown: CommentView) -> CommentView:
    """The view with its full content, for its author and staff, where others see a gap."""
    return shown._replace(
        html=row.html,
        text=row.text,
        language=row.language,
        author_id=row.author_id,
        author_name=row.author_name,
        author_kind=row.author_kind,
        badges=BADGES.get(row.role or "", ()),
        gap=None,
        edited_at=from_micros(row.edited_at) if row.edited_at else None,
        like_count=row.like_count,
        reactions=_reactions(row) if row.reactions else (),
    )


def _reactions(row: Any) -> tuple[tuple[str, int], ...]:
    return tuple(known_counts(row.reactions).items())


def _vouched(row: Any) -> tuple[Any, ...]:
    """Badges, address and picture from the site's own sign-in, shown only on that site."""
    said = row.profile if isinstance(row.profile, dict) else orjson.loads(row.profile)
    if not said or said.get("site") != row.site_id:
        return ()
    return tuple(said.get("badges", ())), said.get("url", ""), said.get("picture", "")


def above(views: Sequence[CommentView], comment_id: str) -> list[CommentView]:
    """The ancestors of a comment below these views, top-level first."""
    for view in views:
        if view.id == comment_id:
            return []
        if any(each.id == comment_id for each in view.replies):
            return [view]
        if found := above(view.replies, comment_id):
            return [view, *found]
    return []


def permalink(href: str, comment_id: str) -> str:
    """The article's address with the comment in the fragment, which does not reload an open
    article; in the query if the article needs its own fragment."""
    base, _, fragment = href.partition("#")
    if not fragment:
        return f"{base}#commentsvc={comment_id}"
    joint = "&" if "?" in base else "?"
    return f"{base}{joint}commentsvc={comment_id}#{fragment}"


def comment_of_permalink(value: str) -> str | None:
    """The comment id in `fb_comment_id`: `<thread>_<comment>` or `fbc_<thread>_<comment>[_<reply>]`."""
    parts = value.split("#", 1)[0].removeprefix("fbc_").split("_")
    return parts[-1] if len(parts) in (2, 3) and parts[-1].isalnum() else None
