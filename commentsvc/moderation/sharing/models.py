"""Saved filters and canned messages of staff, and who has claimed which comment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
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
