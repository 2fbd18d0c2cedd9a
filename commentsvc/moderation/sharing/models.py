"""What staff of a site share: filters, claims, canned messages, own reasons, hand-over notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Json, UtcTime
from ...core.ids import new_id


class SavedFilter(Base):
    """A named filter of a queue. `given` holds the filter parameters of the page's address.

    `site_id` None means all sites of its owner; such a filter cannot be `shared`.
    """

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    queue: Mapped[str] = mapped_column(String(12))
    order: Mapped[str] = mapped_column(String(10))
    given: Mapped[dict[str, str]] = mapped_column(Json)
    shared: Mapped[bool] = mapped_column(default=False)
    takes: Mapped[bool] = mapped_column(default=False)  # its owner has taken what it matches
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_saved_filter_user_id", "user_id", "id"),
        Index("ix_saved_filter_site_id", "site_id", "id"),
    )


class Claim(Base):
    """Who has taken a comment: claimed it, or was assigned it if `by_id` is somebody else."""

    __tablename__ = "claim"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(UtcTime, index=True)


class CannedMessage(Base):
    """A named text that a site's staff send to people. `texts`: language -> text, at least one."""

    __tablename__ = "canned_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class OwnReason(Base):
    """A reason that a site's owners have added. Decisions refer to `code`, so no row is deleted
    before its site; a reason that is not `active` can no longer be given.

    `titles` and `hints` (what the author reads): language -> text, with at least one title.
    `category` is one of taxonomy.py; `rule` is the name or the address of the site's rule.
    """

    __tablename__ = "own_reason"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    position: Mapped[int]
    titles: Mapped[dict[str, str]] = mapped_column(Json)
    hints: Mapped[dict[str, str]] = mapped_column(Json)
    category: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_own_reason_site_id", "site_id", "position"),)


class HandoverNote(Base):
    """A note for the next shift, as Markdown; shown until it is closed."""

    __tablename__ = "handover_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("ix_handover_note_site_id", "site_id", "closed_at", "id"),
        Index("ix_handover_note_by_id", "by_id"),
        Index("ix_handover_note_closed_by_id", "closed_by_id"),
    )
