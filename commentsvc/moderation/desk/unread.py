"""Comments of a site without a score, because the scorer does not read their language."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core.db import db
from ...core.locale import plain
from ...sites.queries import policy_of
from ...threads.models import Comment, Revision
from ...toxicity.scorer import scorer
from .health import ENOUGH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

LOOKED_AT = 200  # the newest comments
_LISTED_FROM = 500  # the newest comments, for the choices of a filter
_FROM = 0.05  # smaller shares are not reported


@dataclass(frozen=True)
class Unread:
    """How many of the newest comments are in unread languages (None: unknown), the most frequent
    first, and what the site does with them. `total` is 0 without comments."""

    count: int
    total: int
    languages: tuple[str | None, ...]
    choice: str


def unread(site: Site) -> Unread | None:
    """The site's unread comments, if there are many; for a site without comments, its own language
    if the scorer does not read it. None otherwise."""
    policy = policy_of(site)
    rows = db.session.execute(
        select(Comment.unscored, Revision.language)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id == site.id)
        .order_by(Comment.created_at.desc())
        .limit(LOOKED_AT)
    ).all()
    read = scorer().status().reads
    found = Counter(
        row.language for row in rows if row.unscored == "language" and row.language not in read
    )
    count = found.total()
    if count >= max(ENOUGH, _FROM * len(rows)):
        languages = tuple(code for code, _ in found.most_common())
        return Unread(count, len(rows), languages, policy.unscored_language)
    if not rows and not is_own_read(site):
        return Unread(0, 0, (plain(policy.locale),), policy.unscored_language)
    return None


def written_in(sites: Sequence[Site]) -> list[str]:
    """The language codes of the newest comments on these sites."""
    newest = (
        select(Comment.revision_id)
        .where(Comment.site_id.in_([each.id for each in sites]))
        .order_by(Comment.created_at.desc())
        .limit(_LISTED_FROM)
        .subquery()
    )
    rows = db.session.scalars(
        select(Revision.language)
        .join(newest, newest.c.revision_id == Revision.id)
        .where(Revision.language.is_not(None))
        .distinct()
    )
    return [code for code in rows if code]


def is_own_read(site: Site) -> bool:
    """Whether the scorer reads the site's own language, as far as both are known."""
    language, read = plain(policy_of(site).locale), scorer().status().languages
    return not language or read is None or language in read
