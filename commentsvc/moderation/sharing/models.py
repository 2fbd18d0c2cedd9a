"""What staff of a site share: saved filters, canned messages, own reasons, and who claimed which comment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Json, UtcTime
from ...core.ids import new_id


class SavedFilter(Base):
    """A queue narrowed down, under a name. `given` is what the page's address says of the filter, by name.

    `site_id` None is all sites of its owner; then it cannot be `shared` with a site's staff.
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
    takes: Mapped[bool] = mapped_column(default=False)  # what it matches is its owner's to decide
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_saved_filter_user_id", "user_id", "id"),
        Index("ix_saved_filter_site_id", "site_id", "id"),
    )


class Claim(Base):
    """Who is on a comment: claimed for oneself, or (`by_id` is somebody else) assigned. It ends by itself."""

    __tablename__ = "claim"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(UtcTime, index=True)


class CannedMessage(Base):
    """Words to people that a site's staff keep under a name. `texts`: language -> text, at least one."""

    __tablename__ = "canned_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class OwnReason(Base):
    """A reason that a site's owners have added. `code` stands in decisions for good, so no row goes while the
    site is there: one that is not `active` can no longer be given.

    `titles` and `hints` (what the author reads): language -> text; of titles at least one. `category` is one
    of taxonomy.py; `rule` names the site's rule that it points to, or is its address.
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
    """What somebody leaves to the next shift, as Markdown; shown until it is closed."""

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
