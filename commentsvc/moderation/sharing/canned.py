"""Canned messages: named texts that a site's staff send to people, in any number of languages.

Moderators choose one when they reject, warn or reply. It is sent in the recipient's language, else
in the site's own, with a few variables filled in; values are never searched for variables
themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import any_of, db, unit_of_work
from ...core.errors import Conflict, Invalid, NotFound
from ...core.shown import one_line
from ...core.typed import tidy
from ...sites.queries import by_id, can, require
from ...threads.models import Comment, Thread
from ...threads.text import cut
from ..judging.reasons import title
from .models import CannedMessage
from .worded import check, default_language, language_among

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ...sites.models import Site

LONGEST_NAME = 60
LONGEST_TEXT = 800
LONGEST_SENT = 1000  # with its variables filled in: what fits into a sanction's message
MOST = 50  # per site
#: The variables that a text may have, in braces. The rule is known once a reason is given.
VARIABLES = ("name", "page", "rule")
#: Each variable as it is typed.
HOLES = {name: f"{{{name}}}" for name in VARIABLES}
_LONGEST_VALUE = 80
_CLOSING = 20  # characters that may close bidirectional controls after a cut
_HOLE = re.compile(r"\{(\w+)\}")


def add(site: Site, name: str, texts: Mapping[str, str], *, by: User) -> CannedMessage:
    """Add a message (language -> text). Raises `Invalid`, `NotAllowed`, `Conflict` for too many."""
    require(by, "moderate", site)
    name, said = _checked(site, name, texts)
    with unit_of_work():
        here = select(func.count()).where(CannedMessage.site_id == site.id)
        if (db.session.scalar(here) or 0) >= MOST:
            raise Conflict("conflict.canned_most", n=MOST)
        row = CannedMessage(site_id=site.id, name=name, texts=said, created_at=clock.now())
        db.session.add(row)
        db.session.flush()
        record("canned_added", site_id=site.id, by=by, name=name)
    return row


def change(public_id: str, name: str, texts: Mapping[str, str], *, by: User) -> CannedMessage:
    """Change a message's name or texts. Raises `Invalid`, `NotFound`."""
    with unit_of_work():
        row = one(public_id, by=by)
        name, said = _checked(by_id(row.site_id), name, texts)
        if (name, said) != (row.name, row.texts):
            row.name, row.texts = name, said
            record("canned_changed", site_id=row.site_id, by=by, name=name)
    return row


def remove(public_id: str, *, by: User) -> CannedMessage:
    """Remove a message; copies already sent stay. Raises `NotFound`."""
    with unit_of_work():
        row = one(public_id, by=by)
        db.session.delete(row)
        record("canned_removed", site_id=row.site_id, by=by, name=row.name)
    return row


def one(public_id: str, *, by: User) -> CannedMessage:
    """A message of a site that this person moderates. Raises `NotFound`."""
    row = db.session.scalar(select(CannedMessage).where(CannedMessage.public_id == public_id))
    if row is None or not can(by, "moderate", by_id(row.site_id)):
        raise NotFound("not_found.canned")
    return row


def of_sites(sites: Iterable[Site]) -> dict[int, list[CannedMessage]]:
    """Site id -> its messages in the order in which they were added: one query."""
    ids = [site.id for site in sites]
    rows = db.session.scalars(
        select(CannedMessage).where(any_of(CannedMessage.site_id, ids)).order_by(CannedMessage.id)
    )
    found: dict[int, list[CannedMessage]] = defaultdict(list)
    for row in rows:
        found[row.site_id].append(row)
    return found


# --- to somebody ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipient:
    """Who a message is for, and the page that it is about."""

    name: str
    locale: str | None
    page: str


def author_of(comment_id: str, row: CannedMessage) -> Recipient:
    """The author of a comment (public id) on the message's site. Raises `NotFound`."""
    found = db.session.execute(
        select(User.name, User.locale, Thread.title, Thread.href)
        .join(Comment, Comment.author_id == User.id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.public_id == comment_id, Comment.site_id == row.site_id)
    ).first()
    if found is None:
        raise NotFound("not_found.comment")
    return Recipient(found.name, found.locale, found.title or found.href)


def to_each_author(
    site: Site, texts: Mapping[str, str], comment_ids: Collection[str], *, reason: str
) -> dict[str, str]:
    """Public ID of a comment on the site -> what its author reads of a message (language -> text),
    in their language: one query."""
    rows = db.session.execute(
        select(Comment.public_id, User.name, User.locale, Thread.title, Thread.href)
        .join(User, User.id == Comment.author_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.public_id.in_(comment_ids), Comment.site_id == site.id)
    )
    found: dict[str, str] = {}
    for row in rows:
        language = language_among(texts, row.locale, site)
        values = {"name": row.name, "page": row.title or row.href, "rule": title(reason, language)}
        found[row.public_id] = filled(texts[language], **values)
    return found


def anybody(user: User, row: CannedMessage) -> Recipient:
    """A recipient without a comment; the page is the whole site."""
    return Recipient(user.name, user.locale, by_id(row.site_id).name)


def words_for(row: CannedMessage, to: Recipient) -> str:
    """The text in the recipient's language; `{rule}` is not filled in yet."""
    return filled(row.texts[language_for(row, to.locale)], name=to.name, page=to.page)


def language_for(row: CannedMessage, locale: str | None) -> str:
    """The text's language for a locale (if need be without its country), else the site's."""
    return language_among(row.texts, locale, by_id(row.site_id))


def filled(text: str, **values: str) -> str:
    """The text with these variables filled in, each on one line; others stay as they are. A text with
    many variables is cut to what can be sent."""
    short = {name: one_line(value)[:_LONGEST_VALUE] for name, value in values.items()}
    whole = _HOLE.sub(lambda hole: short.get(hole[1], hole[0]), text)
    return whole if len(whole) <= LONGEST_SENT else cut(whole, LONGEST_SENT - _CLOSING)


def _checked(site: Site, name: str, texts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    name = one_line(name)
    if not name:
        raise Invalid("invalid.canned_name", field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid("invalid.too_long", n=LONGEST_NAME, field="name")
    said: dict[str, str] = {}
    for language, typed in texts.items():
        text = tidy(typed).strip()
        check(language, text, longest=LONGEST_TEXT, name="text")
        if set(_HOLE.findall(text)) - set(VARIABLES):
            holes: dict[str, Any] = dict(HOLES)
            raise Invalid("invalid.canned_variable", field=f"text_{language}", **holes)
        if text:
            said[language] = text
    own = default_language(site)
    if own not in said:
        raise Invalid("invalid.canned_text", field=f"text_{own}")
    return name, said
