"""Waves of many sites, folded: the same cards in the same order as by looking at each comment."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from commentsvc.core.db import Among, db, unit_of_work
from commentsvc.core.rows import insert_row
from commentsvc.moderation.desk import folded, keys, queue
from commentsvc.moderation.models import RuleFinding
from commentsvc.moderation.waves import folding
from commentsvc.threads.models import Comment
from tests.moderation.desk.test_many_sites import several

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.sites.models import Site

__all__ = ["several"]
pytestmark = pytest.mark.engines

PENDING = [queue.QUEUES["pending"]()]


def put_in_waves(chance: random.Random) -> set[int]:
    """Put most comments into waves of their site, and decide a few; returns those in despair."""
    rows = db.session.scalars(db.select(Comment).order_by(Comment.id)).all()
    by_site: dict[int, list[int]] = {}
    for row in rows:
        by_site.setdefault(row.site_id, []).append(row.id)
    sad = set()
    with unit_of_work():
        for row in rows:
            wave = chance.choice([None, *by_site[row.site_id][:2] * 2])
            status = "rejected" if chance.random() < 0.1 else "pending"
            db.session.execute(
                update(Comment).where(Comment.id == row.id).values(wave=wave, status=status)
            )
            db.session.execute(
                db.delete(RuleFinding).where(
                    RuleFinding.comment_id == row.id, RuleFinding.rule == "self_harm"
                )
            )
            if chance.random() < 0.1:
                sad.add(row.id)
                insert_row(
                    RuleFinding,
                    site_id=row.site_id,
                    comment_id=row.id,
                    revision_id=row.revision_id,
                    rule="self_harm",
                    reason="self_harm",
                    action="HOLD",
                    created_at=row.created_at,
                )
    return sad


def by_looking(order: str, sad: set[int], *conditions: Any) -> tuple[list[int], int]:
    """The ids of the cards, by looking at each comment that meets the conditions, and how many are
    hidden."""
    db.session.expire_all()
    waiting = db.select(Comment).where(Comment.status == "pending", *conditions)
    rows = db.session.scalars(waiting).all()
    first: dict[int | None, int] = {}
    for row in sorted(rows, key=lambda each: each.id):
        if row.id not in sad:
            first.setdefault(row.wave, row.id)
    shown = [e for e in rows if e.wave is None or e.id in sad or first[e.wave] == e.id]
    hidden = len(rows) - len(shown)
    if order == "urgent":
        return [e.id for e in sorted(shown, key=lambda e: (-e.urgency, -e.id))], hidden
    found = [e.id for e in sorted(shown, key=lambda e: (e.created_at, e.id))]
    return found if order == "oldest" else found[::-1], hidden


def walked(sites: list[Site], order: str, limit: int, *conditions: Any) -> list[int]:
    seen: list[int] = []
    after, where = None, [*PENDING, *conditions]
    while rows := folded.folded(sites, where, order, after, limit, list(conditions)):
        assert len(rows) <= limit
        seen += [row.id for row in rows]
        after = keys.cursor(rows[-1], order)
        assert len(seen) < 60
    return seen


def test_it_works(several: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sites are asked at once, in few steps or many, with the hidden ones listed or
    not."""
    chance, hidden = random.Random(14), 0
    ways = list(product((0, 1, 4), (1, 6)))
    for order, limit in product(queue.ORDERS, (1, 3, 25)):
        sad = put_in_waves(chance)
        wanted, some = by_looking(order, sad)
        hidden += some
        for steps, rounds in chance.sample(ways, 2):
            monkeypatch.setattr(folded, "_STEPS", steps)
            monkeypatch.setattr(folding, "_STEPS", rounds)
            found = walked(several, order, limit)
            assert found == wanted, (order, limit, steps, rounds)
    assert hidden > 20


def test_within_a_filter(several: list[Site]) -> None:
    """Of each wave, the first comment that matches; whether the filter lists comments or asks each."""
    chance, hidden = random.Random(15), 0
    for order, limit, parts in product(queue.ORDERS, (1, 3, 25), (2, 3)):
        sad = put_in_waves(chance)
        asked = Comment.id % parts == 0
        ids = db.session.scalars(db.select(Comment.id).where(asked)).all()
        wanted, some = by_looking(order, sad, asked)
        hidden += some
        for sites in (several, several[:1]):
            here = [each.id for each in sites]
            on_these = set(db.session.scalars(db.select(Comment.id).where(Comment.on_sites(here))))
            first = [each for each in wanted if each in on_these]
            for condition in (asked, Among(Comment.id, "found", ids)):
                assert walked(sites, order, limit, condition) == first, (order, limit, condition)
    assert hidden > 10


def test_under_a_filter_very_long_waves_are_folded_in_part(
    several: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a filter asks is in no index of waves: a bounded number of comments is asked."""
    asked = Comment.id > 0
    with unit_of_work():
        db.session.execute(update(Comment).values(wave=Comment.site_id, status="pending"))
    all_of_them = db.session.query(Comment).count()
    monkeypatch.setattr(folding, "_MOST_HIDDEN", 0)
    assert len(walked(several, "newest", 25, asked)) == all_of_them
    monkeypatch.setattr(folding, "_MOST_HIDDEN", all_of_them)
    assert len(walked(several, "newest", 25, asked)) < all_of_them


def test_a_page_asks_no_more_sites_than_it_needs(
    several: list[Site], count_queries: Callable[[], Any]
) -> None:
    """Once they know which sites come first, their waves, and their comments without them, each time
    of all these sites together."""
    with unit_of_work():
        db.session.execute(update(Comment).values(wave=Comment.site_id))
    assert all(each.id for each in several)  # loaded again
    with count_queries() as seen:
        assert len(folded.folded(several, PENDING, "urgent", None, 2)) == 2
    assert len(seen) <= 5 and not any("UNION ALL" in each for each in seen), seen
