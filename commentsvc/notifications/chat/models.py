"""The chat channels of moderators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Json, UtcTime
from ...core.ids import new_id
from ...core.sealing import sealer


class ChatChannel(Base):
    """A chat channel of one moderator for one site. State: active, paused (by its owner, or after
    days without success).

    Items up to `told_until` have been reported. `due_at`: nothing is sent before then, after a
    failure or while a job is running. `why`: key and values of the last error.
    """

    __tablename__ = "chat_channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    service: Mapped[str] = mapped_column(String(10))  # services.py
    label: Mapped[str | None] = mapped_column(String(60))  # chosen by its owner
    kept_address: Mapped[str] = mapped_column("address", String(4000))  # sealed
    what: Mapped[list[str]] = mapped_column(Json, default=list)
    rhythm: Mapped[str] = mapped_column(String(8))  # now, hourly, daily
    quote_below: Mapped[int] = mapped_column()  # percent; 0: quote nothing
    links: Mapped[bool] = mapped_column()  # to approve and reject
    quiet_from: Mapped[int | None] = mapped_column()  # hours of the day in `zone`
    quiet_until: Mapped[int | None] = mapped_column()
    zone: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8), default="active")
    why: Mapped[dict[str, Any] | None] = mapped_column(Json)
    attempts: Mapped[int] = mapped_column(default=0)  # since the last success
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    told_until: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_chat_channel_user_id_site_id", "user_id", "site_id"),
        Index("ix_chat_channel_state_due_at", "state", "due_at"),
    )

    @property
    def address(self) -> str:
        """Where messages go; anyone who knows it can write there."""
        return sealer().open(self.kept_address)

    @property
    def readable(self) -> bool:
        """Whether our keys can open the address."""
        return sealer().state(self.kept_address) != "lost"
