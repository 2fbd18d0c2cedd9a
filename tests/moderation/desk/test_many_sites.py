"""The queue of somebody with many sites: as exact as that of one, and not one query for each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.desk import findings, keys, people, queue, unread
from commentsvc.moderation.desk.queue import Filters
from commentsvc.sites.commands import add_site
from commentsvc.threads.models import Comment, Revision
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.sites.models import Site
    from tests.people import Cast

pytestmark = pytest.mark.engines

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SITES = 6
#: Comments of each site: one has most, one has none.
MANY = (7, 0, 1, 3, 2, 2)


@pytest.fixture
def several(cast: Cast) -> list[Site]:
    """Sites with comments at different times and of different urgency, some at the same."""
    made = [
        add_site(
            name=f"Site {number}",
            origins=[f"https://n{number}.example"],
            owner=cast.olga,
            policy={"slow_seconds": 0},
        )
        for number in range(SITES)
    ]
    with clock.frozen(NOON):
        for number in range(max(MANY)):
            for at, site in enumerate(made):
                if number < MANY[at]:
                    said = "I will kill you" if (number + at) % 3 == 0 else "You idiot."
                    href = f"https://n{at}.example/a"
                    post(site, f"{said} {number} {at}", href=href, name=f"Reader {number}{at}")
            clock.move(timedelta(minutes=number % 2))
    return made


def in_order(order: str) -> list[str]:
    """All comments, sorted here."""
    rows = db.session.scalars(db.select(Comment)).all()
    if order == "urgent":
        return [e.public_id for e in sorted(rows, key=lambda e: (-e.urgency, -e.id))]
    found = [e.public_id for e in sorted(rows, key=lambda e: (e.created_at, e.id))]
    return found if order == "oldest" else found[::-1]


def walked(sites: list[Any], name: str, **more: Any) -> tuple[list[str], int]:
    """The comments on all pages of a queue, and how many pages."""
    seen, after, pages = [], None, 0
    while pages == 0 or after:
        page = queue.page(sites, name, after=after, **more)
        seen += [each.id for each in page.items]
        after, pages = page.next, pages + 1
        assert pages < 60
    return seen, pages


@every_row("order, limit", product(queue.ORDERS, [1, 2, 4, 25]))
def test_pages_hold_everything_once_and_in_order(
    several: list[Site], order: str, limit: int
) -> None:
    """Also where more sites than a page has cards: only some of them are asked for all of it."""
    for name in ("all", "pending"):
        assert walked(several, name, order=order, limit=limit)[0] == in_order(order)
    own = set(walked(several[:1], "all", order=order)[0])
    one = walked(several[:1], "all", order=order, limit=limit)[0]
    assert one == [each for each in in_order(order) if each in own]


@every_row("order, most", product(queue.ORDERS, [1, 3, 8, 100]))
def test_a_long_search_goes_on_on_the_next_page(
    several: list[Site], order: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_SEARCHED", most)
    monkeypatch.setattr(queue, "SEARCHES_ON_FOR", 0.0)
    threats = Filters(label="threat", at_least=0.8)
    wanted = set(queue.found(several, "all", threats, most=99))
    found, pages = walked(several, "all", order=order, limit=2, filters=threats)
    assert found == [each for each in in_order(order) if each in {one for one, _ in wanted}]
    assert 0 < len(found) < sum(MANY) and (most == 100 or pages > len(found) // 2)


@every_row("order", queue.ORDERS)
def test_a_search_of_many_sites_ends_as_late_as_it_may(several: list[Site], order: str) -> None:
    """Not at the share of the site that has most comments."""
    for most in (6, 8, 12, 18):
        end = keys.end_of_search(several, [], order, most=most)
        here = db.select(Comment.id).where(
            Comment.site_id.in_([each.id for each in several]), keys.through(order, end)
        )
        scanned = len(db.session.scalars(here).all())
        assert most // SITES <= end.scanned <= scanned <= most
    assert keys.end_of_search(several, [], order, most=sum(MANY) * SITES + SITES) is None


def test_it_costs_the_same_for_any_number_of_sites(
    cast: Cast, several: list[Site], count_queries: Callable
) -> None:
    """As many statements, of which none asks for each site by itself."""
    costs = []
    for sites in (several[:4], [*several, cast.site, cast.other]):
        queue.page(sites, "pending", limit=2)  # their policies are known
        with count_queries() as seen:
            assert len(queue.page(sites, "pending", limit=2).items) == 2
        costs.append([each.count("SELECT") for each in seen])
    assert costs[0] == costs[1]


def test_a_common_reason_on_hundreds_of_sites(
    several: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite allows 32,766 values in a statement, and asked for each site of each site."""
    many: list[Any] = [*several, *(SimpleNamespace(id=10_000 + at) for at in range(500))]
    insults = Filters(reason="insult")
    rare = queue.page(many, "all", filters=insults).items
    monkeypatch.setattr(findings, "MOST_LISTED", 0)
    common = queue.page(many, "all", filters=insults).items
    assert [each.id for each in rare] == [each.id for each in common] and rare
    assert queue.matching(many, "all", insults) == (len(rare), False)


@every_row("few", [SITES, 1])
def test_the_languages_of_many_sites(
    several: list[Site], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "_FEW", few)
    last = db.session.scalars(
        db.select(Comment.revision_id)
        .where(Comment.site_id == several[3].id)
        .order_by(Comment.id.desc())
        .limit(1)
    ).one()
    with unit_of_work():
        db.session.execute(update(Revision).values(language="en"))
        db.session.execute(update(Revision).where(Revision.id == last).values(language="de"))
    assert sorted(unread.written_in(several)) == ["de", "en"]
    assert unread.written_in(several[:1]) == ["en"] and unread.written_in(several[1:2]) == []


def test_the_people_of_large_sites(
    cast: Cast, several: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are the same as if their sites were small; nobody who only wrote elsewhere is one."""
    post(cast.other, href="https://mountain.example.net/a", user=cast.max)
    for role in ("", "owner"):
        listed = _people_of(several, role)
        with monkeypatch.context() as changed:
            changed.setattr(people, "MOST_LISTED", 1)
            assert _people_of(several, role) == listed
        assert [len(each) for each in listed] == ([1, 1, 1] if role else [16, 8, 1])


def _people_of(sites: list[Site], role: str) -> list[list[str]]:
    """Of all these sites, of the first and of the second."""
    return [
        [each.user.name for each in people.page(some, role=role).items]
        for some in (sites, sites[:1], sites[1:2])
    ]
