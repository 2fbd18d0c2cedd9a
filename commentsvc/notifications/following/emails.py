"""Emails about followed conversations: what is new in one, or in several since the last email."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...core.locale import say
from ...core.shown import one_line
from ...settings import settings
from ...sites.queries import policy_of
from ...threads.views import permalink
from ..emails import About, here, mail_to, quoted, title_of, without_addresses
from .stops import GATHERED, ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..channels import News, Quoted, Talk
    from ..mail import Mail

_EXCERPT = 300
MOST_TALKS = 20  # conversations whose comments are shown; the others are named


def news(given: News) -> Mail:
    """The email about a single conversation, or the combined one."""
    told = given.replies or given.mentions
    alone = len(given.talks) == 1 and not told and given.key.startswith("follow:")
    return _one(given, given.talks[0]) if alone else _gathered(given)


def _one(given: News, talk: Talk) -> Mail:
    user, locale = given.user, given.user.locale
    title = title_of(talk.thread.title, locale)
    first = talk.shown[0]
    return mail_to(
        user,
        talk.site.name,
        say("emails.subject.follow", locale, count=talk.count, title=title),
        [
            say("emails.follow.body", locale, count=talk.count, title=title),
            *_comments(talk, locale),
        ],
        account=False,
        choice=f"{ONE}{talk.thread.public_id}",
        about=About(
            talk.site.name,
            title,
            first.text,
            _link(first),
            policy_of(talk.site).accent,
            talk.thread.public_id,
        ),
        languages=_languages(talk.shown),
    )


def _gathered(given: News) -> Mail:
    user, locale = given.user, given.user.locale
    names = {talk.site.name for talk in given.talks}
    told = (("replies", given.replies), ("mentions", given.mentions))
    site = names.pop() if len(names) == 1 and not any(each for _, each in told) else here()
    lines = []
    for word, comments in told:
        if comments:
            lines.append(say(f"emails.gathered.{word}", locale, count=len(comments)))
            lines += [_comment(each, locale) for each in comments]
    for number, talk in enumerate(given.talks):
        title = title_of(talk.thread.title, locale)
        lines.append(say("emails.gathered.talk", locale, count=talk.count, title=title))
        shown = talk if number < MOST_TALKS else replace(talk, shown=())
        lines += _comments(shown, locale)
    lines.append(
        say("emails.queue.rhythm", locale, url=f"{settings().public_url}/account/#letters")
    )
    count = sum(len(each) for _, each in told) + sum(talk.count for talk in given.talks)
    subject = say("emails.subject.gathered", locale, count=count, site=site)
    quotations = [*given.replies, *given.mentions]
    quotations += [each for talk in given.talks for each in talk.shown]
    spoken = _languages(quotations)
    return mail_to(user, site, subject, lines, account=False, choice=GATHERED, languages=spoken)


def _languages(shown: Sequence[Quoted]) -> list[tuple[str, str | None]]:
    return [(quoted(each.text, _EXCERPT), each.language) for each in shown]


def _comments(talk: Talk, locale: str | None) -> list[str]:
    """The first comments, and how many more there are."""
    lines = [_comment(each, locale) for each in talk.shown]
    if more := talk.count - len(talk.shown):
        lines.append(say("emails.follow.more", locale, count=more, url=talk.thread.href))
    return lines


def _comment(each: Quoted, locale: str | None) -> str:
    name = without_addresses(one_line(each.by))
    lines = [
        say("emails.quote.reply", locale, name=name),
        quoted(each.text, _EXCERPT),
        say("emails.link.comment", locale, url=_link(each)),
    ]
    return "\n".join(lines)


def _link(each: Quoted) -> str:
    return permalink(each.thread.href, each.comment.public_id)
