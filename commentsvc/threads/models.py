"""Threads, comments, revisions, reactions, and changes of a thread's address."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Json, UtcTime, any_of
from ..core.ids import new_id
from ..sites.sections.tags import TagList

if TYPE_CHECKING:
    from collections.abc import Collection


class Thread(Base):
    """The conversation of one article, found by its canonical address within a site.

    Every change that readers can see raises `version`, which is the key of cached responses. Only
    threads/status.py and threads/recount.py set `comment_count`.
    """

    __tablename__ = "thread"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(2000))  # canonical, urls.py
    href: Mapped[str] = mapped_column(String(2000))  # as the page gave it; for links
    title: Mapped[str | None] = mapped_column(String(300))
    tags: Mapped[tuple[str, ...]] = mapped_column(TagList, nullable=True, default=())
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcTime)  # overrides the policy's age
    premoderate: Mapped[bool] = mapped_column(default=False)
    slow_seconds: Mapped[int] = mapped_column(default=0)  # slow mode, on top of the policy's
    slow_until: Mapped[datetime | None] = mapped_column(UtcTime)  # None: until it is switched off
    hot_since: Mapped[datetime | None] = mapped_column(UtcTime)  # over the policy's limits
    version: Mapped[int] = mapped_column(default=1)
    comment_count: Mapped[int] = mapped_column(default=0)  # published
    reactions: Mapped[dict[str, int] | None] = mapped_column(Json)  # to the page, by kind
    last_comment_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        UniqueConstraint("site_id", "address"),
        Index("ix_thread_site_id_last_comment_at", "site_id", "last_comment_at"),
        # heated threads, and slow modes that end by themselves: always few rows
        Index(
            "ix_thread_hot",
            "site_id",
            sqlite_where=text("hot_since IS NOT NULL"),
            postgresql_where=text("hot_since IS NOT NULL"),
        ),
        Index(
            "ix_thread_slow",
            "site_id",
            sqlite_where=text("slow_until IS NOT NULL"),
            postgresql_where=text("slow_until IS NOT NULL"),
        ),
    )


class ThreadName(Base):
    """A name of a thread, independent of its address (Disqus's identifier). It may have several."""

    __tablename__ = "thread_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("site_id", "name"),)


class Comment(Base):
    """A place in a thread. Its texts are revisions; `version` is the optimistic lock of its status.

    `shown` is true while the place is visible: published, or a gap with shown replies. `rank` is
    the order of "top", `urgency` that of the queue; both are set from queries.
    """

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    depth: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    status: Mapped[str] = mapped_column(String(10), default="pending")
    version: Mapped[int] = mapped_column(default=1)
    shown: Mapped[bool] = mapped_column(default=False)
    revision_id: Mapped[int | None] = mapped_column()  # the current one; set in the same unit
    unscored: Mapped[str | None] = mapped_column(
        String(20)
    )  # why there is no score, if there is none
    reviewed: Mapped[bool] = mapped_column(default=False)  # a person has decided on this revision
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcTime)
    like_count: Mapped[int] = mapped_column(default=0)
    likes_elsewhere: Mapped[int] = mapped_column(default=0, server_default="0")  # imported
    # other reactions by kind; `approval` is their weight in the order; reactions/ sets both
    reactions: Mapped[dict[str, int] | None] = mapped_column(Json)
    reactions_elsewhere: Mapped[dict[str, int] | None] = mapped_column(Json)  # imported
    approval: Mapped[int] = mapped_column(default=0, server_default="0")
    reply_count: Mapped[int] = mapped_column(default=0)  # shown direct replies
    flag_count: Mapped[int] = mapped_column(default=0)  # open flags of people and rules
    rank: Mapped[float] = mapped_column(default=0.0)
    urgency: Mapped[float] = mapped_column(default=0.0)
    featured: Mapped[bool] = mapped_column(default=False)
    pinned: Mapped[bool] = mapped_column(default=False)
    network: Mapped[str | None] = mapped_column(String(43))  # keyed hash of the author's network
    source: Mapped[str | None] = mapped_column(String(200))  # "disqus:1234" if imported
    home_id: Mapped[int | None] = mapped_column()  # its thread before a merge
    wave: Mapped[int | None] = mapped_column()  # row id of one of the similar comments

    author: Mapped[User] = relationship(lazy="raise_on_sql", viewonly=True)
    thread: Mapped[Thread] = relationship(lazy="raise_on_sql", viewonly=True)

    __table_args__ = (
        # a page of one level, newest/oldest and top
        Index("ix_comment_level_time", "thread_id", "parent_id", "shown", "created_at", "id"),
        Index("ix_comment_level_rank", "thread_id", "parent_id", "shown", "rank", "id"),
        Index(
            "ix_comment_replies",
            "parent_id",
            "shown",
            "created_at",
            "id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
        # changes_since, counts of a thread
        Index("ix_comment_thread_id_status", "thread_id", "status", "published_at"),
        # feeds of a site
        Index("ix_comment_site_published", "site_id", "status", "published_at"),
        # queues
        Index("ix_comment_queue_urgency", "site_id", "status", "urgency", "id"),
        Index("ix_comment_queue_time", "site_id", "status", "created_at", "id"),
        Index("ix_comment_site_time", "site_id", "created_at", "id"),
        Index("ix_comment_site_urgency", "site_id", "urgency", "id"),
        Index(
            "ix_comment_unreviewed",
            "site_id",
            "status",
            "created_at",
            "id",
            sqlite_where=text("reviewed = 0"),
            postgresql_where=text("reviewed = false"),
        ),
        Index(
            "ix_comment_approved_time",
            "site_id",
            "status",
            "created_at",
            "id",
            sqlite_where=text("reviewed = 1"),
            postgresql_where=text("reviewed = true"),
        ),
        Index(
            "ix_comment_approved_urgency",
            "site_id",
            "status",
            "urgency",
            "id",
            sqlite_where=text("reviewed = 1"),
            postgresql_where=text("reviewed = true"),
        ),
        Index(
            "ix_comment_reported",
            "site_id",
            "status",
            "flag_count",
            "id",
            sqlite_where=text("flag_count > 0"),
            postgresql_where=text("flag_count > 0"),
        ),
        Index(
            "ix_comment_unscored",
            "unscored",
            "id",
            sqlite_where=text("unscored IS NOT NULL"),
            postgresql_where=text("unscored IS NOT NULL"),
        ),
        # an author's comments, and their counts without reading them
        Index(
            "ix_comment_author_id",
            "author_id",
            "site_id",
            "created_at",
            "id",
            "status",
            "flag_count",
        ),
        # waves: similar comments, and waiting comments from the same network
        Index(
            "ix_comment_wave",
            "wave",
            "status",
            "id",
            sqlite_where=text("wave IS NOT NULL"),
            postgresql_where=text("wave IS NOT NULL"),
        ),
        Index(
            "ix_comment_waiting_network",
            "site_id",
            "network",
            sqlite_where=text("status = 'pending' AND network IS NOT NULL"),
            postgresql_where=text("status = 'pending' AND network IS NOT NULL"),
        ),
        UniqueConstraint("site_id", "source"),
    )

    @classmethod
    def on_sites(cls, site_ids: Collection[int]) -> ColumnElement[bool]:
        """Condition that a comment is on one of these sites, for queries that use another index:
        SQLite would prefer an index on sites, but one site may have nearly all comments."""
        return any_of(cls.site_id + 0, site_ids)


class Revision(Base):
    """One immutable text of a comment, with the facts it was judged by, its scores and verdict."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)  # as written, cleaned
    html: Mapped[str] = mapped_column(Text)  # text.html(text, mentions), safe
    mentions: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)  # text/mentions.py
    language: Mapped[str | None] = mapped_column(String(8))
    scores: Mapped[dict[str, float] | None] = mapped_column(Json)
    scorer: Mapped[str | None] = mapped_column(String(60))  # the model's name and version
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)  # Submission, for replay
    verdict: Mapped[dict[str, Any] | None] = mapped_column(Json)  # action and findings
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Reaction(Base):
    """A like, or another reaction that a site offers: one per person and comment. `network` limits
    the reactions of guests from one network."""

    __tablename__ = "reaction"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[str] = mapped_column(String(12), default="like", server_default="like")
    network: Mapped[str | None] = mapped_column(String(43))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ThreadReaction(Base):
    """A reader's reaction to the page itself, whatever is said there: one per person and thread.
    `home_id`: the thread it was given in, before a merge."""

    __tablename__ = "thread_reaction"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    network: Mapped[str | None] = mapped_column(String(43))
    home_id: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_thread_reaction_kind", "thread_id", "kind"),
        Index(
            "ix_thread_reaction_network",
            "thread_id",
            "network",
            sqlite_where=text("network IS NOT NULL"),
            postgresql_where=text("network IS NOT NULL"),
        ),
    )


class ThreadMove(Base):
    """Append-only: a thread that got another address (`moved`), or was merged into another
    (`merged`, into `into_id`). If undone, it has `undone_at`."""

    __tablename__ = "thread_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # moved | merged
    into_id: Mapped[int | None] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), index=True
    )
    address_before: Mapped[str] = mapped_column(String(2000))
    href_before: Mapped[str] = mapped_column(String(2000))
    address_after: Mapped[str] = mapped_column(String(2000))
    batch: Mapped[str | None] = mapped_column(String(16), index=True)  # one rule, one undo
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_thread_move_site_id_id", "site_id", "id"),)
