"""Jobs after a comment or decision: who is notified of what, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, or_, select

from ..accounts.models import User
from ..core import clock
from ..core.db import db, execute, release, unit_of_work
from ..core.jobs import enqueue, handler
from ..core.rows import table_of
from ..moderation.cases.models import Notice, NoticeAppeal, Sanction, SanctionAppeal
from ..moderation.cases.sanctions import is_to_be_told, notified_as
from ..moderation.models import Appeal, Decision, Flag
from ..settings import settings
from ..sites.queries import by_id
from ..threads.models import Comment, Revision, Thread
from . import emails, events
from .channels import channels
from .choices import reply_rhythm
from .following.mentions import mentioned_in
from .following.rhythm import next_time
from .models import Follow, Notification, Webhook
from .sending import send_once

#: Spammers get no email: no statement is required for these reasons (DSA Art. 17(2)).
_NO_EMAIL_FOR = frozenset(("spam", "advertising"))


def _anybody_listens(
    comment_id: int,
    revision_id: int | None = None,  # noqa: ARG001 - has the job's arguments
) -> bool:
    """Whether the comment replies to or mentions somebody, its conversation is followed, or the
    site has webhooks."""
    return execute(_LISTENERS, {"comment": comment_id}).first() is not None


_comments, _webhooks, _follows = table_of(Comment), table_of(Webhook), table_of(Follow)
_threads, _revisions = table_of(Thread), table_of(Revision)
_FOLLOWED = or_(
    exists().where(_follows.c.thread_id == _comments.c.thread_id),
    exists().where(
        _threads.c.merged_into_id == _comments.c.thread_id, _follows.c.thread_id == _threads.c.id
    ),
)
_LISTENERS = select(_comments.c.id).where(
    _comments.c.id == bindparam("comment"),
    or_(
        _comments.c.parent_id.is_not(None),
        exists().where(_webhooks.c.site_id == _comments.c.site_id),
        exists().where(
            _revisions.c.id == _comments.c.revision_id, _revisions.c.mentions.is_not(None)
        ),
        _FOLLOWED,
    ),
)
_FOLLOWERS = select(_comments.c.id).where(
    _comments.c.id == bindparam("comment"), _comments.c.status == "published", _FOLLOWED
)


@handler("on_comment", at_once=True, wanted=_anybody_listens)
def on_comment(comment_id: int, revision_id: int | None = None) -> None:
    """After a comment was written or changed: notify the people concerned once it is published."""
    with unit_of_work():
        comment = db.session.get(Comment, comment_id)
        if comment is not None:
            _tell_of_reply(comment)
            _tell_mentioned(comment)
            _tell_followers(comment)
            events.announce_text(comment, revision_id)


@handler("on_withdrawal", at_once=True)
def on_withdrawal(comment_id: int) -> None:
    """After an author withdrew a comment: call the webhooks, for programs that show it
    elsewhere."""
    with unit_of_work():
        comment = db.session.get(Comment, comment_id)
        if comment is not None:
            events.announce_withdrawal(comment)


@handler("on_decision", at_once=True)
def on_decision(decision_id: int) -> None:
    """When the time to undo a decision is over: notify the author and the reporters, once.

    The author is not notified of a decision that was undone or overtaken by another one.
    """
    with unit_of_work():
        decision = db.session.scalar(
            select(Decision)
            .where(Decision.id == decision_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if decision is None or decision.told_at is not None or decision.tell_after is None:
            return
        decision.told_at = clock.now()
        comment = db.session.get_one(Comment, decision.comment_id)
        if comment.status == decision.status_after and not _overtaken(decision):
            _tell_author(comment, decision)
        _tell_reporters(decision)
        _tell_of_reply(comment)
        _tell_mentioned(comment)
        _tell_followers(comment)
        events.announce_decision(comment, decision)


def _overtaken(decision: Decision) -> bool:
    """Whether a newer decision about the status will notify people itself. A decision undone in
    time notifies nobody, and neither does the undo: then this one still counts."""
    newer = (
        select(Decision.id)
        .where(Decision.comment_id == decision.comment_id, Decision.id > decision.id)
        .where(Decision.action.in_(("approve", "reject", "hold", "undo")))
        .where(Decision.tell_after.is_not(None))
        .limit(1)
    )
    return db.session.scalar(newer) is not None


def _tell_author(comment: Comment, decision: Decision) -> None:
    before, after = decision.status_before, decision.status_after
    kind = {"rejected": "rejected", "pending": "hidden", "published": "approved"}.get(after)
    if kind is None or (before == after and after != "rejected"):
        return
    if kind == "hidden" and before != "published":
        return  # the response to the post already said that it waits
    _tell(
        f"decision:{decision.id}:author",
        comment.author_id,
        kind,
        comment,
        quietly=decision.reason in _NO_EMAIL_FOR,
        decision=decision.public_id,
    )


@handler("on_appeal", at_once=True)
def on_appeal(appeal_id: int) -> None:
    """After an appeal was decided: notify the appellant of the outcome and the answer."""
    with unit_of_work():
        appeal = db.session.get_one(Appeal, appeal_id)
        comment = db.session.get_one(Comment, appeal.comment_id)
        facts: dict[str, Any] = {"appeal": appeal.public_id, "outcome": appeal.outcome}
        _tell(f"appeal:{appeal.id}", appeal.user_id, "appeal", comment, **facts)


@handler("on_sanction", at_once=True)
def on_sanction(sanction_id: int) -> None:
    """After a sanction: notify the person of what, why and until when."""
    with unit_of_work():
        row = db.session.get_one(Sanction, sanction_id)
        if not is_to_be_told(row):
            return
        user = db.session.get_one(User, row.user_id)
        facts: dict[str, Any] = {"sanction": row.public_id, "outcome": notified_as(row)}
        _write(f"sanction:{row.id}", user, "sanction", site_id=row.site_id, **facts)


@handler("on_sanction_appeal", at_once=True)
def on_sanction_appeal(appeal_id: int) -> None:
    """After an appeal against a suspension or ban: notify the person of the outcome and the
    answer."""
    with unit_of_work():
        made = db.session.get_one(SanctionAppeal, appeal_id)
        user = db.session.get_one(User, made.user_id)
        key = f"sanction_appeal:{made.id}"
        facts: dict[str, Any] = {"appeal": made.public_id, "outcome": made.outcome}
        _write(key, user, "sanction", site_id=made.site_id, **facts)


@handler("on_notice", lane="mail")
def on_notice(notice_id: int) -> None:
    """After a notice of illegal content arrived or was decided: email its sender, once for each."""
    given = db.session.get_one(Notice, notice_id)
    link = f"{settings().public_url}/embed/notice/{given.receipt}"
    mail = emails.notice(given, site=by_id(given.site_id).name, link=link)
    key = f"notice:{given.id}:{given.outcome or 'received'}"
    release()
    if mail.to:
        send_once(mail, key=key, kind="notice")


@handler("on_notice_appeal", lane="mail")
def on_notice_appeal(appeal_id: int) -> None:
    """After a notifier's appeal was decided: email them the outcome and the answer, once."""
    made = db.session.get_one(NoticeAppeal, appeal_id)
    given = db.session.get_one(Notice, made.notice_id)
    link = f"{settings().public_url}/embed/notice/{given.receipt}"
    mail = emails.notice(given, site=by_id(given.site_id).name, link=link, appeal=made)
    key = f"notice_appeal:{made.id}"
    release()
    if mail.to:
        send_once(mail, key=key, kind="notice")


def _tell_reporters(decision: Decision) -> None:
    flags = db.session.scalars(
        select(Flag).where(
            Flag.comment_id == decision.comment_id,
            Flag.closed_at == decision.created_at,
            Flag.user_id.is_not(None),
            Flag.outcome.is_not(None),
        )
    ).all()
    comment = db.session.get_one(Comment, decision.comment_id)
    for flag in flags:
        if flag.user_id is not None and flag.user_id != decision.by_id:
            _tell(f"flag:{flag.id}:reporter", flag.user_id, "flag", comment, outcome=flag.outcome)


def _tell_of_reply(comment: Comment) -> None:
    """Notify the parent's author of a published reply once, however often it is edited."""
    if comment.status != "published" or comment.parent_id is None:
        return
    parent = db.session.get_one(Comment, comment.parent_id)
    if parent.author_id != comment.author_id and parent.status == "published":
        _tell(f"comment:{comment.id}:parent", parent.author_id, "reply", comment)


def _tell_mentioned(comment: Comment) -> None:
    """Notify the members that a published comment mentions once, however often it is edited."""
    for user in mentioned_in(comment):
        _tell(f"mention:{comment.id}:{user.id}", user.id, "mention", comment)


def _tell_followers(comment: Comment) -> None:
    """Enqueue a job: there may be thousands, and each job notifies a few."""
    if execute(_FOLLOWERS, {"comment": comment.id}).first() is not None:
        enqueue("tell_followers", comment_id=comment.id)


def _tell(
    key: str, user_id: int, kind: str, comment: Comment, *, quietly: bool = False, **data: Any
) -> None:
    """Notify a user about a comment."""
    user = db.session.get_one(User, user_id)
    _write(key, user, kind, site_id=comment.site_id, comment_id=comment.id, quietly=quietly, **data)


def _write(
    key: str,
    user: User,
    kind: str,
    *,
    site_id: int,
    comment_id: int | None = None,
    quietly: bool = False,
    **data: Any,
) -> None:
    """Store the notification, unless it exists, and enqueue it for every channel that the person
    wants; `quietly`: only store it."""
    if db.session.scalar(select(Notification.id).where(Notification.key == key)):
        return
    if user.erased_at is not None:
        return
    notification = Notification(
        key=key,
        user_id=user.id,
        site_id=site_id,
        comment_id=comment_id,
        kind=kind,
        data=data,
        created_at=clock.now(),
    )
    db.session.add(notification)
    db.session.flush()
    if quietly:
        return
    if kind in ("reply", "mention") and (later := reply_rhythm(user)) != "now":
        wait = (next_time(later, clock.now()) - clock.now()).total_seconds()
        enqueue("email_gathered", delay=wait, user_id=user.id)
        return
    for channel in channels().values():
        if channel.wants(user, kind):
            enqueue("notify", notification_id=notification.id, channel=channel.name)


@handler("notify", lane="mail", by=lambda notification_id, channel: channel)
def notify(notification_id: int, channel: str) -> None:
    """Send a notification through one channel; does nothing if the channel no longer exists."""
    notification = db.session.get(Notification, notification_id)
    way = channels().get(channel)
    if notification is not None and way is not None:
        way.notify(notification)


@handler("send_letter", lane="mail")
def send_email(notification_id: int) -> None:
    """The same by email, for jobs left by a version before 0.2."""
    notify(notification_id, "mail")
