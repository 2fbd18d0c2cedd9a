"""Everything stored about one person, for that person (GDPR Art. 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ...accounts.models import Credential, Identity, User
from ...core import clock
from ...core.db import db
from ...moderation.cases.models import SanctionAppeal
from ...moderation.models import Appeal, Decision, Flag
from ...notifications.chat.commands import channels_of
from ...notifications.following.commands import followed
from ...notifications.models import Notification
from ...sites.models import Membership, Site
from ...threads.models import Comment, Reaction, Revision, Thread, ThreadReaction

if TYPE_CHECKING:
    from collections.abc import Sequence


def personal_data(user: User) -> dict[str, Any]:
    """The person's data, ready for JSON. Secrets appear only by kind and age; other people's texts
    and internal notes are not included."""
    return {
        "made_at": clock.now(),
        "account": _account(user),
        "sign_ins": _sign_ins(user),
        "roles": _roles(user),
        "comments": _comments(user),
        "likes": _likes(user),
        "page_reactions": _page_reactions(user),
        "reports": _reports(user),
        "appeals": _appeals(user),
        "notifications": _notifications(user),
        "follows": _follows(user),
        "chat_channels": _channels(user),
    }


def _account(user: User) -> dict[str, Any]:
    return {
        "id": user.public_id,
        "name": user.name,
        "email": user.email,
        "email_verified_at": user.email_verified_at,
        "language": user.locale,
        "settings": user.settings,
        "profile": user.profile,
        "created_at": user.created_at,
    }


def _sign_ins(user: User) -> dict[str, Any]:
    identities = db.session.scalars(select(Identity).where(Identity.user_id == user.id))
    credentials = db.session.scalars(select(Credential).where(Credential.user_id == user.id))
    return {
        "identities": [{"provider": each.provider, "subject": each.subject} for each in identities],
        "credentials": [
            {
                "kind": each.kind,
                "label": each.label,
                "created_at": each.created_at,
                "expires_at": each.expires_at,
            }
            for each in credentials
        ],
    }


def _roles(user: User) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Membership, Site.name)
        .join(Site, Site.id == Membership.site_id)
        .where(Membership.user_id == user.id)
    )
    return [
        {
            "site": name,
            "role": each.role,
            "since": each.set_at,
            "until": each.until,
            "message": each.message,
        }
        for each, name in rows
    ]


def _comments(user: User) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Comment, Thread.href, Thread.title, Site.name)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Site, Site.id == Comment.site_id)
        .where(Comment.author_id == user.id)
        .order_by(Comment.id)
    ).all()
    ids = [row.Comment.id for row in rows]
    texts, decisions = _by_comment(Revision, ids), _by_comment(Decision, ids)
    return [
        {
            "id": comment.public_id,
            "site": site,
            "article": {"href": href, "title": title},
            "status": comment.status,
            "created_at": comment.created_at,
            "texts": [_text(each) for each in texts.get(comment.id, ())],
            "decisions": [_decision(each) for each in decisions.get(comment.id, ())],
        }
        for comment, href, title, site in rows
    ]


def _by_comment(model: type[Any], comment_ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for start in range(0, len(comment_ids), 500):  # engines limit the number of values in a query
        some = comment_ids[start : start + 500]
        query = select(model).where(model.comment_id.in_(some)).order_by(model.id)
        for each in db.session.scalars(query):
            found.setdefault(each.comment_id, []).append(each)
    return found


def _text(revision: Revision) -> dict[str, Any]:
    return {
        "text": revision.text,
        "at": revision.created_at,
        "language": revision.language,
        "scores": revision.scores,
        "scorer": revision.scorer,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "action": decision.action,
        "reason": decision.reason,
        "automated": decision.automated,
        "message": decision.message,
        "at": decision.created_at,
    }


def _likes(user: User) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Comment.public_id, Thread.href, Reaction.created_at, Reaction.kind)
        .join(Comment, Comment.id == Reaction.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Reaction.user_id == user.id)
    )
    return [
        {"comment": row[0], "article": row[1], "at": row[2], "reaction": row[3]} for row in rows
    ]


def _page_reactions(user: User) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Thread.href, ThreadReaction.created_at, ThreadReaction.kind)
        .join(Thread, Thread.id == ThreadReaction.thread_id)
        .where(ThreadReaction.user_id == user.id)
    )
    return [{"article": row[0], "at": row[1], "reaction": row[2]} for row in rows]


def _reports(user: User) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Flag, Comment.public_id)
        .join(Comment, Comment.id == Flag.comment_id)
        .where(Flag.user_id == user.id)
    )
    return [
        {
            "comment": comment_id,
            "reason": flag.reason,
            "note": flag.note,
            "at": flag.created_at,
            "outcome": flag.outcome,
        }
        for flag, comment_id in rows
    ]


def _appeals(user: User) -> list[dict[str, Any]]:
    """Appeals against decisions about comments and against sanctions."""
    found: list[Appeal | SanctionAppeal] = [
        *db.session.scalars(select(Appeal).where(Appeal.user_id == user.id)),
        *db.session.scalars(select(SanctionAppeal).where(SanctionAppeal.user_id == user.id)),
    ]
    return [
        {
            "text": each.text,
            "at": each.created_at,
            "outcome": each.outcome,
            "answer": each.answer,
        }
        for each in found
    ]


def _notifications(user: User) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(Notification).where(Notification.user_id == user.id))
    return [
        {"kind": each.kind, "data": each.data, "at": each.created_at, "mailed_at": each.mailed_at}
        for each in rows
    ]


def _channels(user: User) -> list[dict[str, Any]]:
    """Without their addresses, which would let anybody who reads the file post there."""
    return [
        {
            "site": site.key,
            "service": each.service,
            "label": each.label,
            "what": each.what,
            "created_at": each.created_at,
        }
        for each, site in channels_of(user)
    ]


def _follows(user: User) -> list[dict[str, Any]]:
    return [
        {"article": {"href": each.thread.href, "title": each.thread.title}, "emails": each.rhythm}
        for each in followed(user)
    ]
