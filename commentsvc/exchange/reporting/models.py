"""The results of sending statements of reasons to the Transparency Database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, UtcTime


class SentStatement(Base):
    """One statement that the database answered: `uuid` is its ID there, `why` the reason
    for a refusal."""

    __tablename__ = "sent_statement"

    puid: Mapped[str] = mapped_column(String(30), primary_key=True)  # our ID for it
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(8))  # sent | refused
    uuid: Mapped[str | None] = mapped_column(String(36))
    why: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_sent_statement_site_id", "site_id", "state", "at"),)
