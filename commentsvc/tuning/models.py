"""Policy changes, calibrations, and scores suggested by programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Json, UtcTime
from ..core.ids import new_id


class PolicyChange(Base):
    """Append-only except for the undo: fields of a policy before and after a change."""

    __tablename__ = "policy_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_policy_change_site_id_id", "site_id", "id"),)


class Feedback(Base):
    """How a program with one key thinks a text should be scored; the last suggestion counts.

    `suggested` and `measured` are label -> value; `measured` is None if the text could
    not be scored.
    """

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    text_hash: Mapped[str] = mapped_column(String(43))
    text: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(16))
    suggested: Mapped[dict[str, float]] = mapped_column(Json)
    measured: Mapped[dict[str, float] | None] = mapped_column(Json)
    scorer: Mapped[str | None] = mapped_column(String(60))
    community: Mapped[str | None] = mapped_column(String(250))
    client_token: Mapped[str | None] = mapped_column(String(250))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        UniqueConstraint("credential_id", "text_hash"),
        Index("ix_feedback_site_id", "site_id", "id"),
    )


class Calibration(Base):
    """Append-only except for its end: a curve put in force for one label, and the
    facts behind it."""

    __tablename__ = "calibration"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(60))
    slope: Mapped[float] = mapped_column()
    offset: Mapped[float] = mapped_column()
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_calibration_site_id_id", "site_id", "id"),)
