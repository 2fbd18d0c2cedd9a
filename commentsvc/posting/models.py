"""The answers already given, so that a repeated request gets the same one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Json, UtcTime


class Idempotency(Base):
    """One `Idempotency-Key` of one sender: the hash of what was sent, and what it made.

    Written in the unit of the comment itself, so that key and comment exist together or not at all
    (security.md 5). Pruned after 48 hours.
    """

    __tablename__ = "idempotency"

    sender: Mapped[str] = mapped_column(String(64), primary_key=True)  # site and device or user
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    comment_id: Mapped[int | None] = mapped_column()
    answer: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_idempotency_created_at", "created_at"),)
