"""The email channel: the email for each kind of notification, and the moderators' digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ...accounts.models import User
from ...core import clock
from ...core.db import db, release, unit_of_work
from ...core.locale import say
from ...core.shown import one_line
from ...moderation.cases.models import Sanction, SanctionAppeal
from ...moderation.models import Appeal, Decision
from ...settings import settings
from ...sites.queries import by_id, policy_of
from ...threads.models import Comment, Revision, Thread
from ...threads.views import permalink
from .. import emails, signed
from ..choices import wants
from ..emails import sanctions
from ..following import emails as following_emails
from ..following.mentions import still_mentions
from ..sending import send_once
from ..statements import statement

if TYPE_CHECKING:
    from ...moderation.desk.card import Card
    from ...settings import Settings
    from ..mail import Mail
    from ..models import Notification
    from . import Digest, News, Waiting

_EXCERPT = 300


class MailChannel:
    """Emails to confirmed addresses, sent by the mailer of MAIL_URL; choices.py says who wants
    which."""

    name = "mail"

    def wants(self, user: User, kind: str) -> bool:
        """Whether the person has a confirmed address and has not turned this kind off."""
        return wants(user, kind)

    def notify(self, notification: Notification) -> None:
        """Send a notification as an email, at most once. Raises `MailFailed`."""
        if notification.mailed_at is not None:
            return
        mail, key = _mail_of(notification), f"notification:{notification.id}"
        release()
        if mail is None:
            return
        if send_once(mail, key=key, kind=notification.kind) == "sent":
            with unit_of_work():
                notification.mailed_at = clock.now()

    def news(self, news: News) -> None:
        """Send the news to the person. Raises `MailFailed`."""
        mail = following_emails.news(news)
        release()
        send_once(mail, key=news.key, kind="follow")

    def digest(self, digest: Digest) -> None:
        """Send what is waiting, with links to decide about the most urgent comments. Raises
        `MailFailed`."""
        mail = _digest_mail(digest)
        release()
        send_once(mail, key=digest.key, kind="queue")


def make(_settings: Settings) -> MailChannel:
    """The channel; the part `mailer` does the sending."""
    return MailChannel()


def _of_sanction(user: User, notification: Notification) -> Mail | None:
    """The email about a sanction, or the outcome of an appeal against one."""
    if not wants(user, notification.kind):
        return None
    if "appeal" in notification.data:
        query = select(SanctionAppeal).where(
            SanctionAppeal.public_id == notification.data["appeal"]
        )
        made = db.session.scalar(query)
        return sanctions.sanction_heard(user, by_id(made.site_id).name, made) if made else None
    row = db.session.scalar(
        select(Sanction).where(Sanction.public_id == notification.data.get("sanction"))
    )
    return sanctions.sanctioned(user, by_id(row.site_id).name, row) if row else None


def _mail_of(notification: Notification) -> Mail | None:
    """The email, if it is still true and still wanted."""
    user = db.session.get_one(User, notification.user_id)
    if notification.kind == "sanction":
        return _of_sanction(user, notification)
    comment = db.session.get(Comment, notification.comment_id)
    if comment is None or user.erased_at is not None or not wants(user, notification.kind):
        return None
    about = _about(comment)
    if notification.kind == "reply":
        author = db.session.get_one(User, comment.author_id)
        return emails.reply(user, about, by=author.name) if comment.status == "published" else None
    if notification.kind == "mention":
        author = db.session.get_one(User, comment.author_id)
        there = still_mentions(comment, notification)
        return emails.mention(user, about, by=author.name) if there else None
    if notification.kind == "flag":
        return emails.flag_answered(
            user, about, agreed=notification.data.get("outcome") == "agreed"
        )
    if notification.kind == "appeal":
        appeal = db.session.scalar(
            select(Appeal).where(Appeal.public_id == notification.data.get("appeal"))
        )
        return emails.appeal_heard(user, about, appeal) if appeal else None
    decision = db.session.scalar(
        select(Decision).where(Decision.public_id == notification.data.get("decision"))
    )
    if decision is None:
        return None
    if notification.kind == "approved":
        overturned = decision.status_before == "rejected"
        return emails.approved(user, about, overturned=overturned)
    reasons = statement(decision, user.locale)
    if notification.kind == "hidden":
        return emails.hidden(user, about, reasons)
    return emails.refused(user, about, reasons, was_visible=decision.status_before == "published")


def _about(comment: Comment) -> emails.About:
    thread = db.session.get_one(Thread, comment.thread_id)
    revision = db.session.get(Revision, comment.revision_id) if comment.revision_id else None
    site = by_id(comment.site_id)
    return emails.About(
        site=site.name,
        accent=policy_of(site).accent,
        title=thread.title,
        text=revision.text if revision else "",
        link=permalink(thread.href, comment.public_id),
        conversation=thread.public_id,
        language=revision.language if revision else None,
    )


def _digest_mail(digest: Digest) -> Mail:
    """What is waiting, site by site, and the most urgent comments with links to decide."""
    user, found, shown = digest.user, digest.waiting, digest.cards
    locale = user.locale
    total = sum(count for each in found for _, count, _ in each.counts)
    name = found[0].site.name if len(found) == 1 else emails.here()
    parts = [_list(each, locale) for each in found]
    if shown:
        parts.append(say("emails.queue.first", locale))
        parts += [_comment(user, card) for card in shown]
        days = signed.DECIDE_VALID.days
        parts.append(say("emails.queue.links", locale, days=days))
    parts.append(
        say("emails.queue.rhythm", locale, url=f"{settings().public_url}/account/#letters")
    )
    subject = say("emails.subject.queue", locale, count=total, site=name)
    told = [(emails.quoted(card.text, _EXCERPT), card.language) for card in shown]
    return emails.mail_to(user, name, subject, parts, account=False, choice="queue", languages=told)


def _list(each: Waiting, locale: str | None) -> str:
    lines = [
        "- " + say(f"emails.queue.{what}", locale, count=count, url=url)
        for what, count, url in each.counts
    ]
    return "\n".join([each.site.name, *lines])


def _comment(user: User, card: Card) -> str:
    locale = user.locale
    token = signed.decide_token(user, card.id, card.version)
    name = emails.without_addresses(one_line(card.author.name))
    title = emails.title_of(card.thread_title, locale)
    lines = [
        say("emails.queue.by", locale, name=name, title=title, site=card.site_name),
        say("emails.queue.severe", locale) if card.severe else emails.quoted(card.text, _EXCERPT),
        *(f"* {emails.without_addresses(each.sentence)}" for each in card.why),
        say("emails.queue.approve", locale, url=signed.address("decide", token, do="approve")),
        say("emails.queue.reject", locale, url=signed.address("decide", token, do="reject")),
    ]
    return "\n".join(lines)
