"""Comments of a site without a score, because the scorer does not read their language."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, union_all

from ...core.db import Among, db
from ...core.locale import plain
from ...sites.models import Site
from ...sites.queries import policy_of
from ...threads.models import Comment, Revision
from ...toxicity.scorer import scorer
from .health import ENOUGH

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKED_AT = 200  # the newest comments
_LISTED_FROM = 500  # the newest comments, for the choices of a filter
_FEW = 20  # sites of which several comments each are looked at
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
    """The language codes of the newest comments on each of these sites; on each of many sites, of
    the newest alone."""
    ids = [site.id for site in sites]
    newest = (_newest_of_few(ids) if len(ids) <= _FEW else _newest_of_many(ids)).subquery()
    # by subquery: for a join, PostgreSQL may read all texts
    language = (
        select(Revision.language)
        .where(Revision.id == newest.c.revision_id)
        .correlate(newest)
        .scalar_subquery()
    )
    rows = db.session.scalars(select(language).select_from(newest).distinct())
    return [code for code in rows if code]


def _newest_of_few(site_ids: Sequence[int]) -> Any:
    each = [
        select(Comment.revision_id)
        .where(Comment.site_id == site_id)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(_LISTED_FROM // len(site_ids))
        for site_id in site_ids
    ]
    return union_all(*(select(one.subquery()) for one in each)) if len(each) > 1 else each[0]


def _newest_of_many(site_ids: Sequence[int]) -> Any:
    newest = (
        select(Comment.revision_id)
        .where(Comment.site_id == Site.id)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(newest.label("revision_id")).where(Among(Site.id, "sites", site_ids))


def is_own_read(site: Site) -> bool:
    """Whether the scorer reads the site's own language, as far as both are known."""
    language, read = plain(policy_of(site).locale), scorer().status().languages
    return not language or read is None or language in read
