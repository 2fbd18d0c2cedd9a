"""Tables of cases beyond one decision: notices, sanctions, their appeals, bulks, blocks,
measures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Json, UtcTime
from ...core.ids import new_id


class Notice(Base):
    """One notice about one comment. Its sender looks it up by `receipt`. State: received,
    under_review, decided."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: new_id(14))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[int] = mapped_column()
    law: Mapped[str] = mapped_column(String(300))
    category: Mapped[str | None] = mapped_column(String(80))  # moderation/taxonomy.py
    keyword: Mapped[str | None] = mapped_column(String(80))
    trusted: Mapped[bool] = mapped_column(default=False, server_default=false())  # by its address
    explanation: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    network: Mapped[str | None] = mapped_column(String(43))
    state: Mapped[str] = mapped_column(String(12), default="received")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    note: Mapped[str | None] = mapped_column(Text)  # for moderators
    outcome: Mapped[str | None] = mapped_column(String(12))
    ground: Mapped[str | None] = mapped_column(Text)  # shown to both sides
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_notice_site_id_state", "site_id", "state", "id"),)


class NoticeAppeal(Base):
    """A notifier's appeal against leaving a comment up; decided once, by somebody else."""

    __tablename__ = "notice_appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id", ondelete="SET NULL"))
    outcome: Mapped[str | None] = mapped_column(String(12))  # upheld | overturned
    answer: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_notice_appeal_site_id", "site_id", "decided_at"),)


class Bulk(Base):
    """One bulk action. State: preview, waiting, running, done, undoing, undone.

    `targets` is a list of [comment's public id, version seen]; `seen` is how many of them (when
    undoing, of its decisions) were processed, `skipped` how many of those had changed meanwhile.
    """

    __tablename__ = "bulk"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    site_ids: Mapped[list[int]] = mapped_column(Json)
    action: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(40))
    ban: Mapped[bool] = mapped_column(default=False, server_default=false())  # the authors too
    message: Mapped[dict[str, str] | None] = mapped_column(Json)  # to them: language -> text
    state: Mapped[str] = mapped_column(String(10), default="preview")
    targets: Mapped[list[Any]] = mapped_column(Json)
    more: Mapped[bool] = mapped_column(default=False)  # more matched than it may have
    seen: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_bulk_by_id_id", "by_id", "id"),)

    @property
    def total(self) -> int:
        return len(self.targets)


class Sanction(Base):
    """One change of a person's standing on a site: a sanction, trust, or a lift. Append-only except
    `acknowledged_at`."""

    __tablename__ = "sanction"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None] = mapped_column(String(1000))  # for the person
    note: Mapped[str | None] = mapped_column(String(1000))  # for moderators
    until: Mapped[datetime | None] = mapped_column(UtcTime)
    batch: Mapped[str | None] = mapped_column(String(16))  # of the comments rejected with it
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)  # the role that a ban replaced
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    # until then it can be undone, and the person knows nothing; None: never could
    final_at: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcTime)  # or first shown

    __table_args__ = (
        Index("ix_sanction_user_id", "user_id", "site_id", "id"),
        Index("ix_sanction_site_id", "site_id", "id"),
    )


class SanctionAppeal(Base):
    """A person's appeal against a suspension or ban; decided once, by somebody else."""

    __tablename__ = "sanction_appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    sanction_id: Mapped[int] = mapped_column(
        ForeignKey("sanction.id", ondelete="CASCADE"), unique=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    outcome: Mapped[str | None] = mapped_column(String(12))  # upheld | overturned
    answer: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_sanction_appeal_site_id", "site_id", "decided_at"),)


class NetworkBlock(Base):
    """A network that may not write on a site for a while. Stored as a keyed hash, and never
    shown."""

    __tablename__ = "network_block"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("site.id", ondelete="CASCADE"), primary_key=True
    )
    network: Mapped[str] = mapped_column(String(43), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    reason: Mapped[str | None] = mapped_column(String(40))
    until: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ThreadMeasure(Base):
    """Append-only: what was done about a conversation, or observed, with the reading behind it.

    `kind`: hot, cool (observed by rules), slow, normal, hold, unhold. `by_id` is None for rules.
    """

    __tablename__ = "thread_measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    automated: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    seconds: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime | None] = mapped_column(UtcTime)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_thread_measure_site_id_id", "site_id", "id"),)
