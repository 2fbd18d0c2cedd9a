"""Emails, one function each: plain text, with links only to this server and the site's own article.

Text by strangers is quoted without addresses, so that nobody can send links in our name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...core.locale import DEFAULT, say
from ...core.shown import one_line
from ...settings import settings
from ...threads import text as texts
from ..mail import Mail
from ..stopping import ANSWERS, NOTICE, stop_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...accounts.models import User
    from ...moderation.cases.models import Notice, NoticeAppeal
    from ...moderation.models import Appeal
    from ..statements import Statement

QUOTED = 600
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:)?//\S+|\b(?:mailto|tel|data|javascript):\S+"
    r"|\b[^\s@]{1,64}@[^\s@]{1,255}\.\S+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}\.[^\W\d_]{2,24}\b(?::\d+)?(?:/\S*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class About:
    """The comment that an email is about: its site, article, text and address on the article's
    page, and the conversation's public ID."""

    site: str
    title: str | None
    text: str
    link: str
    accent: str = ""  # the site's color
    conversation: str = ""
    language: str | None = None  # of the text, where it was detected


def without_addresses(text: str) -> str:
    """A stranger's text without anything that a mail program would turn into a link."""
    return _ADDRESS.sub("[…]", text)


def approved(user: User, about: About, *, overturned: bool = False) -> Mail:
    """Your comment is published now."""
    body = "overturned.body" if overturned else "approved.body"
    return _email(user, about, subject="approved", body=body)


def refused(user: User, about: About, statement: Statement, *, was_visible: bool) -> Mail:
    """Your comment is not (or no longer) published, with the statement of reasons."""
    if statement.caring:
        return _out_of_care(user, about, statement)
    body = "removed.body" if was_visible else "rejected.body"
    return _email(user, about, subject="rejected", body=body, statement=statement)


def _out_of_care(user: User, about: About, statement: Statement) -> Mail:
    """For an author who may be in despair: kindness and help first, what the law requires last, and
    no quotation of what they wrote."""
    locale = user.locale
    details = replace(statement, ground="").lines()
    lines = [statement.ground, say("emails.care.details", locale), *details]
    subject = say("emails.subject.care", locale, site=about.site)
    return mail_to(user, about.site, subject, lines, choice="decision", about=about)


def hidden(user: User, about: About, statement: Statement) -> Mail:
    """Your comment is hidden until a moderator has read it, with the statement of reasons."""
    return _email(user, about, subject="hidden", body="hidden.body", statement=statement)


def reply(user: User, about: About, *, by: str) -> Mail:
    """Somebody replied to you. `about` is the reply."""
    return _from_somebody(user, about, by, "reply", ANSWERS if user.is_guest else "reply")


def mention(user: User, about: About, *, by: str) -> Mail:
    """Somebody mentioned you. `about` is the comment that does."""
    return _from_somebody(user, about, by, "mention", "mention")


def _from_somebody(user: User, about: About, by: str, kind: str, choice: str) -> Mail:
    locale, name = user.locale, without_addresses(one_line(by))
    return mail_to(
        user,
        about.site,
        say(f"emails.subject.{kind}", locale, name=name, site=about.site),
        [
            say(f"emails.{kind}.body", locale, title=title_of(about.title, locale)),
            say("emails.quote.reply", locale, name=name) + "\n" + quoted(about.text),
            say("emails.link.comment", locale, url=about.link),
        ],
        choice=choice,
        about=about,
    )


def flag_answered(user: User, about: About, *, agreed: bool) -> Mail:
    """The outcome of your report."""
    key = "agreed" if agreed else "disagreed"
    return mail_to(
        user,
        about.site,
        say("emails.subject.flag", user.locale, site=about.site),
        [say(f"emails.flag.{key}", user.locale, title=title_of(about.title, user.locale))],
        account=False,
        choice="flag",
        about=about,
    )


def appeal_heard(user: User, about: About, appeal: Appeal) -> Mail:
    """The outcome of your appeal, with the moderator's answer."""
    locale = user.locale
    lines = [say(f"emails.appeal.{appeal.outcome}", locale, title=title_of(about.title, locale))]
    if appeal.answer:
        lines.append(say("emails.appeal.answer", locale) + "\n" + quoted(appeal.answer))
    lines.append(say("emails.quote.yours", locale) + "\n" + quoted(about.text))
    subject = say("emails.subject.appeal", locale, site=about.site)
    return mail_to(user, about.site, subject, lines, choice="decision", about=about)


def notice(given: Notice, *, site: str, link: str, appeal: NoticeAppeal | None = None) -> Mail:
    """To the sender of a notice of illegal content: the receipt, the decision (DSA Art. 16(4),
    (5)), or the outcome of their appeal."""
    kind = f"appeal_{appeal.outcome}" if appeal else given.outcome or "received"
    lines = [
        _greeting(given.name or "", None),
        say(f"emails.notice.{kind}", None, site=site, receipt=given.receipt),
    ]
    if appeal is not None and appeal.answer:
        lines.append(quoted(appeal.answer))
    if appeal is None and given.ground:
        lines.append(say("emails.notice.ground", None) + "\n" + quoted(given.ground))
        lines.append(say("emails.notice.redress", None))
    if appeal is None and given.outcome in ("not_illegal", "void"):
        lines.append(say("emails.notice.appeal", None))
    lines.append(say("emails.notice.link", None, url=link))
    lines.append(say("emails.close", None, site=site))
    stop = stop_address(given.receipt, NOTICE)
    lines.append(say("emails.unsubscribe", None, url=stop))
    return Mail(
        to=given.email or "",
        subject=say("emails.subject.notice", None, site=site, receipt=given.receipt),
        body="\n\n".join(lines) + "\n",
        sender_name=site,
        stop=stop,
        locale=DEFAULT,
        about=f"notice.{hashlib.sha256(given.receipt.encode()).hexdigest()[:20]}",
    )


def _email(
    user: User,
    about: About,
    *,
    subject: str,
    body: str,
    statement: Statement | None = None,
) -> Mail:
    locale = user.locale
    paragraphs = [say(f"emails.{body}", locale, title=title_of(about.title, locale))]
    if statement is not None:
        paragraphs += statement.lines()
    paragraphs.append(say("emails.quote.yours", locale) + "\n" + quoted(about.text))
    if statement is None:
        paragraphs.append(say("emails.link.comment", locale, url=about.link))
    return mail_to(
        user,
        about.site,
        say(f"emails.subject.{subject}", locale, site=about.site),
        paragraphs,
        choice="decision",
        about=about,
    )


def mail_to(
    user: User,
    site: str,
    subject: str,
    paragraphs: list[str],
    *,
    account: bool = True,
    named: bool = True,
    choice: str | None = None,
    about: About | None = None,
    languages: Iterable[tuple[str, str | None]] = (),
) -> Mail:
    """An email to a member. `choice` turns off emails like it (choices.py); without one, it is
    about the person's own account. `languages`: quotations besides that of `about`, and the
    detected language of each."""
    locale = user.locale
    lines = [_greeting(user.name if named else "", locale)]
    lines += paragraphs
    if account and not user.is_guest:
        lines.append(say("emails.link.account", locale, url=f"{settings().public_url}/account/"))
    lines.append(say("emails.close", locale, site=site))
    stop = stop_address(user.public_id, choice) if choice else ""
    if stop:
        lines.append(say("emails.unsubscribe", locale, url=stop))
    return Mail(
        to=user.email or "",
        subject=subject,
        body="\n\n".join(lines) + "\n",
        sender_name=site,
        stop=stop,
        about=_together(about.conversation) if about else "",
        locale=locale or DEFAULT,
        accent=about.accent if about else "",
        languages=_told(about, languages),
    )


def _told(
    about: About | None, others: Iterable[tuple[str, str | None]]
) -> tuple[tuple[str, str], ...]:
    """The quotations whose language somebody has detected."""
    own = [(quoted(about.text), about.language)] if about else []
    return tuple((words, told) for words, told in [*own, *others] if told is not None)


def _together(conversation: str) -> str:
    """The mark that all emails about one conversation share."""
    mark = hashlib.sha256(conversation.encode()).hexdigest()[:20]
    return f"conversation.{mark}" if conversation else ""


def _greeting(name: str, locale: str | None) -> str:
    """The greeting; without a name if there is none."""
    clean = without_addresses(one_line(name)).strip()
    if not clean:
        return say("emails.greeting.plain", locale)
    return say("emails.greeting", locale, name=clean)


def title_of(title: str | None, locale: str | None) -> str:
    """A page's title without addresses: it is a stranger's text too, as the first poster may have
    sent it."""
    return without_addresses(one_line(title or "")) or say("emails.untitled", locale)


def quoted(text: str, most: int = QUOTED) -> str:
    """The beginning of a stranger's text, as a quotation."""
    words = without_addresses(texts.excerpt(text, most))
    return "\n".join(f"> {line}".rstrip() for line in words.splitlines())


def here() -> str:
    """This installation's host, as its name."""
    return settings().public_url.partition("://")[2]
