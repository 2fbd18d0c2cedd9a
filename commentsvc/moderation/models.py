"""Rule findings, flags, decisions, lessons, appeals, the public log, second looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Json, UtcTime
from ..core.ids import new_id


class RuleFinding(Base):
    """One finding of a judged revision as a row, so that queues and statistics can filter by rule.

    The revision has the whole verdict; this has the searchable part. `value` is the measured
    number, if there is one.
    """

    __tablename__ = "rule_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(8))  # PASS, REVIEW, HOLD, REJECT
    value: Mapped[float | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_rule_finding_site_id_rule", "site_id", "rule", "comment_id"),
        Index("ix_rule_finding_site_id_reason", "site_id", "reason", "comment_id"),
        Index("ix_rule_finding_comment_id", "comment_id", "revision_id"),
        Index("ix_rule_finding_revision_id", "revision_id"),
    )


class Flag(Base):
    """A call for a moderator by one person or one rule. Open until `closed_at`.

    A flag of weight 0 is kept but calls nobody: "I do not agree", or an audit sample.
    """

    __tablename__ = "flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    rule: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(2000))
    weight: Mapped[float] = mapped_column(default=1.0)
    network: Mapped[str | None] = mapped_column(String(43))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    outcome: Mapped[str | None] = mapped_column(String(12))  # agreed | disagreed

    __table_args__ = (
        UniqueConstraint("comment_id", "user_id"),
        Index("ix_flag_site_id_closed_at", "site_id", "closed_at", "created_at"),
        Index("ix_flag_site_id_created_at", "site_id", "created_at"),
        Index("ix_flag_user_id", "user_id"),
        Index("ix_flag_revision_id", "revision_id"),
    )


class Decision(Base):
    """Append-only: who (or which rules) did what to a comment, why, on which revision.

    `action`: approve, reject, hold (rules only), feature, unfeature, pin, unpin, undo. An undo is
    another row whose `undoes_id` names this one. Nobody is notified before `tell_after`.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the rules alone
    action: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(40))  # reasons.py
    rule: Mapped[str | None] = mapped_column(String(40))  # the most severe rule
    note: Mapped[str | None] = mapped_column(String(2000))  # for moderators
    message: Mapped[str | None] = mapped_column(String(2000))  # for the author
    status_before: Mapped[str] = mapped_column(String(10))
    status_after: Mapped[str] = mapped_column(String(10))
    automated: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # the verdict's findings
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    batch: Mapped[str | None] = mapped_column(String(16), index=True)  # of a bulk action
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    tell_after: Mapped[datetime | None] = mapped_column(UtcTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_decision_comment_id", "comment_id", "id"),
        Index("ix_decision_site_id_created_at", "site_id", "created_at"),
        Index("ix_decision_by_id_created_at", "by_id", "created_at"),
        # the queue filtered by the reason of rejections
        Index(
            "ix_decision_rejected",
            "site_id",
            "reason",
            "comment_id",
            sqlite_where=text("action = 'reject'"),
            postgresql_where=text("action = 'reject'"),
        ),
        UniqueConstraint("undoes_id"),
    )


class KnownHost(Base):
    """A host that an approved comment on the site links, while the approval stands."""

    __tablename__ = "known_host"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    host: Mapped[str] = mapped_column(String(253))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))

    __table_args__ = (
        UniqueConstraint("comment_id", "host"),
        Index("ix_known_host_site_id_host", "site_id", "host"),
    )


class SpamLesson(Base):
    """What a site's spam filter learns from one decision, while it stands: numbers, no words."""

    __tablename__ = "spam_lesson"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), unique=True
    )
    spam: Mapped[bool] = mapped_column()  # rejected as spam; else approved
    content: Mapped[dict[str, Any]] = mapped_column(Json)  # judging/spam/learning.py

    __table_args__ = (
        Index("ix_spam_lesson_site_id_spam", "site_id", "spam", "decision_id"),
        Index("ix_spam_lesson_revision_id", "revision_id"),
    )


class SpamLearned(Base):
    """What all lessons of a site add up to. `asked` grows with each change of the lessons, `done`
    is the value of `asked` that `content` covers, and `version` changes with `content`."""

    __tablename__ = "spam_learned"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("site.id", ondelete="CASCADE"), primary_key=True
    )
    asked: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    version: Mapped[str] = mapped_column(String(16), default=new_id)
    content: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Appeal(Base):
    """An author's appeal against a decision; decided once, by somebody else."""

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), unique=True
    )
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))  # upheld | overturned
    answer: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_appeal_site_id_decided_at", "site_id", "decided_at"),)


class AuditEntry(Base):
    """One row of a site's public log. `number` counts from 1 without gaps."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(20))  # decision | sanction | … | staff
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("site_id", "number"),)


class SecondLook(Base):
    """One sampled decision, and what another moderator said of the same text without knowing it."""

    __tablename__ = "second_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), unique=True
    )
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    rule: Mapped[str | None] = mapped_column(String(40))  # the most severe in the rules' verdict
    first_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    first_action: Mapped[str] = mapped_column(String(12))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    second_action: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_second_look_site_id_answered_at", "site_id", "answered_at"),)
