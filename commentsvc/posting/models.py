"""Answers already given, so that a repeated request gets the same one; other models' scores."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Json, UtcTime


class Idempotency(Base):
    """One `Idempotency-Key` of one sender: the hash of the request, and the comment it created.

    Written in the unit of the comment itself, so that key and comment exist together or not at all.
    Pruned after 48 hours.
    """

    __tablename__ = "idempotency"

    sender: Mapped[str] = mapped_column(String(64), primary_key=True)  # site and user or network
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    comment_id: Mapped[int | None] = mapped_column()
    answer: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_idempotency_created_at", "created_at"),)


class Measurement(Base):
    """One scorer's result for a revision, besides the scores in use (those of `Revision`).

    Two uses: the scores of the model before a change, and those of another model, to preview a
    change. `scores` is None if there are none; `unscored` then says why.
    """

    __tablename__ = "measurement"

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    scorer: Mapped[str] = mapped_column(String(60), primary_key=True)
    scores: Mapped[dict[str, float] | None] = mapped_column(Json)
    unscored: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_measurement_scorer", "scorer", "revision_id"),)
