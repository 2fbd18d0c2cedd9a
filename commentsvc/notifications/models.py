"""What people are told, what they asked to be told, and the letters that went out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Json, UtcTime


class Notification(Base):
    """One thing one person is told once: `key` makes a second telling impossible."""

    __tablename__ = "notification"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)  # "decision:17:author"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_notification_user_id_created_at", "user_id", "created_at"),)


class Subscription(Base):
    """Somebody wants to hear of something: replies, a thread, what waits in a queue."""

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))  # replies | thread | queue
    rhythm: Mapped[str] = mapped_column(String(10), default="now")  # now | hourly | daily
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("user_id", "site_id", "thread_id", "kind"),)


class Letter(Base):
    """One letter to one address, sent at most once whatever happens; its words are not kept.

    State: sending, sent, failed (tried again), lost (a crash in between: not sent again), capped.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)  # "notification:12"
    address_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(8), default="sending")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_letter_address_hash_created_at", "address_hash", "created_at"),)
