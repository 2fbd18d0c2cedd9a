"""Spent efforts, so that each counts once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, UtcTime


class SpentEffort(Base):
    """The mark of an effort that let a comment in. Written in the comment's own unit, and deleted
    once the effort is too old anyway."""

    __tablename__ = "spent_effort"

    mark: Mapped[str] = mapped_column(String(43), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
