"""Notifications, follows, sent emails, and webhooks with their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Json, UtcTime
from ..core.ids import new_id
from ..core.sealing import sealer
from ..core.signing.standard import secret_form


class Notification(Base):
    """One notification for one person: `key` prevents duplicates."""

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


class Follow(Base):
    """A conversation that a member follows. `rhythm`: now, daily, weekly, or never for no emails.

    Comments published up to `rung_until` have been notified in the bell; those up to `told_until`
    were emailed or are older than the follow. `due_at` is when the next email is sent; None if
    nothing is waiting.
    """

    __tablename__ = "follow"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    rhythm: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    rung_until: Mapped[datetime] = mapped_column(UtcTime)
    told_until: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        UniqueConstraint("user_id", "thread_id"),
        Index("ix_follow_thread_id_id", "thread_id", "id"),
    )


class Email(Base):
    """One email to one address, sent at most once whatever happens; its text is not stored.

    State: sending, sent, failed (retried), lost (failed for good or a crash: not sent again),
    capped, resting (the address was refused before).
    """

    __tablename__ = (
        "letter"  # its original name: servers of two versions share the table while one is upgraded
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)  # "notification:12"
    address_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(8), default="sending")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_letter_address_hash_created_at", "address_hash", "created_at"),)


class Refusal(Base):
    """An address that its server has refused for good. Only emails about the account are sent
    there, until one is accepted or the owner asks for emails again."""

    __tablename__ = "refusal"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcTime)


class Webhook(Base):
    """An address of a site that is called when something happens. State: new (has not answered its
    challenge yet), active, paused (by its owner, or after days without an answer)."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[list[str]] = mapped_column(Json, default=list)  # webhooks.EVENTS
    # sealed; `secret` and `verify_token` open them
    kept_secret: Mapped[str] = mapped_column("secret", String(1000))
    kept_verify_token: Mapped[str] = mapped_column("verify_token", String(1000))
    state: Mapped[str] = mapped_column(String(8), default="new")
    why: Mapped[str | None] = mapped_column(String(300))  # the last failure, in words
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime)

    @property
    def secret(self) -> str:
        """The secret that signs each call."""
        return sealer().open(self.kept_secret)

    @property
    def standard_secret(self) -> str:
        """The same secret in the form that libraries for Standard Webhooks expect."""
        return secret_form(self.secret)

    @property
    def readable(self) -> bool:
        """Whether our keys can open both secrets."""
        kept = (self.kept_secret, self.kept_verify_token)
        return all(sealer().state(each) != "lost" for each in kept)

    @property
    def verify_token(self) -> str:
        """The token sent in the challenge."""
        return sealer().open(self.kept_verify_token)


class Delivery(Base):
    """One event for one webhook, and the result of the call. `key` prevents duplicates; the body is
    built for each call, so that no copy outlives the comment.

    State: waiting, delivered, failed (given up), dropped (the comment has changed, or the webhook
    no longer wants it).
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(80), unique=True)  # "3:comment.edited:17:2"
    event: Mapped[str] = mapped_column(String(40))
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None] = mapped_column()  # of the last response
    why: Mapped[str | None] = mapped_column(String(300))
    took_ms: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_delivery_webhook_id_id", "webhook_id", "id"),
        Index("ix_delivery_created_at", "created_at"),
    )
