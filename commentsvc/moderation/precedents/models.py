"""Earlier decisions, stored so that similar comments find them: facts and keys, never a text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Json


class Precedent(Base):
    """A person's decision that stands on a comment's current text. `rule` is the most severe in the
    rules' verdict ("" for none), and `level` the highest score, from 0 to 1."""

    __tablename__ = "precedent"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), unique=True
    )
    revision_id: Mapped[int] = mapped_column()
    approved: Mapped[bool] = mapped_column()  # else rejected
    rule: Mapped[str] = mapped_column(String(40))
    level: Mapped[float] = mapped_column()
    facts: Mapped[dict[str, Any]] = mapped_column(Json)  # measure.py
    #: Whether most similar comments had been decided the same way; None if undecided.
    same: Mapped[bool | None] = mapped_column()

    __table_args__ = (
        Index("ix_precedent_site_id_rule", "site_id", "rule", "level", "comment_id"),
        Index("ix_precedent_site_id_decision_id", "site_id", "decision_id"),
    )


class PrecedentKey(Base):
    """A rare word of a decided comment, as a number. Only the newest of a key are kept: common
    words say little."""

    __tablename__ = "precedent_key"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("site.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )

    __table_args__ = (Index("ix_precedent_key_comment_id", "comment_id"),)
