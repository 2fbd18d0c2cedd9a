"""A site's own reasons, as decisions, lists and statements read them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core.db import any_of, db
from ...core.locale import say
from ...sites.queries import by_id
from ..sharing.models import OwnReason
from ..sharing.worded import language_among

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: The prefix of their codes, which no built-in code has.
PREFIX = "own_"
#: The keys that choose the first ones: Shift and a digit.
KEYS = tuple(f"⇧{digit}" for digit in "123456789")
_KEPT = "commentsvc.own_reasons"


@dataclass(frozen=True)
class Own:
    """A site's own reason; `titles` and `hints`: language -> text. It reads like a `Reason`."""

    code: str
    site_id: int
    titles: Mapping[str, str] = field(hash=False)
    hints: Mapping[str, str] = field(hash=False)
    category: str
    rule: str | None
    active: bool
    key: str | None = None

    def title_in(self, locale: str | None) -> str:
        return self._in(self.titles, locale)

    def author_text_in(self, locale: str | None) -> str:
        """What the author reads: the hint, else the title; then the rule."""
        hint = self._in(self.hints, locale) if self.hints else ""
        text = hint or say("reasons.author.own", locale, title=self.title_in(locale))
        if not self.rule:
            return text
        return f"{text} {say('reasons.author.own_rule', locale, rule=self.rule)}"

    def _in(self, texts: Mapping[str, str], locale: str | None) -> str:
        """The text in this language (if need be without its country), else in the site's own."""
        return texts[language_among(sorted(texts), locale, by_id(self.site_id))]


def find(code: str) -> Own | None:
    """The reason with this code, also a retired one. The first lookup is one query, which caches
    all of its site's reasons for the rest of the session."""
    if not code.startswith(PREFIX):
        return None
    kept = _kept()
    if code not in kept:
        kept[code] = None
        site = select(OwnReason.site_id).where(OwnReason.code == code).scalar_subquery()
        rows = db.session.scalars(select(OwnReason).where(OwnReason.site_id == site))
        kept.update({row.code: _own(row) for row in rows})
    return kept[code]


def of_sites(site_ids: Collection[int], *, retired: bool = False) -> dict[int, tuple[Own, ...]]:
    """Site id -> its reasons in order, the first ones with keys; with `retired` also retired ones,
    without keys. One query."""
    query = (
        select(OwnReason)
        .where(any_of(OwnReason.site_id, site_ids))
        .order_by(OwnReason.site_id, OwnReason.active.desc(), OwnReason.position)
    )
    if not retired:
        query = query.where(OwnReason.active)
    found: dict[int, list[Own]] = defaultdict(list)
    for row in db.session.scalars(query):
        mine = found[row.site_id]
        mine.append(_own(row, KEYS[len(mine)] if row.active and len(mine) < len(KEYS) else None))
    return {site_id: tuple(each) for site_id, each in found.items()}


def forget() -> None:
    """Empty the cache, after a reason was added or changed."""
    _kept().clear()


def _kept() -> dict[str, Own | None]:
    kept: dict[str, Own | None] = db.session.info.setdefault(_KEPT, {})
    return kept


def _own(row: OwnReason, key: str | None = None) -> Own:
    return Own(
        row.code,
        row.site_id,
        row.titles,
        row.hints,
        row.category,
        row.rule,
        row.active,
        key,
    )
