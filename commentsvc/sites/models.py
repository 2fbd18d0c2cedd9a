"""Sites, the origins that may embed them, and people's roles on them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint, false, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from ..core.db import Base, Json, UtcTime
from ..core.sealing import sealer


class Site(Base):
    """A publisher's website. `key` is public and part of the tag; `secrets` sign its tokens."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    policy: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # see policy.py
    # see sections/queries.py; None: no sections
    sections: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    # label -> curve (moderation/judging/curves.py), from the active `Calibration` rows
    calibration: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)  # raised by every change of its pages
    # sealed; `secrets` opens them
    kept_secrets: Mapped[list[str]] = mapped_column("secrets", Json, default=list)
    facebook_app_ids: Mapped[list[str]] = mapped_column(Json, default=list)
    # sealed; signs readers in on pages written for Disqus
    kept_disqus_secret: Mapped[str | None] = mapped_column("disqus_secret", String(500))
    judge: Mapped[dict[str, Any] | None] = mapped_column(Json)  # the site's own, see judges.py
    # sealed, newest first; Coral signs its requests with these
    kept_coral_secrets: Mapped[list[str] | None] = mapped_column("coral_secrets", Json)
    # only shows something to those who try the service: the dashboard keeps it apart
    example: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    listed: ClassVar[Any]  # below

    @property
    def secrets(self) -> list[str]:
        """The secrets that sign tokens of the site's own sign-in, newest first; at most two."""
        box = sealer()
        return [box.open(each) for each in self.kept_secrets if box.state(each) != "lost"]

    @property
    def disqus_secret(self) -> str | None:
        """The secret key of the Disqus application that signs this site's readers in."""
        kept, box = self.kept_disqus_secret, sealer()
        return box.open(kept) if kept and box.state(kept) != "lost" else None

    @property
    def marks(self) -> list[str]:
        """Short hashes by which owners tell secrets apart, newest first."""
        return [hashlib.sha256(each.encode()).hexdigest()[:8] for each in self.secrets]

    def add_secret(self, secret: str) -> None:
        """Add a secret for signing; the previous one stays valid."""
        self.kept_secrets = [sealer().seal(secret), *(self.kept_secrets or [])][:2]


class Origin(Base):
    """An address allowed to embed a site: `https://example.org`, `https://*.example.org`."""

    __tablename__ = "origin"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(String(300), index=True)

    __table_args__ = (UniqueConstraint("site_id", "origin"),)


class Forum(Base):
    """A short name at Disqus: pages written for this forum belong to the site."""

    __tablename__ = "forum"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)


#: The site's origins in one text, read with the site, because every response in a frame needs them.
Site.listed = column_property(
    select(func.aggregate_strings(Origin.origin, " "))
    .where(Origin.site_id == Site.id)
    .correlate_except(Origin)
    .scalar_subquery()
)


class Membership(Base):
    """A user's role on one site: owner, moderator, trusted, premoderated, banned. No row: a reader.

    `until` ends a suspension; `set_by_id` and `note` say who set it and why. `earned` is the basis
    of automatic trust: {"approved": comments, "days": period}; None if a person or token decided.
    """

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    until: Mapped[datetime | None] = mapped_column(UtcTime)
    message: Mapped[str | None] = mapped_column(String(1000))  # shown to the person
    note: Mapped[str | None] = mapped_column(String(1000))  # shown to moderators
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    earned: Mapped[dict[str, Any] | None] = mapped_column(Json)

    __table_args__ = (UniqueConstraint("site_id", "user_id"),)
