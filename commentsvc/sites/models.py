"""Sites, the origins that may embed them, and people's roles on them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from ..core.db import Base, Json, UtcTime
from ..core.sealing import sealer


class Site(Base):
    """A publisher's property. `key` is public and stands in the tag; `secret` signs its tokens."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    policy: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # see policy.py
    # see sections/queries.py; None is none
    sections: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    # label -> curve over a model's scores, moderation/judging/curves.py; the rows in force of `Calibration`
    calibration: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)  # raised by whatever changes its pages
    # sealed; `secrets` opens them
    kept_secrets: Mapped[list[str]] = mapped_column("secrets", Json, default=list)
    facebook_app_ids: Mapped[list[str]] = mapped_column(Json, default=list)
    # sealed; what signs the readers of pages that were written for Disqus
    kept_disqus_secret: Mapped[str | None] = mapped_column("disqus_secret", String(500))
    judge: Mapped[dict[str, Any] | None] = mapped_column(Json)  # the site's own, see judges.py
    # sealed, the newest first: with which Coral signs what it asks us
    kept_coral_secrets: Mapped[list[str] | None] = mapped_column("coral_secrets", Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    listed: ClassVar[Any]  # below

    @property
    def secrets(self) -> list[str]:
        """What signs the tokens of the site's own login, the newest first; two are good."""
        box = sealer()
        return [box.open(each) for each in self.kept_secrets if box.state(each) != "lost"]

    @property
    def disqus_secret(self) -> str | None:
        """The secret key of the application at Disqus that signs this site's readers in."""
        kept, box = self.kept_disqus_secret, sealer()
        return box.open(kept) if kept and box.state(kept) != "lost" else None

    @property
    def marks(self) -> list[str]:
        """How owners tell secrets apart that they are not shown again, the newest first."""
        return [hashlib.sha256(each.encode()).hexdigest()[:8] for each in self.secrets]

    def add_secret(self, secret: str) -> None:
        """Sign with this one from now on; the one before stays good."""
        self.kept_secrets = [sealer().seal(secret), *(self.kept_secrets or [])][:2]


class Origin(Base):
    """An address allowed to embed a site: `https://example.org`, `https://*.example.org`."""

    __tablename__ = "origin"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(String(300), index=True)

    __table_args__ = (UniqueConstraint("site_id", "origin"),)


class Forum(Base):
    """A short name at Disqus: pages that were written for this forum belong to the site."""

    __tablename__ = "forum"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)


#: The site's origins in one text, read with the site: every answer in a frame needs them.
Site.listed = column_property(
    select(func.aggregate_strings(Origin.origin, " "))
    .where(Origin.site_id == Site.id)
    .correlate_except(Origin)
    .scalar_subquery()
)


class Membership(Base):
    """A user's role on one site: owner, moderator, trusted, premoderated, banned. No row: a reader.

    `until` ends a suspension; `set_by_id` and `note` say who and why. `earned` is by what the service itself
    has trusted them: {"approved": comments, "days": of which}; None where a person or a token decided.
    """

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    until: Mapped[datetime | None] = mapped_column(UtcTime)
    message: Mapped[str | None] = mapped_column(String(1000))  # what the person is told
    note: Mapped[str | None] = mapped_column(String(1000))  # what moderators see
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    earned: Mapped[dict[str, Any] | None] = mapped_column(Json)

    __table_args__ = (UniqueConstraint("site_id", "user_id"),)
