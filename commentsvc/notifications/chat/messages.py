"""Chat messages, as plain text. Text by strangers mentions nobody there and links nowhere."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ...core.locale import number, say
from ...core.shown import one_line
from ...settings import settings
from .. import emails, signed
from .sending import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...accounts.models import User
    from ...moderation.desk.card import Card
    from ...sites.models import Site
    from .models import ChatChannel
    from .news import News

_EXCERPT = 200
#: The dashboard page for each kind.
_PLACES = {
    "pending": "?site={site}&queue=pending",
    "reported": "?site={site}&queue=reported",
    "severe": "?site={site}&queue=pending",
    "notice": "notices?site={site}",
    "heated": "temperature?site={site}",
    "unscored": "?site={site}",
}
#: Characters that chats use for mentions, markup, entities (`&colon;`) or links behind words; and,
#: inside a word, those that every address contains.
_SIGNS = re.compile(
    r"[@\uff20\ufe6b&<>#!*_~`\[\]()|\\]|[.:/\u2024\u3002\uff0e\uff0f\uff1a\uff61](?=\S)|^/"
)
#: Invisible characters that are not in the Unicode category of format characters.
_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8]"
    r"|[\U000e0000-\U000e0fff]"
)


def news(channel: ChatChannel, site: Site, user: User, found: News) -> Message:
    """The message about new items, with links to view them and, if wanted, to decide."""
    locale = user.locale
    lines = [
        say(f"channels.news.{name}", locale, count=count, url=_place(name, site))
        for name, count in found.counts.items()
    ]
    lines += [f"– {harmless(each)}" for each in found.heated]
    for card in found.shown:
        lines += ["", *_comment(channel, card, user)]
    if found.shown and channel.links:
        lines += ["", say("channels.news.links", locale, days=signed.DECIDE_VALID.days)]
    title = say("channels.news.title", locale, count=found.total, site=harmless(site.name))
    return Message(title, "\n".join(lines))


def trial(site: Site, user: User) -> Message:
    """A test message, which shows that messages arrive."""
    locale = user.locale
    title = say("channels.trial.title", locale, site=harmless(site.name))
    return Message(title, say("channels.trial.body", locale, url=_place("pending", site)))


def harmless(text: str) -> str:
    """A stranger's text, changed so that no chat reads it as a mention, a link or markup."""
    seen = "".join(each for each in _UNSEEN.sub("", text) if unicodedata.category(each) != "Cf")
    return _SIGNS.sub("\\g<0>\u200b", emails.without_addresses(one_line(seen)))


def _place(name: str, site: Site) -> str:
    base = f"{settings().public_url}/dashboard"
    return f"{base}/{_PLACES[name].format(site=site.key)}"


def _comment(channel: ChatChannel, card: Card, user: User) -> Iterator[str]:
    locale = user.locale
    title = harmless(emails.title_of(card.thread_title, locale))
    name = harmless(card.author.name)
    yield say("channels.news.by", locale, name=name, title=title)
    quoted = harmless(card.plain[:_EXCERPT]) if _may_quote(channel, card) else ""
    if quoted:
        rest = "…" if len(card.plain) > _EXCERPT else ""
        yield say("channels.news.quoted", locale, text=quoted + rest)
    else:
        yield say("channels.news.not_quoted", locale)
    if highest := max(card.scores, key=lambda each: each.value, default=None):
        value = number(highest.value, locale, digits=2)
        yield say("channels.news.score", locale, label=highest.name, value=value)
    if channel.links:
        token = signed.decide_token(user, card.id, card.version)
        for action in ("approve", "reject"):
            url = signed.address("decide", token, do=action)
            yield say(f"channels.news.{action}", locale, url=url)


def _may_quote(channel: ChatChannel, card: Card) -> bool:
    """Whether the comment may be quoted; one without a score may contain anything, so never."""
    if card.severe or not card.scores:
        return False
    return max(each.value for each in card.scores) * 100 < channel.quote_below
