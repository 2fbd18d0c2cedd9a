"""Cards as pages show them: the facts of moderation with bars, marked text and possible actions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ...core.locale import number
from ...moderation.desk import queue
from ...moderation.desk.card import is_severe_on
from ...moderation.desk.standings import standings
from ...moderation.judging.reasons import title
from ...moderation.precedents import reading
from ...moderation.waves.reading import company
from ...sites.queries import policy_of
from ..page import language, words_of
from .marks import Piece, folded, pieces, seen
from .taken import Mark, marks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ...moderation.desk.card import Card, Measured, Person
    from ...moderation.desk.standings import Standing
    from ...moderation.waves.reading import Company
    from ...sites.models import Site

_LOW = 0.1

#: The actions possible on a comment with this status.
CAN = {
    "pending": ("approve", "reject"),
    "published": ("approve", "reject"),
    "rejected": ("approve",),
    "withdrawn": (),
}


@dataclass(frozen=True)
class Bar:
    """One label's score, with the limit that is drawn into it."""

    name: str
    value: float
    limit: float | None
    shown: str
    limit_shown: str
    over: bool
    near: bool
    said: str | None = None  # the model's own score, where the site has calibrated it

    @property
    def telling(self) -> bool:
        """Whether a card shows it; the comment's own page shows all."""
        return self.over or self.near or self.value >= _LOW


@dataclass(frozen=True)
class Precedent:
    """An earlier decision on a comment like the card's, in words."""

    id: str
    approved: bool
    by: str | None
    at: datetime
    reason: str | None
    excerpt: str
    severe: bool


@dataclass(frozen=True)
class Shown:
    """A card with what its template needs beyond the facts."""

    card: Card
    pieces: list[Piece]
    bars: list[Bar]
    can: tuple[str, ...]
    undo_seconds: int
    company: Company | None = None  # similar comments that also wait
    precedents: Sequence[Precedent] = ()
    taken: Mark | None = None  # who has taken it

    @property
    def asks(self) -> bool:
        """Whether it needs a decision."""
        return asks(self.card)


def shown(
    card: Card,
    site: Site,
    company: Company | None = None,
    precedents: Sequence[Precedent] = (),
    taken: Mark | None = None,
) -> Shown:
    """A card prepared for a template."""
    can = CAN.get(card.status, ())
    if card.status == "published" and card.reviewed and not card.flag_count:
        can = ("reject",)
    locale = language()
    return Shown(
        card=card,
        pieces=folded(pieces(*seen(card.text, card.marks))),
        bars=[bar_of(each, locale) for each in card.scores],
        can=can,
        undo_seconds=policy_of(site).undo_seconds,
        company=company,
        precedents=precedents,
        taken=taken,
    )


def precedents_of(cards: Sequence[Card]) -> dict[str, list[Precedent]]:
    """Comment id -> earlier decisions on comments like it."""
    locale = language()
    return {
        comment_id: [
            Precedent(
                id=each.id,
                approved=each.approved,
                by=each.by,
                at=each.at,
                reason=title(each.reason, locale) if each.reason else None,
                excerpt=each.excerpt,
                severe=is_severe_on(each.site_id, each.scores),
            )
            for each in found
        ]
        for comment_id, found in reading.of_cards(cards).items()
    }


def asks(card: Card) -> bool:
    """Whether the card needs a decision, so that earlier decisions are worth a look."""
    return card.status == "pending" or card.flag_count > 0


def cards_of(
    sites: Sequence[Site],
    name: str,
    *,
    order: str = "urgent",
    after: str | None = None,
    filters: queue.Filters | queue.LookedUp | None = None,
    fold: bool = False,
    size: int | None = None,
) -> queue.Searched[Shown]:
    """A page of a queue, prepared for a template; `fold` and `size` as in `queue.page`."""
    found = queue.page(
        list(sites),
        name,
        order=order,
        after=after,
        filters=filters,
        locale=language(),
        fold=fold,
        size=size,
    )
    return queue.Searched(_prepared(found.items, sites, filters), found.next, found.scanned)


def these_cards(
    public_ids: Sequence[str], sites: Sequence[Site], filters: queue.LookedUp | None
) -> list[Shown]:
    """The cards of these comments as they are now, as a page with this filter shows them."""
    found = queue.these(public_ids, sites, locale=language())
    return _prepared(found, sites, filters)


def _prepared(
    cards: Sequence[Card], sites: Sequence[Site], filters: queue.Filters | queue.LookedUp | None
) -> list[Shown]:
    asked = [*filters.quick, *filters.slow] if isinstance(filters, queue.LookedUp) else ()
    by_id, beside = {each.id: each for each in sites}, company(cards, asked)
    before = precedents_of([each for each in cards if asks(each)])
    on_it = marks([each.id for each in cards if asks(each)], sites)
    return [
        shown(
            each,
            by_id[each.site_id],
            beside.get(each.id),
            before.get(each.id, ()),
            on_it.get(each.id),
        )
        for each in cards
    ]


def record_line(author: Person | Standing) -> str:
    """An author's record on a site, as their cards say it."""
    if author.approved or author.rejected:
        line = words_of("record.line", approved=author.approved, rejected=author.rejected)
    elif author.pending > 1:
        line = words_of("record.waiting", count=author.pending)
    else:
        line = words_of("record.new")
    flags = words_of("record.flags", count=author.flags) if author.flags else ""
    return " · ".join(filter(None, (line, flags)))


def records_now(
    author_ids: Sequence[str], sites: Sequence[Site]
) -> dict[str, list[dict[str, str]]]:
    """What the cards of these authors (public ids) say of them now, for each site: at most four
    queries. `others` is how many more of theirs wait, "" if none."""
    found: dict[str, list[dict[str, str]]] = {}
    for each in standings(author_ids, sites):
        others = words_of("wave.author", count=each.others) if each.others else ""
        said = {"site": each.site_key, "line": record_line(each), "others": others}
        found.setdefault(each.author_id, []).append(said)
    return found


def bar_of(score: Measured, locale: str) -> Bar:
    """A score prepared for drawing."""
    limits = [each for each in (score.limit, score.reject_at) if each is not None]
    limit = min(limits, default=score.flag_at)
    over = bool(limits) and score.value >= min(limits)
    return Bar(
        name=score.name,
        value=min(1.0, max(0.0, score.value)),
        limit=limit,
        shown=_two_digits(round(score.value, 2), locale),
        limit_shown="" if limit is None else _two_digits(limit, locale),
        over=over,
        near=not over and score.flag_at is not None and score.value >= score.flag_at,
        said=_said(score, locale),
    )


def _said(score: Measured, locale: str) -> str | None:
    if score.said is None or abs(score.said - score.value) < 0.005:
        return None
    return _two_digits(round(score.said, 2), locale)


@lru_cache(maxsize=2048)
def _two_digits(value: float, locale: str) -> str:
    """Cached: a page shows hundreds of these, with at most 101 distinct values."""
    return number(value, locale, digits=2)
