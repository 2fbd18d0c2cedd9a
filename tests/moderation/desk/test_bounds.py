"""Lists that are cut off: nothing is lost at the limit, with any number of rows about a comment."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.desk import filters, findings, people, queue, search
from commentsvc.moderation.desk.queue import Filters
from commentsvc.moderation.models import RuleFinding
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment, Revision
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.people import Cast

pytestmark = pytest.mark.engines

REASONS = ("insult", "hate")
LIMITS = range(13)


@pytest.fixture(autouse=True)
def no_waiting(cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)


def comments(cast: Cast, n: int) -> list[Comment]:
    made = [
        post(cast.site, f"The ferry, number {number}.").comment.public_id for number in range(n)
    ]
    rows = db.session.scalars(select(Comment).where(Comment.public_id.in_(made)))
    return sorted(rows, key=lambda row: row.id)


def edited(comment: Comment, text: str) -> None:
    """A newer text, which is the current one."""
    number = len(
        db.session.scalars(select(Revision).where(Revision.comment_id == comment.id)).all()
    )
    row = Revision(
        comment_id=comment.id, number=number + 1, text=text, html=text, created_at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    comment.revision_id = row.id


def find(comment: Comment, revision_id: int | None, reason: str) -> None:
    db.session.add(
        RuleFinding(
            comment_id=comment.id,
            revision_id=revision_id,
            site_id=comment.site_id,
            rule="words",
            reason=reason,
            action="HOLD",
            created_at=clock.now(),
        )
    )


def got(cast: Cast, wanted: Filters, name: str = "all") -> set[str]:
    """The same by every way to ask."""
    here = [cast.site]
    listed = {each for each, _ in queue.found(here, name, wanted, most=100)}
    for order in queue.ORDERS:
        items = queue.page(here, name, order=order, limit=100, filters=wanted).items
        assert {each.id for each in items} == listed
    assert queue.matching(here, name, wanted) == (len(listed), False)
    assert queue.among(sorted(listed), here, name, wanted) == listed
    return listed


@pytest.mark.parametrize("again", [1, 3])
def test_findings_on_several_texts_of_one_comment(
    cast: Cast, again: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They fill the list of rows, though it has fewer comments."""
    some = comments(cast, 8)
    with unit_of_work():
        for number in range(again):
            edited(some[0], f"The ferry, again {number}.")
        for each in db.session.scalars(
            select(Revision.id).where(Revision.comment_id == some[0].id)
        ):
            find(some[0], each, "hate")
        for comment in some[1:]:
            find(comment, comment.revision_id, "hate")
    wanted = {each.public_id for each in some}
    for most in LIMITS:
        monkeypatch.setattr(findings, "MOST_LISTED", most)
        assert got(cast, Filters(reason="hate")) == wanted, most
        assert got(cast, Filters(rule="words", reason="hate")) == wanted, most


@pytest.mark.parametrize("seed", [1, 2])
def test_any_findings_at_any_limit(cast: Cast, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    some = comments(cast, 9)
    expected: dict[str, set[str]] = {reason: set() for reason in REASONS}
    with unit_of_work():
        for comment in some:
            for number in range(dice.randrange(4)):
                edited(comment, f"The ferry, again {number}.")
            mine = select(Revision.id).where(Revision.comment_id == comment.id)
            for revision_id in db.session.scalars(mine).all():
                for reason in dice.sample(REASONS, dice.randrange(3)):
                    find(comment, revision_id, reason)
                    if revision_id == comment.revision_id:
                        expected[reason].add(comment.public_id)
    for most in LIMITS:
        monkeypatch.setattr(findings, "MOST_LISTED", most)
        monkeypatch.setattr(filters, "FEW_LISTED", dice.randrange(9))
        for reason in REASONS:
            assert got(cast, Filters(reason=reason)) == expected[reason], (most, reason)
        assert got(cast, Filters(reason="hate", words="ferry")) == expected["hate"], most


def test_words_in_several_texts_of_one_comment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    some = comments(cast, 5)
    with unit_of_work():
        for number in range(3):
            edited(some[0], f"The ferry, again {number}.")
    wanted = {each.public_id for each in some}
    for most in LIMITS:
        monkeypatch.setattr(search, "MOST_FOUND", most)
        assert got(cast, Filters(words="ferry")) == wanted, most
        assert got(cast, Filters(words="guest")) == wanted, most


def test_people_with_several_comments(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        post(cast.site, user=cast.rita)
        post(cast.site, user=cast.max)

    def there() -> Sequence[Any]:
        return sorted(each.user.name for each in people.page([cast.site], limit=100).items)

    wanted = there()
    assert {"Rita", "Max"} <= set(wanted)
    for most in range(20):
        monkeypatch.setattr(people, "MOST_LISTED", most)
        assert there() == wanted, most


def test_a_page_searches_on_until_it_finds_some(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_SEARCHED", 2)
    with clock.frozen(clock.now() - timedelta(days=1)):
        first = post(cast.site, "I will kill you").comment.public_id
        clock.move(timedelta(hours=1))
        comments(cast, 7)
    wanted = Filters(label="threat", at_least=0.8)
    monkeypatch.setattr(queue, "SEARCHES_ON_FOR", 60.0)
    page = queue.page([cast.site], "all", order="newest", filters=wanted)
    assert [each.id for each in page.items] == [first] and page.scanned == 8
    monkeypatch.setattr(queue, "SEARCHES_ON_FOR", 0.0)
    page = queue.page([cast.site], "all", order="newest", filters=wanted)
    assert page.items == [] and page.next and page.scanned == 2
    # what an index answers has no end of a scan
    assert queue.page([cast.site], "all", filters=Filters(words="ferry")).scanned is None
