"""What pending comments are compared by: words as numbers, and keys that similar comments share."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Json


class Likeness(Base):
    """The words of a comment's text, as numbers (likeness.py). Its wave, if any, is a column of the
    comment, so that the status is kept in one place only."""

    __tablename__ = "likeness"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column()
    words: Mapped[list[int]] = mapped_column(Json)
    suspect: Mapped[bool] = mapped_column()  # it reads like an advertisement

    __table_args__ = (Index("ix_likeness_site_id", "site_id", "comment_id"),)


class LikenessKey(Base):
    """One key of a text. Only some rows per key are kept: one is enough to find the wave."""

    __tablename__ = "likeness_key"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("site.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )

    __table_args__ = (Index("ix_likeness_key_comment_id", "comment_id"),)
